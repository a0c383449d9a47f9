#include "widgets/tables/runs_panel.h"

#include <QAction>
#include <QApplication>
#include <QBoxLayout>
#include <QClipboard>
#include <QEvent>
#include <QFrame>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QStackedLayout>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <algorithm>

#include "widgets/style/theme.h"
#include "widgets/tables/progress_delegate.h"
#include "widgets/tables/run_table_button.h"
#include "widgets/tables/run_words.h"
#include "widgets/tables/runs_model.h"

namespace corticast {
namespace {

constexpr int kSortMilliseconds = 1500;

/// Leaves room left of the text, so that it does not touch a number in the column before.
class PaddedDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
    QStyledItemDelegate::initStyleOption(option, index);
    if (index.column() == RunsModel::kPreset) option->text.prepend(QChar(0x2003));
  }
};

}  // namespace

RunsPanel::RunsPanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_model(new RunsModel(state, this)),
      m_sorted(new QSortFilterProxyModel(this)),
      m_table(new QTableView(this)),
      m_empty(new QLabel(tr("No run yet. Choose ROIs, press Train"), this)),
      m_sortTimer(new QTimer(this)),
      m_export(new RunTableButton(state, this)) {
  setObjectName("runsPanel");
  buildTable();
  buildActions();
  m_empty->setObjectName("runsEmpty");
  m_empty->setAlignment(Qt::AlignCenter);
  m_empty->setAutoFillBackground(true);
  m_empty->setBackgroundRole(QPalette::Base);
  auto* pages = new QWidget(this);
  m_pages = new QStackedLayout(pages);
  m_pages->addWidget(m_table);
  m_pages->addWidget(m_empty);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(buildToolRow());
  layout->addWidget(pages, 1);
  layout->addWidget(buildDetails());

  m_sortTimer->setSingleShot(true);
  m_sortTimer->setInterval(kSortMilliseconds);
  connect(m_sortTimer, &QTimer::timeout, this, &RunsPanel::sortUnwatched);
  connect(m_export, &RunTableButton::exported, this, &RunsPanel::exported);
  connect(m_export, &RunTableButton::failed, this, &RunsPanel::failed);
  connect(m_model, &RunsModel::renameRequested, this, &RunsPanel::renameRequested);
  connect(m_model, &RunsModel::noteRequested, this, &RunsPanel::noteRequested);
  connect(&state, &WorkbenchState::runsChanged, this, &RunsPanel::onRunsChanged);
  connect(&state, &WorkbenchState::runUpdated, this, &RunsPanel::onRunUpdated);
  connect(&state, &WorkbenchState::selectedRunsChanged, this, &RunsPanel::showSelection);
  connect(&state, &WorkbenchState::workspaceChanged, this, [this] { m_hasChosen = false; });
  m_table->installEventFilter(this);
  showIcons();
  onRunsChanged();
  showSelection();
}

RunsPanel::~RunsPanel() = default;

void RunsPanel::setFileChooser(FileChooser chooser) {
  m_export->setFileChooser(std::move(chooser));
}

void RunsPanel::buildTable() {
  m_sorted->setSourceModel(m_model);
  m_sorted->setSortRole(RunsModel::kSortRole);
  m_sorted->setDynamicSortFilter(false);
  m_table->setObjectName("runsTable");
  m_table->setModel(m_sorted);
  m_table->setItemDelegate(new PaddedDelegate(m_table));
  m_table->setItemDelegateForColumn(RunsModel::kProgress, new ProgressDelegate(m_table));
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_table->setEditTriggers(QAbstractItemView::DoubleClicked);
  m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
  m_table->setShowGrid(false);
  m_table->setAlternatingRowColors(true);
  m_table->setWordWrap(false);
  m_table->setIconSize(QSize(16, 16));
  m_table->setTabKeyNavigation(false);
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 9);
  m_table->verticalHeader()->setMinimumSectionSize(18);
  QHeaderView* header = m_table->horizontalHeader();
  header->setSectionsMovable(true);
  header->setHighlightSections(false);
  header->setStretchLastSection(true);
  const int letter = fontMetrics().horizontalAdvance('0');
  const int letters[RunsModel::kColumnCount] = {21, 13, 13, 9, 9, 8, 8, 8, 21, 11, 8, 13, 10};
  for (int column = 0; column < RunsModel::kColumnCount; ++column)
    m_table->setColumnWidth(column, letters[column] * letter + 8);
  m_table->setSortingEnabled(true);
  m_table->sortByColumn(RunsModel::kStarted, Qt::DescendingOrder);
  connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsPanel::takeSelection);
  connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &RunsPanel::takeSelection);
}

