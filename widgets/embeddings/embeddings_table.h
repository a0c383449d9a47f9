#pragma once
#include <QTableView>

namespace corticast {

/// The table of an EmbeddingsModel that never scrolls sideways: names are elided, and where that is not enough, columns
/// of little weight are left out (the rows' tool tips have what they say).
class EmbeddingsTable : public QTableView {
  Q_OBJECT

 public:
  explicit EmbeddingsTable(QWidget* parent = nullptr);

  void setModel(QAbstractItemModel* model) override;

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void fitColumns();
};

}  // namespace corticast
