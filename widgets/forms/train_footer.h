#pragma once
#include <QWidget>

#include "widgets/forms/plan_assessor.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace corticast {

/// The foot of the train panel: what the training costs, why it cannot start, and the button. objectNames:
/// "trainCost", "trainReason", "trainButton", "embedProgress", "embedStop".
class TrainFooter : public QWidget {
  Q_OBJECT

 public:
  explicit TrainFooter(QWidget* parent = nullptr);

  /// Plain text; "" takes the line away.
  void setCost(const QString& text);
  /// Beside the disabled button: `text` in words, as an error or a hint, with an offer to press ("" = none).
  void setReason(const QString& text, bool isError, const QString& offer = {});
  void setButton(const QString& text, bool isEnabled);
  void showProgress(const QString& text, double fraction);
  void hideProgress();

 Q_SIGNALS:
  void trainClicked();
  void offerClicked();
  void stopClicked();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void styleButton();
  void showButton();
  void showReason();

  QLabel* m_cost;
  QWidget* m_progressRow;
  QLabel* m_progressText;
  QProgressBar* m_progress;
  QToolButton* m_stop;
  QLabel* m_reason;
  QPushButton* m_button;
  QString m_text;  ///< the reason, and what is offered
  QString m_offer;
  bool m_isError = false;
};

/// "48 models, 20.3 M weights\n0.9 GB memory, 260 MB disk, at most 2:05" of a known cost, else the models alone.
[[nodiscard]] QString costText(const PlanAssessment& assessment);
/// "20.3 M", "512"
[[nodiscard]] QString shortCount(uint64_t count);

}  // namespace corticast
