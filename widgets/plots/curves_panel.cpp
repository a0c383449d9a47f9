#include "widgets/plots/curves_panel.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QTimer>
#include <QToolButton>

#include "widgets/plots/curve_plot.h"
#include "widgets/plots/export_menu.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kRefreshMilliseconds = 60;

/// A piece of line as the plot draws it, for the box that switches it.
QIcon lineIcon(const QColor& colour, bool isDashed, double ratio) {
  QPixmap picture(QSize(22, 12) * ratio);
  picture.setDevicePixelRatio(ratio);
  picture.fill(Qt::transparent);
  QPainter painter(&picture);
  QPen pen(colour, isDashed ? 1.4 : 2.2);
  pen.setCapStyle(Qt::FlatCap);
  if (isDashed) pen.setDashPattern({4, 3});
  painter.setPen(pen);
  painter.drawLine(QPointF(0, 6), QPointF(22, 6));
  return QIcon(picture);
}

}  // namespace

CurvesPanel::CurvesPanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_plot(new CurvePlot(this)),
      m_export(new ExportMenu(
          *m_plot, [this] { return curvesAsCsv(m_plot->curves()); }, "curves", this)),
      m_readout(new QLabel(this)),
      m_timer(new QTimer(this)) {
  setObjectName("curvesPanel");
  m_readout->setObjectName("curveReadout");
  m_readout->setContentsMargins(10, 0, 10, 3);
  m_readout->setTextFormat(Qt::PlainText);
  // A long reason must not widen the window.
  m_readout->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(buildToolRow());
  layout->addWidget(m_plot, 1);
  layout->addWidget(m_readout);

  m_timer->setSingleShot(true);
  m_timer->setInterval(kRefreshMilliseconds);
  connect(m_timer, &QTimer::timeout, this, &CurvesPanel::refresh);
  for (const auto signal :
       {&WorkbenchState::studyChanged, &WorkbenchState::subjectChanged, &WorkbenchState::hemispheresChanged,
        &WorkbenchState::selectedRoisChanged, &WorkbenchState::currentRoiChanged, &WorkbenchState::runsChanged,
        &WorkbenchState::selectedRunsChanged})
    connect(&state, signal, this, &CurvesPanel::refreshSoon);
  connect(&state, &WorkbenchState::runUpdated, this, [this](const QString& id) {
    if (m_state.selectedRuns().contains(id)) refreshSoon();
  });
  connect(m_plot, &CurvePlot::pointedAt, this, [this](const QString& text) {
    m_readout->setText(text.isEmpty() ? QStringLiteral(" ") : text);
    m_readout->setToolTip(text);
  });
  connect(m_plot, &CurvePlot::roiClicked, this, [this](const RoiKey& roi) { m_state.setCurrentRoi(roi); });
  connect(m_plot, &CurvePlot::fittedChanged, this, [this](bool isFitted) { m_fit->setEnabled(!isFitted); });
  connect(m_export, &ExportMenu::exported, this, &CurvesPanel::exported);
  connect(m_export, &ExportMenu::failed, this, &CurvesPanel::failed);
  m_readout->setText(" ");
  showIcons();
  refresh();
}

CurvesPanel::~CurvesPanel() = default;

void CurvesPanel::setFileChooser(FileChooser chooser) {
  m_export->setFileChooser(std::move(chooser));
}

