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
class TrainPanel;
class UndoNotice;

/// The panels about pictures: embeddings beside the train panel, the pictures themselves below the cortex. What the
/// train panel wants embedded is done here too. A picture that is dropped on the window goes to predictDropped().
class PictureDocks : public QObject {
  Q_OBJECT

 public:
  PictureDocks(QMainWindow& window, Session& session, QUndoStack& history, UndoNotice& undo, TrainPanel& train);
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
