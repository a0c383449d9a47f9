#pragma once
#include <functional>

class QString;
class QUndoStack;

namespace corticast {

/// Does `there` now, and again at each redo; `back` undoes it. `text` follows "Undo " in the menu.
void pushUndo(QUndoStack& stack, const QString& text, std::function<void()> there, std::function<void()> back);

}  // namespace corticast
