#pragma once
#include <QObject>
#include <QString>
#include <memory>

#include "widgets/state/background_job.h"
#include "widgets/state/workbench_state.h"

namespace corticast {

class PicturePredictor;

/// Which response to the chosen picture stands on the cortex.
enum class ShownResponse { None, Measured, Predicted };

/// Paints the response of the cortex to a picture: of the study, measured or predicted by the current run, or any
/// picture file, predicted. Reading and predicting happen on a pool thread; the newest question wins, and another study
/// or subject ends it.
class PictureResponder : public QObject {
  Q_OBJECT

 public:
  explicit PictureResponder(WorkbenchState& state, QObject* parent = nullptr);
  ~PictureResponder() override;

  void setShown(ShownResponse shown);
  [[nodiscard]] ShownResponse shown() const { return m_shown; }
  /// Embeds a picture that need not be of the study and predicts the response to it with the current run, and again
  /// with the next one, until a picture of the study is chosen or none is to be shown.
  void predictFile(const QString& file);
  /// The file that predictFile() was last asked for, as long as it is the one that is shown; else empty.
  [[nodiscard]] const QString& foreignFile() const { return m_foreign; }
  /// Ends what is computed; nothing is painted anew.
  void cancel();

 Q_SIGNALS:
  /// One line while something is computed, and how much of it is done: 0..1, or -1 while that is not known.
  void busy(const QString& text, double fraction);
  /// It ended, or was cancelled.
  void idle();
  void failed(const QString& reason);
  /// shown() or foreignFile() is another one.
  void shownChanged();

 private:
  struct Question;
  struct Answer;
  static void answer(const Question& question, Answer& answer, ProgressReporter& progress);
  void showPicture();
  void forgetForeign();
  void ask(Question question);
  void start();
  void end(const QString& failure);

  WorkbenchState& m_state;
  ShownResponse m_shown = ShownResponse::None;
  QString m_foreign;
  MapKind m_mapBefore = MapKind::Labels;
  std::shared_ptr<const Question> m_next;  ///< waits while another is answered
  std::shared_ptr<Answer> m_answer;        ///< written by the job while it runs
  std::shared_ptr<PicturePredictor> m_predictor;
  QString m_predictorOf;  ///< study, run and subject that it was made for
  BackgroundJob m_job;
};

}  // namespace corticast
