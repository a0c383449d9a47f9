#include "widgets/tables/results_model.h"

#include <QApplication>
#include <QFont>
#include <QPalette>
#include <algorithm>
#include <map>
#include <tuple>

#include "core/base/text.h"
#include "core/export/paper_table.h"
#include "widgets/style/theme.h"
#include "widgets/tables/column_head.h"

namespace corticast {
namespace {

QString text(const std::string& value) {
  return QString::fromStdString(value);
}

bool isPublished(const TableRow& row) {
  return row.run == kPublishedRun;
}

std::string keyOf(const TableRow& row) {
  return row.run + "/" + row.experiment + "/" + row.focus + "/" + row.subject + "/" + row.hemisphere;
}

bool isNumeric(int column) {
  return column >= ResultsModel::kTrainLoss;
}

QStringList settingsOf(const TableRow& row) {
  return text(row.config).split(", ", Qt::SkipEmptyParts);
}

}  // namespace

ResultsModel::ResultsModel(QObject* parent) : QAbstractItemModel(parent) {}
ResultsModel::~ResultsModel() = default;

void ResultsModel::setRows(std::vector<TableRow> rows, bool isWatched) {
  const View view = m_view;
  if (isWatched) {
    std::map<std::string, size_t> place;
    for (const TableRow& row : shownRows()) place.emplace(keyOf(row), place.size());
    std::ranges::stable_sort(rows, {}, [&](const TableRow& row) {
      const auto known = place.find(keyOf(row));
      return known == place.end() ? place.size() : known->second;
    });
    m_view.sortColumn = -1;
  }
  m_rows = std::move(rows);
  m_best.clear();  // of the rows before
  show(arrange());
  m_view.sortColumn = view.sortColumn;
}

void ResultsModel::setView(const View& view) {
  m_view = view;
  show(arrange());
}

void ResultsModel::sort(int column, Qt::SortOrder order) {
  m_view.sortColumn = column;
  m_view.order = order;
  show(arrange());
}

/// Same rows in the same places: their cells are drawn anew and nothing moves.
void ResultsModel::show(std::vector<Group> groups) {
  const bool isSame = groups == m_groups && rowCount() > 0;
  if (!isSame) beginResetModel();
  m_groups = std::move(groups);
  judge();
  if (!isSame) {
    endResetModel();
    return;
  }
  Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1));
  for (int group = 0; isGrouped() && group < rowCount(); ++group) {
    const QModelIndex top = index(group, 0);
    Q_EMIT dataChanged(index(0, 0, top), index(rowCount(top) - 1, kColumnCount - 1, top));
  }
}

