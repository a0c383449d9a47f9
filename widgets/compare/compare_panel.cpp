#include "widgets/compare/compare_panel.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedLayout>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/base/text.h"
#include "core/comparison/comparison_report.h"
#include "widgets/compare/compare_cortex.h"
#include "widgets/compare/comparison_bars.h"
#include "widgets/compare/plan_table.h"
#include "widgets/compare/roi_verdict_model.h"
#include "widgets/compare/scatter_plot.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/export_menu.h"
#include "widgets/style/run_styles.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kEmptyPage = 0, kComparePage = 1;

QComboBox* combo(const QString& name, const QStringList& texts, const QString& toolTip, QWidget* parent) {
  auto* made = new QComboBox(parent);
  made->setObjectName(name);
  made->addItems(texts);
  made->setToolTip(toolTip);
  return made;
}

QString count(size_t value) {
  return QString::fromStdString(thousands(value));
}

/// A plot under a row with its export button.
QWidget* page(QWidget* content, const QList<QWidget*>& tools, QToolButton* exportButton, QWidget* parent) {
  auto* made = new QWidget(parent);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 2);
  for (QWidget* tool : tools) row->addWidget(tool);
  row->addStretch(1);
  row->addWidget(exportButton);
  auto* layout = new QVBoxLayout(made);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(row);
  layout->addWidget(content, 1);
  return made;
}

}  // namespace

ComparePanel::ComparePanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_source(new ComparisonSource(state, this)),
      m_cortex(new CompareCortex(state, this)),
      m_bars(new BarPlot(this)),
      m_scatter(new ScatterPlot(this)),
      m_verdicts(new RoiVerdictModel(this)),
      m_sorted(new QSortFilterProxyModel(this)),
      m_verdictTable(new QTableView(this)),
      m_plans(new PlanTable(this)),
      m_curves(new CurvesPanel(state, this)) {
  setObjectName("comparePanel");
  m_bars->setObjectName("compareBarPlot");
  m_curves->setObjectName("compareCurves");
  m_tabs = new QTabWidget(this);
  m_tabs->setObjectName("compareTabs");
  m_tabs->setDocumentMode(true);
  m_tabs->addTab(buildBars(), tr("ROIs"));
  m_tabs->addTab(buildVerdicts(), tr("Won and lost"));
  m_tabs->addTab(buildScatter(), tr("Vertices"));
  m_tabs->addTab(m_curves, tr("Curves"));
  m_tabs->addTab(m_plans, tr("Settings that differ"));
  auto* splitter = new QSplitter(Qt::Horizontal, this);
  splitter->setObjectName("compareSplitter");
  splitter->addWidget(m_cortex);
  splitter->addWidget(m_tabs);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  splitter->setSizes({900, 600});
  // A dock must not hold the window's size down to what its widest page would like.
  m_tabs->setMinimumSize(300, 110);
  m_cortex->setMinimumSize(300, 110);
  auto* pages = new QWidget(this);
  m_pages = new QStackedLayout(pages);
  m_pages->addWidget(buildEmptyPage());
  m_pages->addWidget(splitter);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(buildToolRow());
  layout->addWidget(pages, 1);
  connect(m_source, &ComparisonSource::changed, this, &ComparePanel::take);
  connect(m_source, &ComparisonSource::progressed, this, [this](const QString& text, double fraction) {
    m_progress->setValue(static_cast<int>(fraction * m_progress->maximum()));
    m_advice->setText(text);
  });
  connectSelection();
  showIcons();
  take();
}

ComparePanel::~ComparePanel() = default;

QWidget* ComparePanel::buildToolRow() {
  auto* row = new QWidget(this);
  m_first = combo("compareFirst", {}, tr("Run A: differences are A less B"), row);
  m_second = combo("compareSecond", {}, tr("Run B"), row);
  for (QComboBox* run : {m_first, m_second}) {
    run->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    run->setMinimumContentsLength(18);
    run->setIconSize(QSize(22, 16));
  }
  m_swap = new QToolButton(row);
  m_swap->setObjectName("compareSwap");
  m_swap->setText(tr("Swap"));
  m_swap->setAutoRaise(true);
  m_swap->setToolTip(tr("Turn the comparison around"));
  m_statistic = combo("compareStatistic", {tr("Mean over vertices"), tr("Median over vertices")},
                      tr("What stands for an ROI: of the correlation on the pictures that all runs validated on"), row);
  m_test =
      combo("compareTest", {tr("Williams' test"), tr("Bootstrap test")},
            tr("Test per vertex. Williams: of dependent correlations, fast. Bootstrap over pictures: no assumption "
               "about the noise, but p is never below 0.002, and it takes some times longer"),
            row);
  m_fdr = combo("compareFdr", {tr("FDR: Benjamini–Hochberg"), tr("FDR: Benjamini–Yekutieli")},
                tr("How false discoveries over many vertices and ROIs are controlled; Yekutieli holds for any "
                   "dependence between vertices and finds less"),
                row);
  m_summary = new QLabel(row);
  m_summary->setObjectName("compareSummary");
  m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);  // two lines
  auto* first = new QLabel(tr("A"), row);
  auto* second = new QLabel(tr("B"), row);
  first->setBuddy(m_first);
  second->setBuddy(m_second);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(8, 4, 8, 2);
  for (QWidget* each :
       std::initializer_list<QWidget*>{first, m_first, m_swap, second, m_second, m_statistic, m_test, m_fdr})
    layout->addWidget(each);
  layout->addSpacing(8);
  layout->addWidget(m_summary, 1);
  for (QComboBox* each : {m_first, m_second, m_statistic, m_test, m_fdr})
    connect(each, &QComboBox::activated, this, &ComparePanel::takeChoices);
  connect(m_swap, &QToolButton::clicked, this, &ComparePanel::swapRuns);
  return row;
}

