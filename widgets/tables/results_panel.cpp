#include "widgets/tables/results_panel.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QCoreApplication>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QSignalBlocker>
#include <QStackedLayout>
#include <QThreadPool>
#include <QTimer>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/export/paper_table.h"
#include "core/export/run_table.h"
#include "widgets/style/theme.h"
#include "widgets/tables/results_model.h"

namespace corticast {
namespace {

constexpr int kAtOnce = 30;  // milliseconds; several signals of one click make one reading
constexpr int kWhileTraining = 1500;

/// Reads the rows of some runs; a run that cannot be read has none (the runs panel says why).
std::map<std::string, std::vector<TableRow>> readRows(const std::vector<WorkbenchState::RunPointer>& runs,
                                                      const std::string& roi) {
  std::map<std::string, std::vector<TableRow>> rows;
  for (const auto& run : runs) {
    auto& own = rows[run->id];
    try {
      own = runSummary(RunFolder(run->path), roi);
    } catch (const std::exception&) {
      own.clear();
    }
  }
  return rows;
}

QToolButton* toggle(const QString& name, const QString& text, const QString& toolTip, QWidget* parent) {
  auto* button = new QToolButton(parent);
  button->setObjectName(name);
  button->setText(text);
  button->setToolTip(toolTip);
  button->setCheckable(true);
  button->setAutoRaise(true);
  return button;
}

}  // namespace

ResultsPanel::ResultsPanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_model(new ResultsModel(this)),
      m_table(new QTreeView(this)),
      m_empty(new QLabel(tr("No results yet. Choose ROIs, press Train"), this)),
      m_timer(new QTimer(this)) {
  setObjectName("resultsPanel");
  m_empty->setObjectName("resultsEmpty");
  m_empty->setAlignment(Qt::AlignCenter);
  m_empty->setAutoFillBackground(true);
  m_empty->setBackgroundRole(QPalette::Base);
  buildTable();
  auto* pages = new QWidget(this);
  m_pages = new QStackedLayout(pages);
  m_pages->addWidget(m_table);
  m_pages->addWidget(m_empty);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(buildToolRow());
  layout->addWidget(pages, 1);
  m_timer->setSingleShot(true);
  connect(m_timer, &QTimer::timeout, this, &ResultsPanel::read);
  connect(&state, &WorkbenchState::runsChanged, this, [this] { readSoon(kAtOnce); });
  connect(&state, &WorkbenchState::runUpdated, this, [this] { readSoon(kWhileTraining); });
  connect(&state, &WorkbenchState::selectedRunsChanged, this, &ResultsPanel::showSelection);
  for (const auto signal : {&WorkbenchState::studyChanged, &WorkbenchState::subjectChanged})
    connect(&state, signal, this, &ResultsPanel::fillRois);
  fillRois();
  showIcons();
  showRows();
}

ResultsPanel::~ResultsPanel() = default;

void ResultsPanel::buildTable() {
  m_table->setObjectName("resultsTable");
  m_table->setModel(m_model);
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setAlternatingRowColors(true);
  m_table->setUniformRowHeights(true);
  m_table->setRootIsDecorated(false);
  m_table->setExpandsOnDoubleClick(true);
  QHeaderView* header = m_table->header();
  header->setStretchLastSection(false);
  header->setHighlightSections(false);
  // Until a column is clicked, rows stand as the runs were made, left hemisphere above right.
  header->setSortIndicator(-1, Qt::AscendingOrder);
  m_table->setSortingEnabled(true);
  const int letter = fontMetrics().horizontalAdvance('0');
  const int letters[ResultsModel::kColumnCount] = {28, 9, 6, 16, 32, 22, 11, 11, 10, 10};
  for (int column = 0; column < ResultsModel::kColumnCount; ++column)
    m_table->setColumnWidth(column, letters[column] * letter + 8);
  connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ResultsPanel::takeSelection);
  connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
    m_table->expandAll();
    const bool isGrouped = m_model->view().grouping != ResultsModel::Grouping::None;
    for (int row = 0; isGrouped && row < m_model->rowCount(); ++row) m_table->setFirstColumnSpanned(row, {}, true);
    showSelection();
  });
}

