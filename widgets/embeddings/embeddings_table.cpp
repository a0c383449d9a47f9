#include "widgets/embeddings/embeddings_table.h"

#include <QHeaderView>
#include <algorithm>

#include "widgets/embeddings/embeddings_model.h"

namespace corticast {
namespace {

constexpr int kNameWidth = 140;  // at least
constexpr int kMostWidth = 180;  // of any other

// Those that stay longest first.
constexpr EmbeddingsModel::Column kByWeight[] = {
    EmbeddingsModel::kSize,  EmbeddingsModel::kMade, EmbeddingsModel::kSubject, EmbeddingsModel::kPictures,
    EmbeddingsModel::kShape, EmbeddingsModel::kForm, EmbeddingsModel::kOrigin};

}  // namespace

EmbeddingsTable::EmbeddingsTable(QWidget* parent) : QTableView(parent) {
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setShowGrid(false);
  setAlternatingRowColors(true);
  setWordWrap(false);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setMinimumSectionSize(24);
}

void EmbeddingsTable::setModel(QAbstractItemModel* model) {
  QTableView::setModel(model);
  horizontalHeader()->setSectionResizeMode(EmbeddingsModel::kName, QHeaderView::Stretch);
  connect(model, &QAbstractItemModel::rowsInserted, this, &EmbeddingsTable::fitColumns);
  connect(model, &QAbstractItemModel::rowsRemoved, this, &EmbeddingsTable::fitColumns);
  connect(model, &QAbstractItemModel::dataChanged, this, &EmbeddingsTable::fitColumns);
  fitColumns();
}

void EmbeddingsTable::fitColumns() {
  int left = viewport()->width() - kNameWidth;
  for (const EmbeddingsModel::Column column : kByWeight) {
    // A hidden column has no width to ask for.
    setColumnHidden(column, false);
    const int wanted = std::max(sizeHintForColumn(column), horizontalHeader()->sectionSizeHint(column));
    const int width = std::min(wanted, kMostWidth);
    setColumnWidth(column, width);
    setColumnHidden(column, width > left);
    // What weighs less does not stay where this went.
    left = width > left ? 0 : left - width;
  }
}

void EmbeddingsTable::resizeEvent(QResizeEvent* event) {
  QTableView::resizeEvent(event);
  fitColumns();
}

}  // namespace corticast