QAction* RunsPanel::addAction(const QString& name, const QString& text, const QString& toolTip,
                              const QKeySequence& shortcut, const std::function<void()>& action) {
  auto* made = new QAction(text, this);
  made->setObjectName(name);
  made->setToolTip(shortcut.isEmpty() ? toolTip
                                      : QString("%1  %2").arg(toolTip, shortcut.toString(QKeySequence::NativeText)));
  made->setShortcut(shortcut);
  made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  connect(made, &QAction::triggered, this, action);
  m_table->addAction(made);
  return made;
}

void RunsPanel::buildActions() {
  m_pause = addAction("pauseRuns", tr("Pause"), tr("Save a checkpoint and rest  Space"), {}, [this] {
    for (const auto& run : selectedThat(canPause)) Q_EMIT pauseRequested(QString::fromStdString(run->id));
  });
  m_resume = addAction("resumeRuns", tr("Resume"), tr("Go on from the last checkpoint  Space"), {}, [this] {
    for (const auto& run : selectedThat(canResume)) Q_EMIT resumeRequested(QString::fromStdString(run->id));
  });
  m_stop = addAction("stopRuns", tr("Stop"), tr("End it; what was learnt stays, and it can be resumed"), {}, [this] {
    for (const auto& run : selectedThat(canStop)) Q_EMIT stopRequested(QString::fromStdString(run->id));
  });
  m_rename = addAction("renameRun", tr("Rename"), tr("Give the run another name"), Qt::Key_F2,
                       [this] { editCell(RunsModel::kName); });
  m_note = addAction("noteRun", tr("Note"), tr("Write down what this run is for"), {},
                     [this] { editCell(RunsModel::kNote); });
  m_delete = addAction("deleteRuns", tr("Delete"), tr("Move to the workspace's trash; can be undone"),
                       QKeySequence::Delete, [this] {
                         QStringList ids;
                         for (const auto& run : selectedThat(canDelete)) ids << QString::fromStdString(run->id);
                         if (!ids.isEmpty()) Q_EMIT deleteRequested(ids);
                       });
}

QWidget* RunsPanel::buildToolRow() {
  auto* row = new QWidget(this);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(8, 4, 8, 2);
  layout->setSpacing(2);
  for (QAction* action : {m_pause, m_resume, m_stop, m_rename, m_note, m_delete}) {
    auto* button = new QToolButton(row);
    button->setObjectName(action->objectName() + "Button");
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(true);
    layout->addWidget(button);
    if (action == m_stop) layout->addSpacing(10);
  }
  layout->addStretch(1);
  layout->addWidget(m_export);
  return row;
}

QWidget* RunsPanel::buildDetails() {
  m_details = new QFrame(this);
  m_details->setObjectName("runDetails");
  m_detailsText = new QLabel(m_details);
  m_detailsText->setObjectName("runDetailsText");
  m_detailsText->setTextFormat(Qt::PlainText);
  m_detailsText->setWordWrap(true);
  m_detailsText->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* copy = new QToolButton(m_details);
  copy->setObjectName("copyRunDetails");
  copy->setAutoRaise(true);
  copy->setToolTip(tr("Copy the text"));
  connect(copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(m_detailsText->text()); });
  auto* layout = new QHBoxLayout(m_details);
  layout->setContentsMargins(10, 3, 8, 3);
  layout->addWidget(m_detailsText, 1);
  layout->addWidget(copy, 0, Qt::AlignTop);
  m_details->hide();
  return m_details;
}

void RunsPanel::takeSelection() {
  if (m_isSelecting) return;
  QStringList chosen;
  const QModelIndex current = m_table->currentIndex();
  QStringList rows;
  for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
    rows << index.data(RunsModel::kIdRole).toString();
  // The current row's run is the current run; the others keep the order in which they were chosen.
  if (const QString id = current.data(RunsModel::kIdRole).toString(); rows.contains(id)) chosen << id;
  for (const QString& id : m_state.selectedRuns() + rows)
    if (rows.contains(id) && !chosen.contains(id)) chosen << id;
  m_isSelecting = true;
  m_hasChosen = true;
  m_state.setSelectedRuns(chosen);
  m_isSelecting = false;
  showActions();
  showDetails();
}

void RunsPanel::showSelection() {
  if (!m_isSelecting) {
    m_isSelecting = true;
    QItemSelection rows;
    QModelIndex first;
    for (const QString& id : m_state.selectedRuns()) {
      const QModelIndex index = m_sorted->mapFromSource(m_model->index(m_model->rowOf(id), RunsModel::kName));
      if (!index.isValid()) continue;
      if (!first.isValid()) first = index;
      rows.select(index, index.siblingAtColumn(RunsModel::kColumnCount - 1));
    }
    if (first.isValid()) m_table->selectionModel()->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
    m_table->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
    m_isSelecting = false;
  }
  if (!m_state.selectedRuns().isEmpty()) m_hasChosen = true;
  showActions();
  showDetails();
}