QWidget* ComparePanel::buildEmptyPage() {
  auto* page = new QWidget(this);
  m_advice = new QLabel(page);
  m_advice->setObjectName("compareAdvice");
  m_advice->setAlignment(Qt::AlignCenter);
  m_advice->setWordWrap(true);
  m_advice->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_progress = new QProgressBar(page);
  m_progress->setObjectName("compareProgress");
  m_progress->setRange(0, 1000);
  m_progress->setTextVisible(false);
  m_progress->setFixedWidth(240);
  m_stop = new QToolButton(page);
  m_stop->setObjectName("compareStop");
  m_stop->setText(tr("Stop"));
  m_stop->setAutoRaise(true);
  connect(m_stop, &QToolButton::clicked, m_source, &ComparisonSource::cancel);
  auto* bar = new QHBoxLayout;
  bar->addStretch(1);
  bar->addWidget(m_progress);
  bar->addWidget(m_stop);
  bar->addStretch(1);
  auto* layout = new QVBoxLayout(page);
  layout->addStretch(1);
  layout->addWidget(m_advice);
  layout->addLayout(bar);
  layout->addStretch(1);
  return page;
}

QWidget* ComparePanel::buildBars() {
  m_which = combo("compareRois", {tr("Checked ROIs"), tr("All ROIs")}, tr("Which ROIs have bars and coloured vertices"),
                  this);
  connect(m_which, &QComboBox::activated, this, [this] {
    showBars();
    showScatter();
  });
  m_barsExport = new ExportMenu(
      *m_bars,
      [this] {
        const auto result = m_source->result();
        return result ? comparisonToCsv(*result->comparison, result->pair) : std::string();
      },
      "compared-rois", this);
  return page(m_bars, {m_which}, m_barsExport->button(), this);
}

QWidget* ComparePanel::buildScatter() {
  m_scatterExport = new ExportMenu(
      *m_scatter, [this] { return scatterAsCsv(m_scatter->points()); }, "compared-vertices", this);
  auto* hint = new QLabel(tr("Drag a box to see its vertices on the cortex. Filled: q < 0.05"), this);
  hint->setObjectName("scatterHint");
  return page(m_scatter, {hint}, m_scatterExport->button(), this);
}

QWidget* ComparePanel::buildVerdicts() {
  m_sorted->setSourceModel(m_verdicts);
  m_sorted->setSortRole(RoiVerdictModel::kSortRole);
  m_verdictTable->setObjectName("verdictTable");
  m_verdictTable->setModel(m_sorted);
  m_verdictTable->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_verdictTable->setSelectionMode(QAbstractItemView::SingleSelection);
  m_verdictTable->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_verdictTable->setShowGrid(false);
  m_verdictTable->setAlternatingRowColors(true);
  m_verdictTable->setWordWrap(false);
  m_verdictTable->setTabKeyNavigation(false);
  m_verdictTable->verticalHeader()->hide();
  m_verdictTable->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 9);
  m_verdictTable->horizontalHeader()->setHighlightSections(false);
  const int letter = fontMetrics().horizontalAdvance('0');
  const int letters[RoiVerdictModel::kColumnCount] = {13, 6, 11, 22, 22, 25, 9, 9, 9, 9};
  for (int column = 0; column < RoiVerdictModel::kColumnCount; ++column)
    m_verdictTable->setColumnWidth(column, letters[column] * letter + 8);
  m_verdictTable->setSortingEnabled(true);
  m_verdictTable->sortByColumn(RoiVerdictModel::kVerdict, Qt::DescendingOrder);
  m_verdictsExport = new QToolButton(this);
  m_verdictsExport->setObjectName("verdictsExport");
  m_verdictsExport->setText(tr("CSV…"));
  m_verdictsExport->setAutoRaise(true);
  m_verdictsExport->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_verdictsExport->setToolTip(tr("Save the table with full precision"));
  connect(m_verdictsExport, &QToolButton::clicked, this, &ComparePanel::saveVerdicts);
  auto* hint = new QLabel(tr("Intervals: 95 %, bootstrap over pictures"), this);
  return page(m_verdictTable, {hint}, m_verdictsExport, this);
}