QWidget* ResultsPanel::buildToolRow() {
  auto* row = new QWidget(this);
  m_filter = new QLineEdit(row);
  m_filter->setObjectName("resultsFilter");
  m_filter->setPlaceholderText(tr("Filter"));
  m_filter->setClearButtonEnabled(true);
  m_filter->setMaximumWidth(180);
  const auto combo = [&](const QString& name, const QStringList& texts, const QString& toolTip) {
    auto* made = new QComboBox(row);
    made->setObjectName(name);
    made->addItems(texts);
    made->setToolTip(toolTip);
    return made;
  };
  m_grouping = combo("resultsGrouping",
                     {tr("No groups"), tr("By experiment"), tr("By focus"), tr("By architecture"), tr("By hemisphere")},
                     tr("Rows that belong together"));
  m_roi = combo("resultsRoi", {}, tr("Corr is taken over the vertices of this ROI (the paper: OFA)"));
  m_roi->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  m_statistic = combo("resultsStatistic", {tr("Mean r"), tr("Median r")}, tr("Over the ROI's vertices"));
  m_chosen =
      toggle("resultsChosen", tr("Selected runs only"), tr("Show the runs that are selected now, and no others"), row);
  m_differ = toggle("resultsDiffer", tr("Only what differs"),
                    tr("Hide columns and settings in which the rows shown do not differ"), row);
  m_paper = toggle("resultsPaper", tr("Paper"),
                   tr("The rows of Chimisso et al. 2023 beside yours. They are of the real NSD responses (subject 01): "
                      "on other data losses and correlations are other numbers"),
                   row);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(8, 4, 8, 2);
  for (QWidget* each :
       std::initializer_list<QWidget*>{m_filter, m_grouping, m_roi, m_statistic, m_chosen, m_differ, m_paper})
    layout->addWidget(each);
  layout->addStretch(1);
  layout->addWidget(buildExport());
  connect(m_filter, &QLineEdit::textChanged, this, &ResultsPanel::applyView);
  for (QComboBox* each : {m_grouping, m_statistic})
    connect(each, &QComboBox::activated, this, &ResultsPanel::applyView);
  connect(m_roi, &QComboBox::activated, this, [this] {
    m_wantedRoi = roi();
    readSoon(0);
  });
  connect(m_chosen, &QToolButton::toggled, this, [this](bool isOn) {
    m_keptRuns = isOn ? m_state.selectedRuns() : QStringList();
    applyView();
  });
  connect(m_differ, &QToolButton::toggled, this, &ResultsPanel::applyView);
  connect(m_paper, &QToolButton::toggled, this, &ResultsPanel::showRows);
  return row;
}

QToolButton* ResultsPanel::buildExport() {
  m_export = new QToolButton(this);
  m_export->setObjectName("resultsExport");
  m_export->setText(tr("Export"));
  m_export->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_export->setAutoRaise(true);
  m_export->setPopupMode(QToolButton::InstantPopup);
  m_export->setToolTip(tr("The rows shown, as shown"));
  auto* menu = new QMenu(m_export);
  struct Format {
    const char *name, *label, *format, *suffix;
  };
  for (const Format& f : {Format{"resultsExportLatex", "LaTeX, as the paper prints it", "latex", "tex"},
                          Format{"resultsExportMarkdown", "Markdown, as the paper prints it", "markdown", "md"},
                          Format{"resultsExportCsv", "CSV, full precision", "csv", "csv"},
                          Format{"resultsExportJson", "JSON, full precision", "json", "json"}}) {
    QAction* action =
        menu->addAction(tr(f.label) + u'…', this,
                        [this, format = QString(f.format), suffix = QString(f.suffix)] { save(format, suffix); });
    action->setObjectName(f.name);
  }
  m_export->setMenu(menu);
  return m_export;
}

QString ResultsPanel::roi() const {
  return m_roi->currentData().toString();
}

void ResultsPanel::fillRois() {
  QStringList names;
  if (const Subject* subject = m_state.subjectData())
    for (const HemisphereData& hemisphere : subject->hemispheres)
      for (const Roi& each : hemisphere.rois)
        if (const QString name = QString::fromStdString(each.name); !each.isAbsent() && !names.contains(name))
          names << name;
  const QSignalBlocker quiet(m_roi);
  m_roi->clear();
  m_roi->addItem(tr("r in all vertices"), QString());
  for (const QString& name : names) m_roi->addItem(tr("r in %1").arg(name), name);
  m_roi->setCurrentIndex(std::max(0, m_roi->findData(m_wantedRoi)));
  readSoon(kAtOnce);
}

void ResultsPanel::readSoon(int milliseconds) {
  m_isOutdated = true;
  if (!isVisible()) return;
  if (!m_timer->isActive() || m_timer->remainingTime() > milliseconds) m_timer->start(milliseconds);
}

void ResultsPanel::read() {
  if (m_isReading) return;  // asked again when the answer is here
  m_isOutdated = false;
  m_isReading = true;
  if (m_knownRoi != roi()) m_known.clear();
  m_knownRoi = roi();
  std::vector<WorkbenchState::RunPointer> wanted;
  for (const auto& run : m_state.runs()) {
    const auto known = m_known.find(run->id);
    if (known == m_known.end() || known->second.snapshot != run) wanted.push_back(run);
  }
  const QPointer<ResultsPanel> self(this);
  QThreadPool::globalInstance()->start([self, wanted, roi = m_knownRoi.toStdString()] {
    auto rows = readRows(wanted, roi);
    QMetaObject::invokeMethod(
        qApp,
        [self, wanted, rows = std::move(rows)]() mutable {
          if (!self) return;
          self->m_isReading = false;
          for (const auto& run : wanted) self->m_known[run->id] = {run, std::move(rows[run->id])};
          self->showRows();
          Q_EMIT self->measured();
          if (self->m_isOutdated) self->readSoon(kAtOnce);
        },
        Qt::QueuedConnection);
  });
}

