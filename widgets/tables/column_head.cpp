#include "widgets/tables/column_head.h"

namespace corticast {

QVariant columnAlignment(bool isNumeric) {
  return isNumeric ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
}

QVariant columnHead(std::span<const ColumnHead> heads, int section, Qt::Orientation orientation, int role,
                    bool isNumeric) {
  if (orientation != Qt::Horizontal || section < 0 || section >= static_cast<int>(heads.size())) return {};
  const ColumnHead& head = heads[static_cast<size_t>(section)];
  if (role == Qt::DisplayRole) return head.title;
  if (role == Qt::ToolTipRole) return head.toolTip;
  return role == Qt::TextAlignmentRole ? columnAlignment(isNumeric) : QVariant();
}

}  // namespace corticast
