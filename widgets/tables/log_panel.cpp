#include "widgets/tables/log_panel.h"

#include <QAction>
#include <QApplication>
#include <QBoxLayout>
#include <QClipboard>
#include <QComboBox>
#include <QDateTime>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QToolButton>

#include "widgets/style/theme.h"

namespace corticast {

/// Lines of a level and above that contain a text.
class LogFilter : public QSortFilterProxyModel {
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;

  void setLeast(int level) {
    m_least = level;
    invalidateFilter();
  }

 protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
    return sourceModel()->index(row, 0, parent).data(LogModel::kLevelRole).toInt() >= m_least &&
           QSortFilterProxyModel::filterAcceptsRow(row, parent);
  }

 private:
  int m_least = 0;
};

LogPanel::LogPanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_model(new LogModel(state, this)),
      m_filter(new LogFilter(this)),
      m_table(new QTableView(this)),
      m_level(new QComboBox(this)),
      m_search(new QLineEdit(this)),
      m_copy(new QToolButton(this)),
      m_empty(new QLabel(this)) {
  setObjectName("logPanel");
  m_level->setObjectName("logLevel");
  m_level->addItems({tr("All events"), tr("Warnings and errors"), tr("Errors")});
  m_level->setToolTip(tr("Which events are listed"));
  m_search->setObjectName("logSearch");
  m_search->setPlaceholderText(tr("Search"));
  m_search->setClearButtonEnabled(true);
  m_search->setMaximumWidth(260);
  m_copy->setObjectName("copyLog");
  m_copy->setText(tr("Copy"));
  m_copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_copy->setAutoRaise(true);
  m_copy->setToolTip(tr("Copy the selected lines, or all that are listed  Ctrl+C"));
  m_empty->setObjectName("logEmpty");
  m_empty->setAlignment(Qt::AlignCenter);
  buildTable();
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 2);
  row->addWidget(m_level);
  row->addWidget(m_search, 1);
  row->addStretch(1);
  row->addWidget(m_copy);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(row);
  layout->addWidget(m_table, 1);

  connect(m_level, &QComboBox::activated, this, [this](int level) {
    m_filter->setLeast(level);
    showEmpty();
  });
  connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
    m_filter->setFilterFixedString(text);
    showEmpty();
  });
  connect(m_copy, &QToolButton::clicked, this, &LogPanel::copySelected);
  showIcons();
  showEmpty();
}

LogPanel::~LogPanel() = default;

void LogPanel::buildTable() {
  m_filter->setSourceModel(m_model);
  m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
  m_filter->setFilterKeyColumn(LogModel::kText);
  m_table->setObjectName("logTable");
  m_table->setModel(m_filter);
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_table->setShowGrid(false);
  m_table->setWordWrap(true);
  m_table->setTabKeyNavigation(false);
  m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setMinimumSectionSize(fontMetrics().height() + 5);
  m_table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  const int letter = fontMetrics().horizontalAdvance('0');
  const int letters[LogModel::kColumnCount - 1] = {22, 12, 20};
  for (int column = 0; column < LogModel::kText; ++column) m_table->setColumnWidth(column, letters[column] * letter);
  m_table->horizontalHeader()->setStretchLastSection(true);
  m_table->horizontalHeader()->setHighlightSections(false);
  auto* copy = new QAction(tr("Copy"), m_table);
  copy->setObjectName("copyLogAction");
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  connect(copy, &QAction::triggered, this, &LogPanel::copySelected);
  m_table->addAction(copy);
  m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
  // New lines pull the view along only while the newest was in sight.
  const QScrollBar* bar = m_table->verticalScrollBar();
  connect(m_filter, &QAbstractItemModel::rowsAboutToBeInserted, this,
          [this, bar] { m_isAtEnd = bar->value() >= bar->maximum(); });
  connect(m_filter, &QAbstractItemModel::rowsInserted, this, [this] {
    showEmpty();
    if (m_isAtEnd) QMetaObject::invokeMethod(m_table, &QTableView::scrollToBottom, Qt::QueuedConnection);
  });
  connect(m_filter, &QAbstractItemModel::modelReset, this, [this] {
    showEmpty();
    QMetaObject::invokeMethod(m_table, &QTableView::scrollToBottom, Qt::QueuedConnection);
  });
}

void LogPanel::add(LogLevel level, const QString& text) {
  m_model->addSessionEvent(level, text, static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000);
}

void LogPanel::copySelected() const {
  QStringList lines;
  for (int row = 0; row < m_filter->rowCount(); ++row) {
    const bool isSelected = m_table->selectionModel()->isRowSelected(row);
    if (m_table->selectionModel()->hasSelection() && !isSelected) continue;
    QStringList cells;
    for (int column = 0; column < LogModel::kColumnCount; ++column)
      cells << m_filter->index(row, column).data().toString();
    lines << cells.join('\t');
  }
  QApplication::clipboard()->setText(lines.join('\n'));
}

void LogPanel::showEmpty() {
  const bool isEmpty = m_filter->rowCount() == 0;
  m_empty->setText(m_model->rowCount() == 0 ? tr("Nothing has happened yet. Select a run to see its events")
                                            : tr("No event like that"));
  m_empty->setVisible(isEmpty);
  m_copy->setEnabled(!isEmpty);
  m_empty->setGeometry(m_table->geometry());
}

void LogPanel::showIcons() {
  m_copy->setIcon(themeIcon("edit-copy"));
  QPalette quiet = m_empty->palette();
  quiet.setColor(QPalette::WindowText, themeColours(palette()).quietText);
  m_empty->setPalette(quiet);
}

void LogPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && m_empty) showIcons();
}

void LogPanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  QMetaObject::invokeMethod(this, &LogPanel::showEmpty, Qt::QueuedConnection);
}

}  // namespace corticast
