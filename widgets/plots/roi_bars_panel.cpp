#include "widgets/plots/roi_bars_panel.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QCoreApplication>
#include <QLabel>
#include <QPointer>
#include <QThreadPool>
#include <QTimer>
#include <QToolButton>

#include "widgets/plots/bar_plot.h"
#include "widgets/plots/export_menu.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kAtOnce = 30;  // milliseconds; several signals of one click make one reading
constexpr int kWhileTraining = 900;

}  // namespace

RoiBarsPanel::RoiBarsPanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_plot(new BarPlot(this)),
      m_export(new ExportMenu(
          *m_plot, [this] { return roiBarsAsCsv(m_plot->bars()); }, "rois", this)),
      m_statistic(new QComboBox(this)),
      m_which(new QComboBox(this)),
      m_failure(new QLabel(this)),
      m_timer(new QTimer(this)) {
  setObjectName("roiBarsPanel");
  m_statistic->setObjectName("roiStatistic");
  m_statistic->addItem(tr("Mean over vertices"));
  m_statistic->addItem(tr("Median over vertices"));
  m_statistic->setToolTip(tr("Of the correlation on the validation pictures, at each model's best epoch so far"));
  m_which->setObjectName("roiChoice");
  m_which->addItem(tr("Checked ROIs"));
  m_which->addItem(tr("All ROIs"));
  m_which->setToolTip(tr("Which ROIs have bars"));
  m_failure->setObjectName("roiBarsFailure");
  m_failure->setWordWrap(true);
  m_failure->setContentsMargins(10, 2, 10, 4);
  m_failure->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_failure->hide();
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 2);
  row->addWidget(m_statistic);
  row->addWidget(m_which);
  row->addStretch(1);
  row->addWidget(m_export->button());
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(row);
  layout->addWidget(m_plot, 1);
  layout->addWidget(m_failure);

  m_timer->setSingleShot(true);
  connect(m_timer, &QTimer::timeout, this, &RoiBarsPanel::measure);
  connect(m_statistic, &QComboBox::activated, this, [this] { m_plot->setBars(m_plot->bars(), statistic()); });
  connect(m_which, &QComboBox::activated, this, [this] { measureSoon(kAtOnce); });
  for (const auto signal :
       {&WorkbenchState::studyChanged, &WorkbenchState::subjectChanged, &WorkbenchState::hemispheresChanged,
        &WorkbenchState::selectedRoisChanged, &WorkbenchState::runsChanged, &WorkbenchState::selectedRunsChanged})
    connect(&state, signal, this, [this] { measureSoon(kAtOnce); });
  connect(&state, &WorkbenchState::runUpdated, this, [this](const QString& id) {
    if (m_state.selectedRuns().contains(id)) measureSoon(kWhileTraining);
  });
  connect(&state, &WorkbenchState::currentRoiChanged, this, [this] { m_plot->setCurrentRoi(m_state.currentRoi()); });
  connect(m_plot, &BarPlot::roiClicked, this, [this](const RoiKey& roi) { m_state.setCurrentRoi(roi); });
  connect(m_export, &ExportMenu::exported, this, &RoiBarsPanel::exported);
  connect(m_export, &ExportMenu::failed, this, &RoiBarsPanel::failed);
  m_plot->setCurrentRoi(state.currentRoi());
  take({});
}

RoiBarsPanel::~RoiBarsPanel() = default;

void RoiBarsPanel::setFileChooser(FileChooser chooser) {
  m_export->setFileChooser(std::move(chooser));
}

RoiStatistic RoiBarsPanel::statistic() const {
  return m_statistic->currentIndex() == 0 ? RoiStatistic::Mean : RoiStatistic::Median;
}

void RoiBarsPanel::measureSoon(int milliseconds) {
  m_isOutdated = true;
  if (!isVisible()) return;
  if (!m_timer->isActive() || m_timer->remainingTime() > milliseconds) m_timer->start(milliseconds);
}

void RoiBarsPanel::measure() {
  if (m_isMeasuring) return;  // asked again when the answer is here
  m_isOutdated = false;
  m_isMeasuring = true;
  const QPointer<RoiBarsPanel> self(this);
  QThreadPool::globalInstance()->start([self, question = roiBarsQuestion(m_state, m_which->currentIndex() == 1)] {
    RoiBars bars;
    try {
      bars = measureRois(question);
    } catch (const std::exception& error) {
      bars.failure = QString::fromUtf8(error.what());
    }
    QMetaObject::invokeMethod(
        qApp,
        [self, bars = std::move(bars)] {
          if (!self) return;
          self->m_isMeasuring = false;
          self->take(bars);
          if (self->m_isOutdated && !self->m_timer->isActive()) self->measureSoon(kAtOnce);
        },
        Qt::QueuedConnection);
  });
}

void RoiBarsPanel::take(const RoiBars& bars) {
  m_plot->setBars(bars, statistic());
  m_plot->setEmptyText(whyEmpty(bars));
  m_export->button()->setEnabled(m_plot->emptyText().isEmpty());
  m_failure->setVisible(!bars.failure.isEmpty());
  m_failure->setText(bars.failure);
  QPalette red = m_failure->palette();
  red.setColor(QPalette::WindowText, themeColours(palette()).error);
  m_failure->setPalette(red);
  Q_EMIT measured();
}

QString RoiBarsPanel::whyEmpty(const RoiBars& bars) const {
  if (!m_state.study()) return tr("Open a study to see its ROIs");
  if (m_state.runs().empty()) return tr("Choose ROIs, press Train");
  if (m_state.selectedRuns().isEmpty()) return tr("Select a run to see how well it predicts each ROI");
  if (bars.runs.empty()) return tr("Waiting for the first epoch");
  if (bars.rois.empty()) return tr("Check ROIs in the study to see their bars");
  return {};
}

void RoiBarsPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (m_isOutdated) measureSoon(kAtOnce);
}

}  // namespace corticast
