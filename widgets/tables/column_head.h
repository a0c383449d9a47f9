#pragma once
#include <QString>
#include <QVariant>
#include <span>

namespace corticast {

/// What stands above a column of a table.
struct ColumnHead {
  QString title, toolTip;
};

/// Numbers lie to the right, texts to the left.
[[nodiscard]] QVariant columnAlignment(bool isNumeric);

/// headerData of a table with these columns, the asked one of numbers or not. Invalid for rows and other columns.
[[nodiscard]] QVariant columnHead(std::span<const ColumnHead> heads, int section, Qt::Orientation orientation, int role,
                                  bool isNumeric);

}  // namespace corticast
