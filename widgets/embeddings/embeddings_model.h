#pragma once
#include <QAbstractTableModel>
#include <memory>

#include "widgets/embeddings/embedding_watcher.h"

namespace corticast {

/// What the workspace has, newest first. Rows come and go one by one, so that a selection stays.
class EmbeddingsModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { kName, kSubject, kPictures, kShape, kForm, kSize, kMade, kOrigin, kColumnCount };
  static constexpr int kPathRole = Qt::UserRole;      ///< QString
  static constexpr int kSortRole = Qt::UserRole + 1;  ///< a number or a text

  using QAbstractTableModel::QAbstractTableModel;

  void setEntries(const std::vector<EmbeddingEntry>& entries);
  [[nodiscard]] const EmbeddingEntry* entry(const QString& path) const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::vector<EmbeddingEntry> m_entries;
};

/// "Gabor pyramid, contrast energy"
[[nodiscard]] QString embeddingName(const EmbeddingInfo& info);

}  // namespace corticast
