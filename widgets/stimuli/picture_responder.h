#pragma once
#include <QObject>
#include <QString>
#include <memory>

#include "widgets/state/workbench_state.h"

namespace corticast {

class PicturePredictor;

/// Which response to the chosen picture stands on the cortex.
enum class ShownResponse { None, Measured, Predicted };

/// Paints the response of the cortex to a picture: of the study, measured or predicted by the current run, or any
/// picture file, predicted. Reading and predicting happen on a pool thread; the newest question wins.
class PictureResponder : public QObject {
  Q_OBJECT

 public:
  explicit PictureResponder(WorkbenchState& state, QObject* parent = nullptr);
  ~PictureResponder() override;

  void setShown(ShownResponse shown);
  [[nodiscard]] ShownResponse shown() const { return m_shown; }
  /// Embeds a picture that need not be of the study and predicts the response to it with the current run.
  void predictFile(const QString& file);

 Q_SIGNALS:
  /// One line while something is computed; "" when it ended.
  void busy(const QString& text);
  void failed(const QString& reason);

 private:
  struct Question;
  struct Answer;
  [[nodiscard]] static Answer answerOf(const Question& question);
  void showPicture();
  void ask(Question question);
  void take(const Answer& answer, quint64 asked);
  void start();

  WorkbenchState& m_state;
  ShownResponse m_shown = ShownResponse::None;
  MapKind m_mapBefore = MapKind::Labels;
  std::shared_ptr<const Question> m_next;  ///< waits while another is answered
  bool m_isAnswering = false;
  quint64 m_request = 0;
  std::shared_ptr<PicturePredictor> m_predictor;  ///< of the run and subject that it was last made for
  QString m_predictorOf;
};

}  // namespace corticast
