#include "app/workbench/actions/undo_command.h"

#include <QUndoCommand>
#include <QUndoStack>
#include <memory>

namespace corticast {
namespace {

class Command : public QUndoCommand {
 public:
  Command(const QString& text, std::function<void()> there, std::function<void()> back)
      : QUndoCommand(text), m_there(std::move(there)), m_back(std::move(back)) {}
  void redo() override { m_there(); }
  void undo() override { m_back(); }

 private:
  std::function<void()> m_there;
  std::function<void()> m_back;
};

}  // namespace

void pushUndo(QUndoStack& stack, const QString& text, std::function<void()> there, std::function<void()> back) {
  // The stack takes ownership.
  stack.push(std::make_unique<Command>(text, std::move(there), std::move(back)).release());
}

}  // namespace corticast
