#include "widgets/stimuli/picture_message.h"

#include <QBoxLayout>
#include <QEvent>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>
#include <cmath>

#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kSteps = 1000;
constexpr int kProgressWidth = 140;

}  // namespace

PictureMessage::PictureMessage(QWidget* parent)
    : QWidget(parent), m_text(new QLabel(this)), m_progress(new QProgressBar(this)), m_stop(new QToolButton(this)) {
  m_text->setObjectName("pictureMessage");
  m_text->setWordWrap(true);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_progress->setObjectName("pictureProgress");
  m_progress->setFixedWidth(kProgressWidth);
  m_progress->setMaximumHeight(8);
  m_progress->setTextVisible(false);
  m_stop->setObjectName("stopPicture");
  m_stop->setIcon(themeIcon("media-playback-stop"));
  m_stop->setToolTip(tr("Stop; nothing is painted"));
  m_stop->setAutoRaise(true);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(8, 0, 8, 4);
  layout->addWidget(m_text, 1);
  layout->addWidget(m_progress);
  layout->addWidget(m_stop);
  connect(m_stop, &QToolButton::clicked, this, &PictureMessage::stopRequested);
  refresh();
}

void PictureMessage::say(const QString& text, bool isError) {
  m_said = text;
  m_isError = isError;
  if (!m_isBusy) refresh();
}

void PictureMessage::showBusy(const QString& text, double fraction) {
  m_isBusy = true;
  refresh();
  m_text->setText(text);
  m_progress->setRange(0, fraction < 0 ? 0 : kSteps);
  if (fraction >= 0) m_progress->setValue(static_cast<int>(std::lround(fraction * kSteps)));
}

void PictureMessage::endBusy() {
  m_isBusy = false;
  refresh();
}

void PictureMessage::refresh() {
  QPalette colours = palette();
  const ThemeColours theme = themeColours(colours);
  colours.setColor(QPalette::WindowText, m_isError && !m_isBusy ? theme.error : theme.quietText);
  m_text->setPalette(colours);
  if (!m_isBusy) m_text->setText(m_said);
  m_progress->setVisible(m_isBusy);
  m_stop->setVisible(m_isBusy);
  setVisible(m_isBusy || !m_said.isEmpty());
}

void PictureMessage::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) refresh();
}

}  // namespace corticast
