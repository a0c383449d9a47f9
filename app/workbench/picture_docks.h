#pragma once
#include <QObject>
#include <QString>

class QMainWindow;
class QMimeData;
class QUndoStack;

namespace corticast {

class EmbeddingsPanel;
class Session;
class StimuliPanel;
class UndoNotice;

/// The panels about pictures: embeddings beside the train panel, the pictures themselves below the cortex. A picture
/// that is dropped on the window goes to predictDropped().
class PictureDocks : public QObject {
  Q_OBJECT

 public:
  PictureDocks(QMainWindow& window, Session& session, QUndoStack& history, UndoNotice& undo);
  ~PictureDocks() override;

  void predictDropped(const QString& file);

 private:
  QMainWindow& m_window;
  EmbeddingsPanel* m_embeddings;
  StimuliPanel* m_stimuli;
};

/// A PNG or JPEG file among what is dragged; empty when there is none.
[[nodiscard]] QString droppedPicture(const QMimeData* data);

}  // namespace corticast
