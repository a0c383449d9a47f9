#include "widgets/cortex/epoch_slider.h"

#include <QBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QTimer>
#include <QToolButton>
#include <algorithm>

#include "widgets/state/workbench_state.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {
constexpr int kPlayMilliseconds = 180;
}

EpochSlider::EpochSlider(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_back(button("epochBack", "go-previous", tr("One epoch back  [ "))),
      m_slider(new QSlider(Qt::Horizontal, this)),
      m_forth(button("epochForth", "go-next", tr("One epoch forth  ] "))),
      m_label(new QLabel(this)),
      m_play(button("epochPlay", "media-playback-start", tr("Play the epochs as a film"))),
      m_live(new QToolButton(this)),
      m_timer(new QTimer(this)) {
  setObjectName("epochSliderRow");
  m_slider->setObjectName("epochSlider");
  m_slider->setMinimum(1);
  m_slider->setToolTip(tr("Epoch whose validation correlation is on the cortex"));
  m_label->setObjectName("epochLabel");
  m_label->setMinimumWidth(fontMetrics().horizontalAdvance(tr("000 / 000")) + 8);
  m_label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_live->setObjectName("epochLive");
  m_live->setText(tr("Live"));
  m_live->setCheckable(true);
  m_live->setToolTip(tr("Follow the newest epoch"));

  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(8, 2, 8, 2);
  layout->addWidget(new QLabel(tr("Epoch"), this));
  layout->addWidget(m_back);
  layout->addWidget(m_slider, 1);
  layout->addWidget(m_forth);
  layout->addWidget(m_label);
  layout->addWidget(m_play);
  layout->addWidget(m_live);

  m_timer->setInterval(kPlayMilliseconds);
  connect(m_timer, &QTimer::timeout, this, &EpochSlider::playNext);
  connect(m_slider, &QSlider::valueChanged, this, [this](int epoch) { m_state.setEpoch(epoch); });
  connect(m_back, &QToolButton::clicked, this, [this] { stepBy(-1); });
  connect(m_forth, &QToolButton::clicked, this, [this] { stepBy(1); });
  connect(m_play, &QToolButton::clicked, this, &EpochSlider::togglePlay);
  connect(m_live, &QToolButton::clicked, this, &EpochSlider::goLive);
  connect(&state, &WorkbenchState::epochChanged, this, &EpochSlider::refresh);
  connect(&state, &WorkbenchState::selectedRunsChanged, this, [this] {
    m_timer->stop();
    m_state.setEpoch(0);
    refresh();
  });
  connect(&state, &WorkbenchState::runUpdated, this, &EpochSlider::refresh);
  refresh();
}

EpochSlider::~EpochSlider() = default;

QToolButton* EpochSlider::button(const QString& name, const QString& icon, const QString& toolTip) {
  auto* made = new QToolButton(this);
  made->setObjectName(name);
  made->setIcon(themeIcon(icon));
  made->setToolTip(toolTip);
  made->setAutoRaise(true);
  return made;
}

int EpochSlider::lastEpoch() const {
  const auto run = m_state.currentRun();
  return run ? newestEpoch(*run) : 0;
}

void EpochSlider::stepBy(int epochs) {
  const int last = lastEpoch();
  if (last == 0) return;
  const int now = m_state.epoch() == 0 ? last : m_state.epoch();
  m_state.setEpoch(std::clamp(now + epochs, 1, last));
}

void EpochSlider::goLive() {
  m_timer->stop();
  m_state.setEpoch(0);
  refresh();
}

void EpochSlider::togglePlay() {
  if (m_timer->isActive()) {
    m_timer->stop();
  } else {
    if (m_state.epoch() == 0 || m_state.epoch() == lastEpoch()) m_state.setEpoch(1);
    m_timer->start();
  }
  refresh();
}

void EpochSlider::playNext() {
  if (m_state.epoch() == 0 || m_state.epoch() >= lastEpoch()) {
    m_timer->stop();
    refresh();
    return;
  }
  m_state.setEpoch(m_state.epoch() + 1);
}

void EpochSlider::refresh() {
  const int last = lastEpoch();
  setEnabled(last > 0);
  const QSignalBlocker quiet(m_slider);
  m_slider->setMaximum(std::max(1, last));
  const int shown = m_state.epoch() == 0 ? last : m_state.epoch();
  m_slider->setValue(std::max(1, shown));
  m_label->setText(last > 0 ? tr("%1 / %2").arg(shown).arg(last) : QString());
  m_live->setChecked(m_state.epoch() == 0);
  m_play->setIcon(themeIcon(m_timer->isActive() ? "media-playback-pause" : "media-playback-start"));
}

}  // namespace corticast