void RunsPanel::onRunsChanged() {
  m_pages->setCurrentIndex(m_state.runs().empty() ? 1 : 0);
  m_export->setEnabled(!m_state.runs().empty());
  sortUnwatched();
  // A workspace with runs opens with its newest shown.
  if (!m_hasChosen && m_state.selectedRuns().isEmpty() && !m_state.runs().empty())
    m_state.setSelectedRuns({QString::fromStdString(m_state.runs().front()->id)});
  showSelection();
}

void RunsPanel::onRunUpdated() {
  showActions();
  showDetails();
  sortSoon();
}

void RunsPanel::sortSoon() {
  if (!m_sortTimer->isActive()) m_sortTimer->start();
}

void RunsPanel::sortUnwatched() {
  // Nothing moves while it is pointed at or written in; leaving the table brings it in order.
  if (m_table->underMouse() || m_table->hasFocus() || m_table->isPersistentEditorOpen(m_table->currentIndex()) ||
      m_table->viewport()->findChild<QWidget*>("qt_editor"))
    return;
  const QHeaderView* header = m_table->horizontalHeader();
  m_sorted->sort(header->sortIndicatorSection(), header->sortIndicatorOrder());
}

std::vector<WorkbenchState::RunPointer> RunsPanel::selectedThat(Test test) const {
  std::vector<WorkbenchState::RunPointer> runs;
  for (const QString& id : m_state.selectedRuns())
    if (auto run = m_state.run(id); run && test(*run)) runs.push_back(std::move(run));
  return runs;
}

void RunsPanel::showActions() {
  m_pause->setEnabled(!selectedThat(canPause).empty());
  m_resume->setEnabled(!selectedThat(canResume).empty());
  m_stop->setEnabled(!selectedThat(canStop).empty());
  m_delete->setEnabled(!selectedThat(canDelete).empty());
  m_rename->setEnabled(m_state.currentRun() != nullptr);
  m_note->setEnabled(m_state.currentRun() != nullptr);
}

void RunsPanel::showDetails() {
  const auto run = m_state.currentRun();
  const QString trouble = run ? troubleOf(*run) : QString();
  m_details->setVisible(!trouble.isEmpty());
  if (trouble.isEmpty()) return;
  if (m_detailsText->text() != trouble) m_detailsText->setText(trouble);
  QPalette coloured = palette();
  coloured.setColor(QPalette::WindowText, conditionColour(conditionOf(*run), palette()));
  m_detailsText->setPalette(coloured);
}

void RunsPanel::pauseOrResume() {
  const auto run = m_state.currentRun();
  if (!run) return;
  if (canPause(*run))
    m_pause->trigger();
  else
    m_resume->trigger();
}

void RunsPanel::editCell(int column) {
  const auto run = m_state.currentRun();
  if (!run) return;
  const QModelIndex index =
      m_sorted->mapFromSource(m_model->index(m_model->rowOf(QString::fromStdString(run->id)), column));
  m_table->scrollTo(index);
  m_isSelecting = true;
  m_table->selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
  m_isSelecting = false;
  m_table->edit(index);
}

void RunsPanel::showIcons() {
  m_pause->setIcon(themeIcon("media-playback-pause"));
  m_resume->setIcon(themeIcon("media-playback-start"));
  m_stop->setIcon(themeIcon("media-playback-stop"));
  m_delete->setIcon(themeIcon("edit-delete"));
  m_rename->setIcon(themeIcon("edit-rename"));
  m_note->setIcon(themeIcon("edit-comment"));
  findChild<QToolButton*>("copyRunDetails")->setIcon(themeIcon("edit-copy"));
  QPalette quiet = m_empty->palette();
  quiet.setColor(QPalette::WindowText, themeColours(palette()).quietText);
  quiet.setColor(QPalette::Base, palette().color(QPalette::Base));
  m_empty->setPalette(quiet);
}

void RunsPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && m_pause) {
    showIcons();
    showDetails();
  }
}

void RunsPanel::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  sortSoon();
}

bool RunsPanel::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_table && event->type() == QEvent::FocusOut) sortSoon();
  // A table takes Space for its selection before any shortcut sees it.
  if (watched == m_table && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == Qt::Key_Space && key->modifiers() == Qt::NoModifier) {
      pauseOrResume();
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace corticast
