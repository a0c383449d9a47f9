#pragma once
#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>
#include <filesystem>
#include <memory>
#include <vector>

class QThreadPool;

namespace corticast {

/// Small versions of pictures, decoded on threads of its own when they are asked for. What was asked for last is
/// decoded first, and what is no longer wanted when its turn comes is not decoded, so that scrolling past thousands
/// costs nothing. UI thread only.
class ThumbnailCache : public QObject {
  Q_OBJECT

 public:
  explicit ThumbnailCache(QObject* parent = nullptr);
  ~ThumbnailCache() override;

  void setPictures(std::vector<std::filesystem::path> paths);
  /// Longest side, in device pixels. Forgets all when it changes.
  void setSize(int pixels);
  /// The picture; null while it is being decoded (ready() follows) or when it cannot be (isBroken()).
  [[nodiscard]] QImage thumbnail(int index);
  [[nodiscard]] bool isBroken(int index) const { return m_broken.contains(index); }
  /// From here on only these are wanted; call it before thumbnail() when the view moves.
  void setWanted(const QSet<int>& wanted);
  /// Whether a picture is waiting to be decoded.
  [[nodiscard]] bool isBusy() const { return !m_pending.isEmpty(); }

 Q_SIGNALS:
  void ready(int index);

 private:
  struct Shared;
  void forget();
  void take(int index, const QImage& image, quint64 generation);

  std::shared_ptr<Shared> m_shared;
  std::unique_ptr<QThreadPool> m_pool;
  std::vector<std::filesystem::path> m_paths;
  QCache<int, QImage> m_images;
  QSet<int> m_pending;
  QSet<int> m_broken;
  int m_pixels = 128;
  quint64 m_generation = 0;  ///< of the pictures and their size; answers of an older one are dropped
};

/// The picture as decoded by the readers that backbones use, at most `pixels` on its longest side (0: as it is); null
/// when it cannot be.
[[nodiscard]] QImage loadPicture(const std::filesystem::path& path, int pixels);

}  // namespace corticast
