#include "widgets/forms/train_footer.h"

#include <QBoxLayout>
#include <QEvent>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <cmath>

#include "core/base/text.h"
#include "widgets/style/theme.h"

namespace corticast {

TrainFooter::TrainFooter(QWidget* parent)
    : QWidget(parent),
      m_cost(new QLabel(this)),
      m_progressRow(new QWidget(this)),
      m_progressText(new QLabel(m_progressRow)),
      m_progress(new QProgressBar(m_progressRow)),
      m_stop(new QToolButton(m_progressRow)),
      m_reason(new QLabel(this)),
      m_button(new QPushButton(this)) {
  m_cost->setObjectName("trainCost");
  m_cost->setWordWrap(true);
  m_cost->setToolTip(
      tr("Estimates: memory and disk are upper bounds, the time is right to a factor of about two and "
         "counts every epoch as if nothing stopped early."));
  m_progressText->setObjectName("embedProgressText");
  m_progressText->setWordWrap(true);
  m_progress->setObjectName("embedProgress");
  m_progress->setRange(0, 1000);
  m_progress->setTextVisible(false);
  m_progress->setFixedHeight(8);
  m_stop->setObjectName("embedStop");
  m_stop->setIcon(themeIcon("media-playback-stop"));
  m_stop->setToolTip(tr("Stop embedding; what is finished is kept"));
  m_stop->setAutoRaise(true);
  m_reason->setObjectName("trainReason");
  m_reason->setWordWrap(true);
  m_button->setObjectName("trainButton");
  m_button->setDefault(true);
  m_button->setMinimumHeight(34);

  auto* row = new QHBoxLayout(m_progressRow);
  row->setContentsMargins(0, 0, 0, 0);
  auto* column = new QVBoxLayout;
  column->setSpacing(2);
  column->addWidget(m_progressText);
  column->addWidget(m_progress);
  row->addLayout(column, 1);
  row->addWidget(m_stop);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 6, 8, 8);
  layout->setSpacing(5);
  for (QWidget* each :
       {static_cast<QWidget*>(m_cost), m_progressRow, static_cast<QWidget*>(m_reason), static_cast<QWidget*>(m_button)})
    layout->addWidget(each);
  connect(m_button, &QPushButton::clicked, this, &TrainFooter::trainClicked);
  connect(m_reason, &QLabel::linkActivated, this, &TrainFooter::offerClicked);
  connect(m_stop, &QToolButton::clicked, this, &TrainFooter::stopClicked);
  hideProgress();
  styleButton();
  setCost({});
  setReason({}, false);
}

void TrainFooter::setCost(const QString& text) {
  m_cost->setText(text);
  m_cost->setVisible(!text.isEmpty());
}

void TrainFooter::setReason(const QString& text, bool isError, const QString& offer) {
  m_text = text;
  m_isError = isError;
  m_offer = offer;
  showReason();
}

void TrainFooter::showReason() {
  const ThemeColours colours = themeColours(palette());
  QString shown = m_text.toHtmlEscaped();
  if (!m_offer.isEmpty())
    shown += QString(" <a href=\"offer\" style=\"color: %1\">%2</a>")
                 .arg(palette().color(QPalette::Link).name(), m_offer.toHtmlEscaped());
  m_reason->setTextFormat(Qt::RichText);
  m_reason->setText(shown);
  m_reason->setStyleSheet(QString("color: %1").arg((m_isError ? colours.error : colours.quietText).name()));
  m_reason->setVisible(!m_text.isEmpty());
}

void TrainFooter::setButton(const QString& text, bool isEnabled) {
  m_button->setText(text);
  m_button->setEnabled(isEnabled);
  showButton();
}

// The one button that matters stands out while it can be pressed.
void TrainFooter::styleButton() {
  m_button->setStyleSheet(
      "QPushButton { border: 1px solid palette(mid); border-radius: 4px; padding: 6px 10px; }"
      "QPushButton:enabled { background: palette(highlight); color: palette(highlighted-text);"
      " border-color: palette(highlight); font-weight: 600; }"
      "QPushButton:enabled:hover, QPushButton:focus { border-color: palette(text); }"
      "QPushButton:pressed { padding-top: 8px; padding-bottom: 4px; }");
  showButton();
}

void TrainFooter::showButton() {
  QPalette colours = palette();
  if (m_button->isEnabled()) colours.setColor(QPalette::ButtonText, colours.color(QPalette::HighlightedText));
  m_button->setIcon(themeIcon("media-playback-start", colours));
}

void TrainFooter::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() != QEvent::PaletteChange) return;
  styleButton();
  showReason();
}

void TrainFooter::showProgress(const QString& text, double fraction) {
  m_progressText->setText(text);
  m_progress->setValue(static_cast<int>(std::lround(fraction * 1000)));
  m_progressRow->show();
}

void TrainFooter::hideProgress() {
  m_progressRow->hide();
}

QString shortCount(uint64_t count) {
  const auto value = static_cast<double>(count);
  if (value >= 1e9) return QString::fromStdString(fixed(value / 1e9, 1)) + " G";
  if (value >= 1e6) return QString::fromStdString(fixed(value / 1e6, 1)) + " M";
  return QString::fromStdString(thousands(count));
}

QString costText(const PlanAssessment& assessment) {
  const PlanCost& cost = assessment.cost;
  if (cost.models == 0) return {};
  QString text = QString("%1 %2").arg(QString::fromStdString(thousands(cost.models)),
                                      cost.models == 1 ? QObject::tr("model") : QObject::tr("models"));
  if (!assessment.isCostKnown) return text;
  text += QObject::tr(" · %1 weights · %2 memory\n%3 disk · at most %4")
              .arg(shortCount(cost.weights), QString::fromStdString(byteSize(cost.memoryBytes)),
                   QString::fromStdString(byteSize(cost.diskBytes)),
                   QString::fromStdString(cost.secondsAtMost < 1 ? "1 s" : duration(cost.secondsAtMost)));
  return text;
}

}  // namespace corticast