void ComparePanel::connectSelection() {
  connect(m_bars, &BarPlot::roiClicked, this, [this](const RoiKey& roi) { m_state.setCurrentRoi(roi); });
  connect(m_verdictTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) {
            if (current.isValid()) m_state.setCurrentRoi(m_verdicts->keyOf(m_sorted->mapToSource(current).row()));
          });
  connect(m_scatter, &ScatterPlot::vertexClicked, this,
          [this](const VertexPick& vertex) { m_state.setVertex(vertex); });
  connect(m_scatter, &ScatterPlot::brushChanged, this, [this] { m_cortex->setBrushed(m_scatter->brushed()); });
  connect(&m_state, &WorkbenchState::vertexChanged, this, [this] { m_scatter->setVertex(m_state.vertex()); });
  connect(&m_state, &WorkbenchState::currentRoiChanged, this, &ComparePanel::showCurrentRoi);
  for (const auto signal : {&WorkbenchState::selectedRoisChanged, &WorkbenchState::hemispheresChanged})
    connect(&m_state, signal, this, [this] {
      showBars();
      showScatter();
    });
  for (ExportMenu* menu : {m_barsExport, m_scatterExport}) {
    connect(menu, &ExportMenu::exported, this, &ComparePanel::exported);
    connect(menu, &ExportMenu::failed, this, &ComparePanel::failed);
  }
  connect(m_curves, &CurvesPanel::exported, this, &ComparePanel::exported);
  connect(m_curves, &CurvesPanel::failed, this, &ComparePanel::failed);
}

void ComparePanel::setFileChooser(const FileChooser& chooser) {
  m_chooser = chooser;
  m_barsExport->setFileChooser(chooser);
  m_scatterExport->setFileChooser(chooser);
  m_curves->setFileChooser(chooser);
}

void ComparePanel::takeChoices() {
  CompareChoices choices = m_source->choices();
  const auto before = choices.pair;
  choices.pair.first = static_cast<size_t>(std::max(0, m_first->currentIndex()));
  choices.pair.second = static_cast<size_t>(std::max(0, m_second->currentIndex()));
  if (choices.pair.first == choices.pair.second) {
    // Choosing for A what B is (or the other way round) means to swap them.
    if (choices.pair.first != before.first)
      choices.pair.second = before.first;
    else
      choices.pair.first = before.second;
  }
  choices.pair.statistic = static_cast<CorrelationStatistic>(m_statistic->currentIndex());
  choices.pair.fdr = static_cast<FdrMethod>(m_fdr->currentIndex());
  choices.test = static_cast<VertexTest>(m_test->currentIndex());
  m_source->setChoices(choices);
}

void ComparePanel::swapRuns() {
  CompareChoices choices = m_source->choices();
  std::swap(choices.pair.first, choices.pair.second);
  m_source->setChoices(choices);
}

void ComparePanel::take() {
  const auto result = m_source->result();
  if (result && m_source->isRunning()) return;  // another pair of the same runs: the old one stays until it is here
  const bool isRunning = m_source->isRunning() && !result;
  m_pages->setCurrentIndex(result ? kComparePage : kEmptyPage);
  m_progress->setVisible(isRunning);
  m_stop->setVisible(isRunning);
  m_progress->setValue(0);
  m_advice->setText(isRunning ? tr("Comparing…") : m_source->advice());
  for (QWidget* each : std::initializer_list<QWidget*>{m_first, m_second, m_swap, m_statistic, m_test, m_fdr})
    each->setEnabled(result != nullptr);
  showRunChoices();
  showSummary();
  m_cortex->setCompared(result);
  m_verdicts->setCompared(result);
  m_plans->setCompared(result.get(), [this](const QString& id) { return m_state.runSlot(id); });
  showBars();
  showScatter();
  showCurrentRoi();
  if (!isRunning) Q_EMIT shown();
}

