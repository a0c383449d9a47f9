#include "widgets/tables/roi_tree_model.h"

#include <QApplication>
#include <QColor>
#include <QFont>
#include <QLocale>
#include <QPalette>
#include <algorithm>

#include "widgets/style/roi_colours.h"

namespace corticast {
namespace {

// An index of a class row carries 0, one of an ROI row the number of its class plus one.
constexpr quintptr kClassId = 0;

QString countText(size_t vertices) {
  return vertices == 0 ? QStringLiteral("–")  // in words in the tool tip; here they would crowd out names
                       : QLocale(QLocale::English).toString(static_cast<qulonglong>(vertices));
}

QString inWords(size_t vertices) {
  return vertices == 0 ? QObject::tr("no") : countText(vertices);
}

}  // namespace

RoiTreeModel::RoiTreeModel(WorkbenchState& state, QObject* parent) : QAbstractItemModel(parent), m_state(state) {
  connect(&state, &WorkbenchState::subjectChanged, this, &RoiTreeModel::rebuild);
  connect(&state, &WorkbenchState::studyChanged, this, &RoiTreeModel::rebuild);
  connect(&state, &WorkbenchState::selectedRoisChanged, this, &RoiTreeModel::emitChecksChanged);
  connect(&state, &WorkbenchState::hemispheresChanged, this, &RoiTreeModel::emitChecksChanged);
  rebuild();
}

void RoiTreeModel::rebuild() {
  beginResetModel();
  m_classes.clear();
  if (const Subject* subject = m_state.subjectData()) {
    for (const HemisphereData& hemisphere : subject->hemispheres) {
      for (const Roi& roi : hemisphere.rois) {
        auto roiClass = std::ranges::find(m_classes, roi.roiClass, &ClassRow::name);
        if (roiClass == m_classes.end()) roiClass = m_classes.insert(m_classes.end(), ClassRow{roi.roiClass, {}});
        auto row = std::ranges::find(roiClass->rois, roi.name, &RoiRow::name);
        if (row == roiClass->rois.end()) row = roiClass->rois.insert(roiClass->rois.end(), RoiRow{.name = roi.name});
        (hemisphere.hemisphere == Hemisphere::Left ? row->left : row->right) = roi.columns.size();
      }
    }
  }
  endResetModel();
}

void RoiTreeModel::emitChecksChanged() {
  if (m_classes.empty()) return;
  const int last = static_cast<int>(m_classes.size()) - 1;
  Q_EMIT dataChanged(index(0, kName), index(last, kRight));
  for (int row = 0; row <= last; ++row) {
    const QModelIndex parentIndex = index(row, kName);
    Q_EMIT dataChanged(index(0, kName, parentIndex), index(rowCount(parentIndex) - 1, kRight, parentIndex));
  }
}

QModelIndex RoiTreeModel::index(int row, int column, const QModelIndex& parent) const {
  if (!hasIndex(row, column, parent)) return {};
  return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row() + 1) : kClassId);
}

QModelIndex RoiTreeModel::parent(const QModelIndex& index) const {
  if (!index.isValid() || index.internalId() == kClassId) return {};
  return createIndex(static_cast<int>(index.internalId()) - 1, 0, kClassId);
}

int RoiTreeModel::rowCount(const QModelIndex& parent) const {
  if (!parent.isValid()) return static_cast<int>(m_classes.size());
  if (parent.internalId() != kClassId || parent.column() != 0) return 0;
  return static_cast<int>(m_classes[static_cast<size_t>(parent.row())].rois.size());
}

int RoiTreeModel::columnCount(const QModelIndex&) const {
  return kColumnCount;
}

const RoiTreeModel::ClassRow* RoiTreeModel::classOf(const QModelIndex& index) const {
  if (!index.isValid()) return nullptr;
  const auto row = index.internalId() == kClassId ? static_cast<size_t>(index.row()) : index.internalId() - 1;
  return &m_classes[row];
}

const RoiTreeModel::RoiRow* RoiTreeModel::roiOf(const QModelIndex& index) const {
  if (!index.isValid() || index.internalId() == kClassId) return nullptr;
  return &classOf(index)->rois[static_cast<size_t>(index.row())];
}

std::vector<RoiKey> RoiTreeModel::keysOf(const ClassRow& roiClass, const RoiRow& roi) const {
  std::vector<RoiKey> keys;
  for (const Hemisphere hemisphere : m_state.hemispheres())
    if ((hemisphere == Hemisphere::Left ? roi.left : roi.right) > 0)
      keys.push_back({hemisphere, roiClass.name, roi.name});
  return keys;
}