bool ResultsModel::passes(const TableRow& row) const {
  if (!m_view.runs.isEmpty() && !isPublished(row) && !m_view.runs.contains(text(row.run))) return false;
  QString all;
  for (int column = 0; column < kColumnCount; ++column) all += textOf(row, column) + " ";
  const QStringList words = m_view.filter.split(' ', Qt::SkipEmptyParts);
  return std::ranges::all_of(words, [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

QString ResultsModel::groupOf(const TableRow& row) const {
  switch (m_view.grouping) {
    case Grouping::None:
      return {};
    case Grouping::Experiment:
      return textOf(row, kExperiment);
    case Grouping::Focus:
      return textOf(row, kFocus);
    case Grouping::Architecture:
      return textOf(row, kArchitecture);
    case Grouping::Side:
      return row.hemisphere == "lh" ? tr("Left hemisphere") : tr("Right hemisphere");
  }
  return {};
}

bool ResultsModel::isLess(const TableRow& a, const TableRow& b) const {
  if (!isNumeric(m_view.sortColumn))
    return QString::localeAwareCompare(textOf(a, m_view.sortColumn), textOf(b, m_view.sortColumn)) < 0;
  // What is absent stands last either way.
  const auto left = numberOf(a, m_view.sortColumn), right = numberOf(b, m_view.sortColumn);
  if (!left || !right) return m_view.order == Qt::AscendingOrder ? left && !right : !left && right;
  return *left < *right;
}

std::vector<ResultsModel::Group> ResultsModel::arrange() const {
  std::vector<Group> groups;
  if (!isGrouped()) groups.emplace_back();
  for (size_t i = 0; i < m_rows.size(); ++i) {
    if (!passes(m_rows[i])) continue;
    const QString name = groupOf(m_rows[i]);
    auto group = std::ranges::find(groups, name, &Group::name);
    if (group == groups.end()) group = groups.insert(group, {name, {}});
    group->rows.push_back(i);
  }
  if (m_view.sortColumn >= 0)
    for (Group& group : groups)
      std::ranges::stable_sort(group.rows, [&](size_t a, size_t b) {
        return m_view.order == Qt::AscendingOrder ? isLess(m_rows[a], m_rows[b]) : isLess(m_rows[b], m_rows[a]);
      });
  return groups;
}

std::vector<TableRow> ResultsModel::shownRows() const {
  std::vector<TableRow> rows;
  for (const Group& group : m_groups)
    for (const size_t i : group.rows)
      if (i < m_rows.size()) rows.push_back(m_rows[i]);
  return rows;
}

std::set<int> ResultsModel::differingColumns() const {
  std::set<int> differing;
  const std::vector<TableRow> rows = shownRows();
  for (int column = 0; column < kColumnCount; ++column)
    for (const TableRow& row : rows)
      if (textOf(row, column) != textOf(rows.front(), column)) differing.insert(column);
  return differing;
}

QModelIndex ResultsModel::index(int row, int column, const QModelIndex& parent) const {
  if (!hasIndex(row, column, parent)) return {};
  return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : quintptr{0});
}

QModelIndex ResultsModel::parent(const QModelIndex& child) const {
  if (!child.isValid() || child.internalId() == 0) return {};
  return createIndex(static_cast<int>(child.internalId()) - 1, 0, quintptr{0});
}

int ResultsModel::rowCount(const QModelIndex& parent) const {
  if (!isGrouped()) return parent.isValid() || m_groups.empty() ? 0 : static_cast<int>(m_groups.front().rows.size());
  if (!parent.isValid()) return static_cast<int>(m_groups.size());
  if (parent.internalId() != 0 || parent.column() != 0) return 0;
  return static_cast<int>(m_groups[static_cast<size_t>(parent.row())].rows.size());
}

int ResultsModel::columnCount(const QModelIndex&) const {
  return kColumnCount;
}

const TableRow* ResultsModel::rowAt(const QModelIndex& index) const {
  if (!index.isValid() || (isGrouped() && index.internalId() == 0)) return nullptr;
  const Group& group = m_groups[isGrouped() ? index.internalId() - 1 : 0];
  return &m_rows[group.rows[static_cast<size_t>(index.row())]];
}

std::optional<double> ResultsModel::numberOf(const TableRow& row, int column) const {
  switch (column) {
    case kTrainLoss:
      return row.tLoss;
    case kValidationLoss:
      return row.vLoss;
    case kCorrelation:
      return m_view.isMedian ? row.corrMedian : row.corrMean;
    case kVertices:
      return row.vertices > 0 ? std::optional(static_cast<double>(row.vertices)) : std::nullopt;
    default:
      return std::nullopt;
  }
}

/// With isDifferOnly, without the settings that all rows shown have.
QString ResultsModel::configOf(const TableRow& row) const {
  if (!m_view.isDifferOnly) return text(row.config);
  QStringList kept;
  for (const QString& setting : settingsOf(row))
    if (!m_common.contains(setting)) kept << setting;
  return kept.join(", ");
}

QString ResultsModel::textOf(const TableRow& row, int column) const {
  const auto number = numberOf(row, column);
  switch (column) {
    case kExperiment:
      return text(row.experiment.empty() ? row.run : row.experiment) + (isPublished(row) ? tr(" (paper)") : QString());
    case kSubject:
      return text(row.subject);
    case kSide:
      return row.hemisphere == "lh" ? tr("LH") : tr("RH");
    case kFocus:
      return text(focusText(row.focus));
    case kConfig:
      return configOf(row);
    case kArchitecture:
      return text(architectureText(row.architecture));
    case kTrainLoss:
    case kValidationLoss:
      return number ? text(fixed(*number, 4)) : tr("absent");
    case kCorrelation:
      return number ? text(fixed(*number, isPublished(row) ? 4 : 3)) : tr("absent");
    case kVertices:
      return number ? text(thousands(row.vertices)) : tr("absent");
    default:
      return {};
  }
}

/// Finds what is best of each subject and hemisphere, and what all rows share.
void ResultsModel::judge() {
  m_best.clear();
  m_common.clear();
  std::map<std::tuple<std::string, std::string, int>, std::vector<const TableRow*>> rivals;
  bool isFirst = true;
  for (const Group& group : m_groups)
    for (const size_t i : group.rows) {
      const TableRow& row = m_rows[i];
      const QStringList settings = settingsOf(row);
      if (isFirst) m_common = settings;
      m_common.removeIf([&](const QString& setting) { return !settings.contains(setting); });
      isFirst = false;
      for (int column = kTrainLoss; !isPublished(row) && column <= kCorrelation; ++column)
        if (numberOf(row, column)) rivals[{row.subject, row.hemisphere, column}].push_back(&row);
    }
  for (const auto& [key, rows] : rivals) {
    if (rows.size() < 2) continue;
    const int column = std::get<2>(key);
    const auto score = [&](const TableRow* row) {
      return column == kCorrelation ? -*numberOf(*row, column) : *numberOf(*row, column);
    };
    const double best = score(*std::ranges::min_element(rows, {}, score));
    for (const TableRow* row : rows)
      if (score(row) == best) m_best.emplace(row, column);
  }
}

bool ResultsModel::isBest(const TableRow& row, int column) const {
  return m_best.contains({&row, column});
}

QVariant ResultsModel::data(const QModelIndex& index, int role) const {
  const TableRow* row = rowAt(index);
  if (!row) {
    if (!index.isValid() || index.column() != 0) return {};
    const Group& group = m_groups[static_cast<size_t>(index.row())];
    if (role == Qt::DisplayRole) return QString("%1  (%2)").arg(group.name).arg(group.rows.size());
    if (role != Qt::FontRole) return {};
    QFont bold = QApplication::font();
    bold.setBold(true);
    return bold;
  }
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      return isBest(*row, column) ? tr("★ %1").arg(textOf(*row, column)) : textOf(*row, column);
    case Qt::ToolTipRole:
      if (isBest(*row, column)) return tr("The best of this subject and hemisphere among the rows shown");
      if (isPublished(*row)) return tr("Chimisso et al. 2023, on the NSD responses of subject 01");
      return column == kConfig ? text(row->config) : textOf(*row, column);
    case Qt::TextAlignmentRole:
      return columnAlignment(isNumeric(column));
    case Qt::FontRole: {
      QFont font = QApplication::font();
      font.setBold(isBest(*row, column));
      font.setItalic(isPublished(*row));
      return font;
    }
    case Qt::ForegroundRole:
      return isPublished(*row) ? QVariant(themeColours(QApplication::palette()).quietText) : QVariant();
    case kRunRole:
      return text(row->run);
    case kBestRole:
      return isBest(*row, column);
    default:
      return {};
  }
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  const ColumnHead heads[kColumnCount] = {
      {tr("Experiment"), tr("The run's name")},
      {tr("Subject"), {}},
      {tr("Side"), tr("Hemisphere")},
      {tr("Focus"), tr("How models share the vertices")},
      {tr("Config"), tr("Settings that differ from the defaults")},
      {tr("Architecture"), {}},
      {tr("T-loss"), tr("Least training loss over epochs; a run with several models: their mean weighted by vertices")},
      {tr("V-loss"),
       tr("Least validation loss over epochs; a run with several models: their mean weighted by vertices")},
      {tr("Corr"), tr("Pearson r over the vertices of the chosen ROI, on the validation pictures, at the best epoch")},
      {tr("Vertices"), tr("That the run's models predict in this hemisphere; in several ROIs counted several times")}};
  return columnHead(heads, section, orientation, role, isNumeric(section));
}

}  // namespace corticast