void ResultsPanel::showRows() {
  Rows rows;
  // Oldest first: the table reads as the study went.
  for (auto run = m_state.runs().rbegin(); run != m_state.runs().rend(); ++run)
    if (const auto known = m_known.find((*run)->id); known != m_known.end())
      rows.insert(rows.end(), known->second.rows.begin(), known->second.rows.end());
  if (m_paper->isChecked()) rows.insert(rows.end(), publishedRows().begin(), publishedRows().end());
  m_pages->setCurrentIndex(rows.empty() ? 1 : 0);
  m_export->setEnabled(!rows.empty());
  // Nothing moves while it is pointed at.
  m_model->setRows(std::move(rows), m_table->underMouse() || m_table->hasFocus());
  hideEqualColumns();
}

void ResultsPanel::applyView() {
  ResultsModel::View view = m_model->view();
  view.filter = m_filter->text();
  view.runs = m_keptRuns;
  view.grouping = static_cast<ResultsModel::Grouping>(m_grouping->currentIndex());
  view.isMedian = m_statistic->currentIndex() == 1;
  view.isDifferOnly = m_differ->isChecked();
  m_table->setRootIsDecorated(view.grouping != ResultsModel::Grouping::None);
  m_model->setView(view);
  hideEqualColumns();
}

void ResultsPanel::hideEqualColumns() {
  const std::set<int> differing = m_model->differingColumns();
  for (int column = 0; column < ResultsModel::kColumnCount; ++column)
    m_table->setColumnHidden(
        column, m_differ->isChecked() && column != ResultsModel::kExperiment && !differing.contains(column));
}

void ResultsPanel::takeSelection() {
  if (m_isSelecting) return;
  QStringList rows;
  for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
    if (const QString id = index.data(ResultsModel::kRunRole).toString(); m_state.run(id) && !rows.contains(id))
      rows << id;
  if (rows.isEmpty()) return;
  QStringList chosen;
  // The current row's run is the current run; the others keep the order in which they were chosen.
  const QString current = m_table->currentIndex().data(ResultsModel::kRunRole).toString();
  if (rows.contains(current)) chosen << current;
  for (const QString& id : m_state.selectedRuns() + rows)
    if (rows.contains(id) && !chosen.contains(id)) chosen << id;
  m_isSelecting = true;
  m_state.setSelectedRuns(chosen);
  m_isSelecting = false;
}

void ResultsPanel::showSelection() {
  m_chosen->setEnabled(m_chosen->isChecked() || !m_state.selectedRuns().isEmpty());
  if (m_isSelecting) return;
  m_isSelecting = true;
  QItemSelection rows;
  const auto selectIn = [&](const QModelIndex& parent) {
    for (int row = 0; row < m_model->rowCount(parent); ++row) {
      const QModelIndex index = m_model->index(row, 0, parent);
      if (m_state.selectedRuns().contains(index.data(ResultsModel::kRunRole).toString()))
        rows.select(index, index.siblingAtColumn(ResultsModel::kColumnCount - 1));
    }
  };
  selectIn({});
  for (int group = 0; group < m_model->rowCount(); ++group) selectIn(m_model->index(group, 0));
  m_table->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
  m_isSelecting = false;
}

void ResultsPanel::save(const QString& format, const QString& suffix) {
  const QString file = m_chooser(window(), {.title = tr("Save the results table"),
                                            .suggested = "results." + suffix,
                                            .filter = QString("%1 (*.%1)").arg(suffix)});
  if (file.isEmpty()) return;
  try {
    const TableFormat kind = tableFormatFrom(format.toStdString());
    const bool isPrinted = kind == TableFormat::Latex || kind == TableFormat::Markdown;
    const Rows rows = m_model->shownRows();
    const PaperTableOptions options{
        .roi = m_knownRoi.toStdString(), .isMedian = m_model->view().isMedian, .lossNote = "weighted by vertices"};
    writeFileAtomically(file.toStdString(),
                        isPrinted ? formatPaperTable(rows, kind, options) : formatTable(rows, kind));
    Q_EMIT exported(file);
  } catch (const std::exception& error) {
    Q_EMIT failed(tr("Saving the results table"), QString::fromUtf8(error.what()));
  }
}

void ResultsPanel::showIcons() {
  m_export->setIcon(themeIcon("document-export"));
  QPalette quiet = palette();
  quiet.setColor(QPalette::WindowText, themeColours(palette()).quietText);
  m_empty->setPalette(quiet);
}

void ResultsPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) showIcons();
}

void ResultsPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (m_isOutdated) readSoon(kAtOnce);
}

}  // namespace corticast
