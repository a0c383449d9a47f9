#pragma once
#include <QStyledItemDelegate>

namespace corticast {

/// Draws RunsModel's progress cells as a thin bar with its percentage beside it.
class ProgressDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  explicit ProgressDelegate(QObject* parent = nullptr);

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace corticast