void ComparePanel::showRunChoices() {
  const auto result = m_source->result();
  if (!result) return;
  const PairOptions& pair = result->pair.options;
  for (const auto& [box, chosen] : {std::pair(m_first, pair.first), std::pair(m_second, pair.second)}) {
    const QSignalBlocker quiet(box);
    box->clear();
    for (const ComparedRun& run : result->comparison->runs)
      box->addItem(runSwatch(m_state.runSlot(QString::fromStdString(run.id))), QString::fromStdString(run.name));
    box->setCurrentIndex(static_cast<int>(chosen));
  }
}

void ComparePanel::showSummary() {
  const auto result = m_source->result();
  if (!result) {
    m_summary->clear();
    return;
  }
  const auto& whole = result->comparison->hemispheres;
  size_t images = whole.front().images, vertices = 0, won = 0, lost = 0;
  QStringList own;
  for (size_t h = 0; h < whole.size(); ++h) {
    images = std::min(images, whole[h].images);
    vertices += whole[h].columns.size();
    won += result->pair.hemispheres[h].won;
    lost += result->pair.hemispheres[h].lost;
  }
  for (const size_t run : whole.front().imagesOfRun) own << count(run);
  const bool isPart = std::ranges::any_of(whole.front().imagesOfRun, [&](size_t run) { return run != images; });
  m_summary->setText(tr("ROIs: A wins %1, B %2, %3 undecided\nvertices: A %4, B %5 of %6 · %7 pictures%8")
                         .arg(count(result->pair.count(RoiVerdict::Won)), count(result->pair.count(RoiVerdict::Lost)),
                              count(result->pair.count(RoiVerdict::Undecided)), count(won), count(lost),
                              count(vertices), count(images), isPart ? tr(" in common") : QString()));
  m_summary->setToolTip(
      tr("Compared on the %1 validation pictures that all runs have (of %2) and the vertices that all "
         "predict. Won and lost: q < 0.05")
          .arg(count(images), own.join(", ")));
}

void ComparePanel::showBars() {
  const auto result = m_source->result();
  const bool isAll = m_which->currentIndex() == 1;
  RoiBars bars;
  if (result) {
    bars = barsOf(*result, isAll ? std::set<RoiKey>() : m_state.selectedRois(),
                  [this](const QString& id) { return m_state.runSlot(id); });
    std::erase_if(bars.hemispheres, [this](Hemisphere h) { return !m_state.hemispheres().contains(h); });
  }
  const bool isMean = !result || result->pair.options.statistic == CorrelationStatistic::Mean;
  m_bars->setEmptyText(result && bars.rois.empty() ? tr("Check ROIs that all runs predict to see their bars")
                                                   : QString());
  if (bars.hemispheres.empty()) bars = {};
  m_bars->setBars(std::move(bars), isMean ? RoiStatistic::Mean : RoiStatistic::Median);
}

void ComparePanel::showScatter() {
  const auto result = m_source->result();
  const bool isChecked = m_which->currentIndex() == 0;
  m_scatter->setPoints(result ? scatterPoints(*result, m_state.hemispheres(), m_state.selectedRois(), isChecked)
                              : ScatterPoints());
  m_scatter->setVertex(m_state.vertex());
  m_cortex->setBrushed({});
}

void ComparePanel::showCurrentRoi() {
  const auto& roi = m_state.currentRoi();
  m_bars->setCurrentRoi(roi);
  const int row = roi ? m_verdicts->rowOf(*roi) : -1;
  const QModelIndex index = m_sorted->mapFromSource(m_verdicts->index(row, 0));
  if (index.isValid()) m_verdictTable->setCurrentIndex(index);
}

void ComparePanel::saveVerdicts() {
  const auto result = m_source->result();
  if (!result) return;
  const QString file = m_chooser(
      window(), {.title = tr("Save the comparison"), .suggested = "comparison.csv", .filter = tr("CSV (*.csv)")});
  if (file.isEmpty()) return;
  try {
    writeFileAtomically(file.toStdString(), comparisonToCsv(*result->comparison, result->pair));
    Q_EMIT exported(file);
  } catch (const std::exception& error) {
    Q_EMIT failed(tr("Saving the comparison"), QString::fromUtf8(error.what()));
  }
}

void ComparePanel::showIcons() {
  m_verdictsExport->setIcon(themeIcon("document-export"));
  m_stop->setIcon(themeIcon("media-playback-stop"));
  for (ExportMenu* menu : {m_barsExport, m_scatterExport})
    menu->button()->setIcon(themeIcon("document-export"));
  QPalette quiet = palette();
  quiet.setColor(QPalette::WindowText, themeColours(palette()).quietText);
  for (const char* name : {"scatterHint"})
    if (auto* label = findChild<QLabel*>(name)) label->setPalette(quiet);
}

void ComparePanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) showIcons();
}

void ComparePanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  m_source->setActive(true);
}

void ComparePanel::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  m_source->setActive(false);
}

}  // namespace corticast
