#include "widgets/embeddings/embeddings_model.h"

#include <QDateTime>
#include <QDir>
#include <algorithm>

#include "core/base/text.h"
#include "widgets/forms/embedding_label.h"

namespace corticast {
namespace {

QString text(const std::string& words) {
  return QString::fromStdString(words);
}

QString shapeText(const EmbeddingInfo& info) {
  std::vector<std::string> parts;
  for (const size_t extent : info.shape) parts.push_back(thousands(extent));
  return text(join(parts, " x "));
}

QString picturesText(const EmbeddingInfo& info) {
  if (!info.isComplete())
    return QObject::tr("%1 of %2").arg(text(thousands(info.finishedRows())), text(thousands(info.images())));
  const QString count = text(thousands(info.images() - info.skipped.size()));
  return info.skipped.empty() ? count : QObject::tr("%1, %2 skipped").arg(count, text(thousands(info.skipped.size())));
}

QString originText(const EmbeddingInfo& info) {
  if (info.weights.empty()) return QObject::tr("computed");
  const QString file = info.weightsFile.empty()
                           ? QString()
                           : QString::fromStdString(std::filesystem::path(info.weightsFile).filename().string());
  return file.isEmpty() ? QObject::tr("weights %1…").arg(text(info.weights.substr(0, 12))) : file;
}

QString formText(const EmbeddingInfo& info) {
  const std::string label = info.form.label();
  return label.empty() ? QObject::tr("float32") : text(label);
}

QString toolTip(const EmbeddingInfo& info) {
  QStringList lines = {embeddingName(info), QDir::toNativeSeparators(text(info.path.string())),
                       QObject::tr("Pictures: %1 of %2").arg(picturesText(info), text(info.subject)),
                       QObject::tr("Features: %1, stored as %2").arg(shapeText(info), formText(info))};
  if (!info.parameters.empty()) lines << QObject::tr("Parameters: %1").arg(text(info.parameters.dump()));
  if (!info.weightsFile.empty()) lines << QObject::tr("Weights: %1").arg(text(info.weightsFile));
  if (!info.weights.empty()) lines << QObject::tr("SHA-256 of the weights: %1").arg(text(info.weights));
  if (!info.device.empty()) lines << QObject::tr("Computed on %1").arg(text(info.device));
  if (info.form.pca > 0)
    lines << QObject::tr("Components fitted on the training side of the split %1")
                 .arg(text(SplitConfig::fields().toJson(info.pcaSplit).dump()));
  if (!info.skipped.empty()) lines << QObject::tr("Skipped: %1").arg(text(join(info.skipped, ", ")));
  if (!info.isComplete()) lines << QObject::tr("Unfinished: embed it again with the same settings to go on");
  return lines.join('\n');
}

}  // namespace

QString embeddingName(const EmbeddingInfo& info) {
  return text(embeddingLabel(info.backbone, info.layer));
}

void EmbeddingsModel::setEntries(const std::vector<EmbeddingEntry>& entries) {
  const auto isIn = [](const std::vector<EmbeddingEntry>& all, const std::filesystem::path& path) {
    return std::ranges::any_of(all, [&](const EmbeddingEntry& each) { return each.info.path == path; });
  };
  for (int row = rowCount() - 1; row >= 0; --row) {
    if (isIn(entries, m_entries[static_cast<size_t>(row)].info.path)) continue;
    beginRemoveRows({}, row, row);
    m_entries.erase(m_entries.begin() + row);
    endRemoveRows();
  }
  for (const EmbeddingEntry& each : entries) {
    const auto found =
        std::ranges::find_if(m_entries, [&](const EmbeddingEntry& known) { return known.info.path == each.info.path; });
    if (found == m_entries.end()) {
      beginInsertRows({}, 0, 0);
      m_entries.insert(m_entries.begin(), each);
      endInsertRows();
      continue;
    }
    const bool isSame = found->bytesOnDisk == each.bytesOnDisk && found->changed == each.changed;
    *found = each;
    const int row = static_cast<int>(found - m_entries.begin());
    if (!isSame) Q_EMIT dataChanged(index(row, 0), index(row, kColumnCount - 1));
  }
}

const EmbeddingEntry* EmbeddingsModel::entry(const QString& path) const {
  const auto found = std::ranges::find_if(
      m_entries, [&](const EmbeddingEntry& each) { return text(each.info.path.string()) == path; });
  return found == m_entries.end() ? nullptr : &*found;
}

int EmbeddingsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int EmbeddingsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumnCount;
}

QVariant EmbeddingsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case kName:
      return tr("Embedding");
    case kSubject:
      return tr("Subject");
    case kPictures:
      return tr("Pictures");
    case kShape:
      return tr("Features");
    case kForm:
      return tr("Stored as");
    case kSize:
      return tr("On disk");
    case kMade:
      return tr("Made");
    default:
      return tr("Origin");
  }
}

QVariant EmbeddingsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const EmbeddingEntry& entry = m_entries[static_cast<size_t>(index.row())];
  const EmbeddingInfo& info = entry.info;
  if (role == kPathRole) return text(info.path.string());
  if (role == Qt::ToolTipRole) return toolTip(info);
  if (role == Qt::TextAlignmentRole) {
    const bool isNumber = index.column() == kSize || index.column() == kPictures;
    return QVariant(Qt::Alignment(isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  }
  if (role == kSortRole) {
    if (index.column() == kSize) return QVariant::fromValue<qulonglong>(entry.bytesOnDisk);
    if (index.column() == kPictures) return QVariant::fromValue<qulonglong>(info.finishedRows());
    if (index.column() == kShape) return QVariant::fromValue<qulonglong>(info.shape.empty() ? 0 : info.featureCount());
    if (index.column() == kMade) return entry.changed;
  }
  if (role != Qt::DisplayRole && role != kSortRole) return {};
  switch (index.column()) {
    case kName:
      return embeddingName(info);
    case kSubject:
      return text(info.subject);
    case kPictures:
      return picturesText(info);
    case kShape:
      return shapeText(info);
    case kForm:
      return formText(info);
    case kSize:
      return text(byteSize(entry.bytesOnDisk));
    case kMade:
      return QDateTime::fromSecsSinceEpoch(static_cast<qint64>(entry.changed)).toString("yyyy-MM-dd HH:mm");
    default:
      return originText(info);
  }
}

}  // namespace corticast
