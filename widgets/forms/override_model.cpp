#include "widgets/forms/override_model.h"

#include <QApplication>
#include <QFont>
#include <QPalette>
#include <algorithm>

#include "core/base/error.h"
#include "core/training/group_settings.h"
#include "widgets/forms/param_editor.h"
#include "widgets/style/roi_colours.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

int alignmentOf(const Param& param) {
  const bool isNumber = param.type == ParamType::Integer || param.type == ParamType::Real;
  return int(Qt::AlignVCenter | (isNumber ? Qt::AlignRight : Qt::AlignLeft));
}

}  // namespace

OverrideModel::OverrideModel(std::vector<Param> params, QObject* parent)
    : QAbstractTableModel(parent), m_params(std::move(params)) {}

void OverrideModel::setRows(const std::vector<OverrideRow>& rows) {
  if (rows == m_rows) return;
  beginResetModel();
  m_rows = rows;
  endResetModel();
  Q_EMIT changed();
}

void OverrideModel::setColumns(const std::vector<std::string>& ids) {
  if (ids == m_columns) return;
  beginResetModel();
  m_columns.clear();
  for (const std::string& id : ids)
    if (std::ranges::find(m_params, id, &Param::id) != m_params.end()) m_columns.push_back(id);
  for (auto& [key, cells] : m_cells)
    std::erase_if(cells,
                  [&](const auto& entry) { return std::ranges::find(m_columns, entry.first) == m_columns.end(); });
  endResetModel();
  Q_EMIT changed();
}

void OverrideModel::setInherited(const Json& values) {
  if (values == m_inherited) return;
  m_inherited = values;
  if (!m_rows.empty() && !m_columns.empty()) Q_EMIT dataChanged(index(0, 1), index(rowCount() - 1, columnCount() - 1));
}

const Param& OverrideModel::param(int column) const {
  return *std::ranges::find(m_params, m_columns.at(static_cast<size_t>(column) - 1), &Param::id);
}

bool OverrideModel::isSplit(const std::string& roi) const {
  return std::ranges::any_of(m_rows, [&](const OverrideRow& row) { return row.roi == roi && !row.hemisphere.empty(); });
}

const OverrideModel::Cell* OverrideModel::cell(int row, int column) const {
  const OverrideRow& where = m_rows.at(static_cast<size_t>(row));
  const auto cells = m_cells.find({where.roi, where.hemisphere});
  if (column < 1 || cells == m_cells.end()) return nullptr;
  const auto found = cells->second.find(m_columns.at(static_cast<size_t>(column) - 1));
  return found == cells->second.end() ? nullptr : &found->second;
}

std::vector<Override> OverrideModel::overrides() const {
  std::vector<Override> all;
  for (const OverrideRow& row : m_rows) {
    const auto cells = m_cells.find({row.roi, row.hemisphere});
    if (cells == m_cells.end()) continue;
    Override own;
    own.roi = row.roi;
    own.hemisphere = row.hemisphere;
    own.settings = Json::object();
    for (const std::string& id : m_columns)
      if (const auto found = cells->second.find(id); found != cells->second.end() && found->second.problem.isEmpty())
        own.settings[id] = found->second.value;
    if (!own.settings.empty()) all.push_back(std::move(own));
  }
  return all;
}

void OverrideModel::setOverrides(const std::vector<Override>& overrides) {
  beginResetModel();
  m_cells.clear();
  for (const Override& each : overrides)
    for (const auto& [id, value] : each.settings.items()) {
      const auto known = std::ranges::find(m_params, id, &Param::id);
      if (each.roi.empty() || known == m_params.end()) continue;
      m_cells[{each.roi, each.hemisphere}][id] = {valueText(*known, value), value,
                                                  asSentence(whyInvalid(*known, value))};
      if (std::ranges::find(m_columns, id) == m_columns.end()) m_columns.push_back(id);
    }
  endResetModel();
  Q_EMIT changed();
}

void OverrideModel::clearRow(int row) {
  const OverrideRow& where = m_rows.at(static_cast<size_t>(row));
  m_cells.erase({where.roi, where.hemisphere});
  Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
  Q_EMIT changed();
}

QString OverrideModel::firstProblem() const {
  for (int row = 0; row < rowCount(); ++row)
    for (int column = 1; column < columnCount(); ++column)
      if (const Cell* found = cell(row, column); found && !found->problem.isEmpty())
        return tr("%1, %2: %3")
            .arg(QString::fromStdString(m_rows[static_cast<size_t>(row)].roi),
                 QString::fromStdString(param(column).label).toLower(),
                 found->problem.left(1).toLower() + found->problem.mid(1));
  return {};
}

int OverrideModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int OverrideModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_columns.size()) + 1;
}

QVariant OverrideModel::nameData(const OverrideRow& row, int role) const {
  if (role == Qt::DisplayRole)
    return QString::fromStdString(row.roi + (row.hemisphere.empty() ? "" : row.hemisphere == "lh" ? " LH" : " RH"));
  if (role == Qt::DecorationRole) return roiColour(row.roiClass, row.roi);
  if (role == Qt::ToolTipRole) return roiClassLabel(row.roiClass);
  return {};
}

QVariant OverrideModel::cellData(const Cell* cell, const Param& param, int role) const {
  const ThemeColours colours = themeColours(QApplication::palette());
  const Json inherited = m_inherited.contains(param.id) ? m_inherited.at(param.id) : param.defaultValue;
  const bool isWrong = cell && !cell->problem.isEmpty();
  switch (role) {
    case Qt::DisplayRole:
      return cell ? cell->text : valueText(param, inherited);
    case Qt::EditRole:
      return cell ? cell->text : QString();
    case Qt::ForegroundRole:
      if (isWrong) return colours.error;
      return cell ? QVariant() : QVariant(colours.quietText);
    case Qt::FontRole: {
      QFont font = QApplication::font();
      font.setBold(cell != nullptr);
      return cell ? QVariant(font) : QVariant();
    }
    case Qt::TextAlignmentRole:
      return alignmentOf(param);
    case Qt::ToolTipRole:
      if (isWrong) return cell->problem;
      return cell ? tr("Differs from the form's %1. Clear the cell to take that.").arg(valueText(param, inherited))
                  : tr("As the form has it. Type a value to change it for this ROI.");
    case kProblemRole:
      return isWrong ? cell->problem : QString();
    case kIsOwnRole:
      return cell != nullptr;
    default:
      return {};
  }
}

QVariant OverrideModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const OverrideRow& row = m_rows.at(static_cast<size_t>(index.row()));
  if (role == kRoiRole) return QString::fromStdString(row.roi);
  if (index.column() == 0) return nameData(row, role);
  return cellData(cell(index.row(), index.column()), param(index.column()), role);
}

QVariant OverrideModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation == Qt::Vertical || section >= columnCount()) return {};
  if (section == 0) {
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignLeft | Qt::AlignVCenter);
    return role == Qt::DisplayRole ? QVariant(tr("ROI")) : QVariant();
  }
  const Param& each = param(section);
  if (role == Qt::TextAlignmentRole) return alignmentOf(each);
  if (role == Qt::DisplayRole) return QString::fromStdString(each.label);
  if (role == Qt::ToolTipRole) return paramToolTip(each, each.defaultValue);
  return {};
}

Qt::ItemFlags OverrideModel::flags(const QModelIndex& index) const {
  const Qt::ItemFlags base = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
  return index.column() > 0 ? base | Qt::ItemIsEditable : base;
}

// Values can be right one by one and contradict each other: a closed form for a model that has none.
QString OverrideModel::whyRowWrong(const RowKey& key, const std::string& id, const Json& value) const {
  Json merged = Json::object();
  for (const Param& each : groupParams())
    if (m_inherited.contains(each.id)) merged[each.id] = m_inherited.at(each.id);
  if (const auto cells = m_cells.find(key); cells != m_cells.end())
    for (const auto& [other, found] : cells->second)
      if (found.problem.isEmpty()) merged[other] = found.value;
  merged[id] = value;
  try {
    (void)groupSettingsFromJson(merged, key.first);
    return {};
  } catch (const Error& wrong) {
    return asSentence(wrong.parts().why);
  }
}

bool OverrideModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole || !index.isValid() || index.column() == 0) return false;
  const OverrideRow& row = m_rows.at(static_cast<size_t>(index.row()));
  const RowKey key{row.roi, row.hemisphere};
  const Param& each = param(index.column());
  const QString text = value.toString().trimmed();
  if (text.isEmpty()) {
    m_cells[key].erase(each.id);
  } else {
    Cell made;
    made.value = readTyped(each, text, made.problem);
    if (made.problem.isEmpty()) made.problem = whyRowWrong(key, each.id, made.value);
    made.text = made.problem.isEmpty() ? valueText(each, made.value) : text;
    m_cells[key][each.id] = std::move(made);
  }
  Q_EMIT dataChanged(index, index);
  Q_EMIT changed();
  return true;
}

}  // namespace corticast