std::vector<RoiKey> RoiTreeModel::keysOf(const QModelIndex& index) const {
  const ClassRow& roiClass = *classOf(index);
  if (const RoiRow* roi = roiOf(index)) return keysOf(roiClass, *roi);
  std::vector<RoiKey> keys;
  for (const RoiRow& roi : roiClass.rois)
    for (RoiKey& key : keysOf(roiClass, roi)) keys.push_back(std::move(key));
  return keys;
}

Qt::CheckState RoiTreeModel::checkState(const QModelIndex& index) const {
  const auto keys = keysOf(index);
  const auto chosen =
      std::ranges::count_if(keys, [&](const RoiKey& key) { return m_state.selectedRois().contains(key); });
  if (chosen == 0) return Qt::Unchecked;
  return chosen == static_cast<std::ptrdiff_t>(keys.size()) ? Qt::Checked : Qt::PartiallyChecked;
}

QVariant RoiTreeModel::roiData(const ClassRow& roiClass, const RoiRow& roi, int column, int role) const {
  const bool isAbsent = roi.left == 0 && roi.right == 0;
  switch (role) {
    case Qt::DisplayRole:
      if (column == kName) return QString::fromStdString(roi.name);
      return countText(column == kLeft ? roi.left : roi.right);
    case Qt::DecorationRole:
      // An absent one has no colour, but its name stands where the others stand.
      return column != kName ? QVariant()
             : isAbsent      ? QVariant(QColor(Qt::transparent))
                             : QVariant(roiColour(roiClass.name, roi.name));
    case Qt::ForegroundRole:
      return isAbsent || (column == kLeft && roi.left == 0) || (column == kRight && roi.right == 0)
                 ? QVariant(QApplication::palette().color(QPalette::Disabled, QPalette::Text))
                 : QVariant();
    case Qt::ToolTipRole:
      return isAbsent ? tr("%1 has no vertex in this subject").arg(QString::fromStdString(roi.name))
                      : tr("%1: %2 vertices left, %3 right. Click selects it everywhere; the box adds it to training.")
                            .arg(QString::fromStdString(roi.name), inWords(roi.left), inWords(roi.right));
    case kRoiNameRole:
      return QString::fromStdString(roi.name);
    case kIsAbsentRole:
      return isAbsent;
    default:
      return {};
  }
}

QVariant RoiTreeModel::classData(const ClassRow& roiClass, int column, int role) const {
  if (role == Qt::DisplayRole && column == kName) return roiClassLabel(roiClass.name);
  if (role == Qt::ToolTipRole) return QString::fromStdString(roiClass.name);
  if (role == Qt::FontRole && column == kName) {
    QFont font;
    font.setWeight(QFont::DemiBold);
    return font;
  }
  return {};
}

QVariant RoiTreeModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  if (role == Qt::CheckStateRole) return index.column() == kName ? QVariant(checkState(index)) : QVariant();
  if (role == Qt::TextAlignmentRole && index.column() != kName) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  if (role == kRoiClassRole) return QString::fromStdString(classOf(index)->name);
  if (const RoiRow* roi = roiOf(index)) return roiData(*classOf(index), *roi, index.column(), role);
  return classData(*classOf(index), index.column(), role);
}

QVariant RoiTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole && section != kName) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  if (role == Qt::ToolTipRole && section != kName)
    return section == kLeft ? tr("Vertices in the left hemisphere") : tr("Vertices in the right hemisphere");
  if (role != Qt::DisplayRole) return {};
  return section == kName ? tr("ROI") : section == kLeft ? tr("LH") : tr("RH");
}

Qt::ItemFlags RoiTreeModel::flags(const QModelIndex& index) const {
  if (!index.isValid() || keysOf(index).empty()) return Qt::NoItemFlags;
  Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
  if (index.column() == kName) flags |= Qt::ItemIsUserCheckable;
  if (index.internalId() != kClassId) flags |= Qt::ItemNeverHasChildren;
  return flags;
}

bool RoiTreeModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!index.isValid() || role != Qt::CheckStateRole) return false;
  std::set<RoiKey> selected = m_state.selectedRois();
  for (const RoiKey& key : keysOf(index)) {
    if (value.toInt() == Qt::Checked)
      selected.insert(key);
    else
      selected.erase(key);
  }
  m_state.setSelectedRois(selected);
  return true;
}

}  // namespace corticast
