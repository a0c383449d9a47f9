#include "widgets/compare/plan_table.h"

#include <QHeaderView>

#include "widgets/style/run_styles.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kSection = 0, kSetting = 1, kFirstRun = 2;

QString text(const std::string& value) {
  return QString::fromStdString(value);
}

}  // namespace

PlanTable::PlanTable(QWidget* parent) : QTableWidget(parent) {
  setObjectName("planTable");
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setAlternatingRowColors(true);
  setShowGrid(false);
  setWordWrap(false);
  setTabKeyNavigation(false);
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 9);
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  horizontalHeader()->setStretchLastSection(true);
}

PlanTable::~PlanTable() = default;

void PlanTable::setCompared(const Compared* compared, const std::function<size_t(const QString&)>& slotOf) {
  clear();
  setRowCount(compared ? static_cast<int>(compared->plans.size()) : 0);
  setColumnCount(compared ? kFirstRun + static_cast<int>(compared->comparison->runs.size()) : 0);
  if (!compared) return;
  setHorizontalHeaderItem(kSection, new QTableWidgetItem(tr("Section")));
  setHorizontalHeaderItem(kSetting, new QTableWidgetItem(tr("Setting")));
  for (size_t run = 0; run < compared->comparison->runs.size(); ++run) {
    const ComparedRun& each = compared->comparison->runs[run];
    setHorizontalHeaderItem(kFirstRun + static_cast<int>(run),
                            new QTableWidgetItem(runSwatch(slotOf(text(each.id))), text(each.name)));
  }
  for (int row = 0; row < rowCount(); ++row) {
    const PlanDifference& difference = compared->plans[static_cast<size_t>(row)];
    setItem(row, kSection, new QTableWidgetItem(text(difference.section)));
    item(row, kSection)->setForeground(themeColours(palette()).quietText);
    setItem(row, kSetting, new QTableWidgetItem(text(difference.label)));
    item(row, kSetting)->setToolTip(text(difference.key));
    for (size_t run = 0; run < difference.values.size(); ++run) {
      const auto& value = difference.values[run];
      QString shown = value ? text(*value) : tr("absent");
      if (value && !difference.unit.empty()) shown += " " + text(difference.unit);
      auto* cell = new QTableWidgetItem(shown.isEmpty() ? tr("automatic") : shown);
      if (!value) cell->setForeground(themeColours(palette()).quietText);
      cell->setToolTip(shown);
      setItem(row, kFirstRun + static_cast<int>(run), cell);
    }
  }
  resizeColumnsToContents();
}

}  // namespace corticast