QHBoxLayout* CurvesPanel::buildToolRow() {
  m_quantity = new QComboBox(this);
  m_quantity->setObjectName("curveQuantity");
  m_quantity->setToolTip(tr("What is drawn over the epochs"));
  m_quantity->addItem(tr("Loss"));
  m_quantity->addItem(tr("Correlation r"));
  m_quantity->addItem(tr("Learning rate"));
  m_grouping = new QComboBox(this);
  m_grouping->setObjectName("curveGrouping");
  m_grouping->setToolTip(
      tr("Which models are drawn. Automatic: the current ROI on top of the others; without a current ROI each one, or "
         "their mean when there are many.\nMean: unweighted over models; one that has ended counts with its last "
         "value."));
  for (const QString& label : {tr("Automatic"), tr("Each checked ROI"), tr("Current ROI only"), tr("Mean over models")})
    m_grouping->addItem(label);
  const auto box = [this](const QString& name, const QString& text, const QString& toolTip, bool isChecked) {
    auto* made = new QCheckBox(text, this);
    made->setObjectName(name);
    made->setToolTip(toolTip);
    made->setChecked(isChecked);
    connect(made, &QCheckBox::clicked, this, &CurvesPanel::takeOptions);
    return made;
  };
  m_validation = box("showValidation", tr("Validation"), tr("Loss on the validation pictures, solid"), true);
  m_training = box("showTraining", tr("Training"), tr("Mean loss of the minibatches of an epoch, dashed"), true);
  m_logarithmic = box("logAxis", tr("Log axis"), tr("Values on a logarithmic axis"), false);
  m_fit = new QToolButton(this);
  m_fit->setObjectName("fitCurves");
  m_fit->setText(tr("Fit"));
  m_fit->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_fit->setAutoRaise(true);
  m_fit->setEnabled(false);
  m_fit->setToolTip(tr(
      "Show all, and follow new epochs  (double click)\nWheel zooms, over an axis only that one; dragging zooms into "
      "a box; the middle button or Shift moves"));
  connect(m_fit, &QToolButton::clicked, m_plot, &CurvePlot::fit);
  connect(m_quantity, &QComboBox::activated, this, &CurvesPanel::takeOptions);
  connect(m_grouping, &QComboBox::activated, this, &CurvesPanel::takeOptions);

  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 2);
  row->addWidget(m_quantity);
  row->addWidget(m_grouping);
  row->addSpacing(6);
  row->addWidget(m_validation);
  row->addWidget(m_training);
  row->addSpacing(6);
  row->addWidget(m_logarithmic);
  row->addStretch(1);
  row->addWidget(m_fit);
  row->addWidget(m_export->button());
  return row;
}

void CurvesPanel::takeOptions() {
  const bool isOther = m_options.quantity != static_cast<CurveQuantity>(m_quantity->currentIndex());
  m_options = {.quantity = static_cast<CurveQuantity>(m_quantity->currentIndex()),
               .grouping = static_cast<CurveGrouping>(m_grouping->currentIndex()),
               .hasValidation = m_validation->isChecked(),
               .hasTraining = m_training->isChecked()};
  const bool isLoss = m_options.quantity == CurveQuantity::Loss;
  m_validation->setVisible(isLoss);
  m_training->setVisible(isLoss);
  // r may be negative.
  m_logarithmic->setVisible(m_options.quantity != CurveQuantity::Correlation);
  refresh();
  m_plot->setLogarithmic(m_logarithmic->isChecked() && m_options.quantity != CurveQuantity::Correlation);
  if (isOther) m_plot->fit();
}

void CurvesPanel::refreshSoon() {
  m_isOutdated = true;
  if (isVisible() && !m_timer->isActive()) m_timer->start();
}

void CurvesPanel::refresh() {
  m_isOutdated = false;
  m_plot->setCurves(chooseCurves(m_state, m_options));
  m_export->button()->setEnabled(!m_plot->curves().curves.empty());
}

void CurvesPanel::showIcons() {
  const QColor colour = palette().color(QPalette::WindowText);
  for (QCheckBox* box : {m_validation, m_training}) {
    box->setIcon(lineIcon(colour, box == m_training, devicePixelRatioF()));
    box->setIconSize(QSize(22, 12));
  }
  m_fit->setIcon(themeIcon("zoom-fit-best"));
  m_export->button()->setIcon(themeIcon("document-export"));
}

void CurvesPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && m_fit) showIcons();
}

void CurvesPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (m_isOutdated) refresh();
}

}  // namespace corticast
