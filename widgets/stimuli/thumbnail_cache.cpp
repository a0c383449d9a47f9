#include "widgets/stimuli/thumbnail_cache.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThread>
#include <QThreadPool>
#include <algorithm>
#include <mutex>

#include "core/base/error.h"
#include "core/formats/image.h"

namespace corticast {
namespace {

constexpr int kCacheKilobytes = 192 << 10;
constexpr int kThreads = 2;

}  // namespace

/// What the decoding threads know: what is wanted, the newest last.
struct ThumbnailCache::Shared {
  struct Request {
    int index;
    std::filesystem::path path;
    int pixels;
    quint64 generation;
  };
  std::mutex mutex;
  std::vector<Request> requests;

  [[nodiscard]] bool next(Request& request) {
    const std::scoped_lock lock(mutex);
    if (requests.empty()) return false;
    request = std::move(requests.back());
    requests.pop_back();
    return true;
  }
};

QImage loadPicture(const std::filesystem::path& path, int pixels) {
  try {
    const Image image = readUprightImage(path);
    const QImage whole(image.rgb.data(), image.width, image.height, image.width * 3, QImage::Format_RGB888);
    const bool isLarge = pixels > 0 && std::max(image.width, image.height) > pixels;
    const QImage fitting =
        isLarge ? whole.scaled(pixels, pixels, Qt::KeepAspectRatio, Qt::SmoothTransformation) : whole;
    return fitting.convertToFormat(QImage::Format_RGB32);
  } catch (const std::exception&) {
    return {};
  }
}

ThumbnailCache::ThumbnailCache(QObject* parent)
    : QObject(parent),
      m_shared(std::make_shared<Shared>()),
      m_pool(std::make_unique<QThreadPool>()),
      m_images(kCacheKilobytes) {
  m_pool->setMaxThreadCount(kThreads);
  m_pool->setThreadPriority(QThread::LowPriority);
}

ThumbnailCache::~ThumbnailCache() {
  {
    const std::scoped_lock lock(m_shared->mutex);
    m_shared->requests.clear();
  }
  m_pool->waitForDone();
}

void ThumbnailCache::forget() {
  ++m_generation;
  m_images.clear();
  m_pending.clear();
  m_broken.clear();
  const std::scoped_lock lock(m_shared->mutex);
  m_shared->requests.clear();
}

void ThumbnailCache::setPictures(std::vector<std::filesystem::path> paths) {
  m_paths = std::move(paths);
  forget();
}

void ThumbnailCache::setSize(int pixels) {
  if (pixels == m_pixels) return;
  m_pixels = pixels;
  forget();
}

void ThumbnailCache::setWanted(const QSet<int>& wanted) {
  const std::scoped_lock lock(m_shared->mutex);
  std::erase_if(m_shared->requests, [&](const Shared::Request& request) {
    if (wanted.contains(request.index)) return false;
    m_pending.remove(request.index);
    return true;
  });
}

QImage ThumbnailCache::thumbnail(int index) {
  if (const QImage* known = m_images.object(index)) return *known;
  if (index < 0 || index >= static_cast<int>(m_paths.size()) || m_pending.contains(index) || m_broken.contains(index))
    return {};
  m_pending.insert(index);
  {
    const std::scoped_lock lock(m_shared->mutex);
    m_shared->requests.push_back({index, m_paths[static_cast<size_t>(index)], m_pixels, m_generation});
  }
  const QPointer<ThumbnailCache> self(this);
  m_pool->start([self, shared = m_shared] {
    Shared::Request request;
    if (!shared->next(request)) return;
    const QImage image = loadPicture(request.path, request.pixels);
    QMetaObject::invokeMethod(qApp, [self, image, index = request.index, generation = request.generation] {
      if (self) self->take(index, image, generation);
    });
  });
  return {};
}

void ThumbnailCache::take(int index, const QImage& image, quint64 generation) {
  if (generation != m_generation) return;
  m_pending.remove(index);
  if (image.isNull())
    m_broken.insert(index);
  else
    m_images.insert(index, std::make_unique<QImage>(image).release(),
                    std::max<int>(1, static_cast<int>(image.sizeInBytes() >> 10)));
  Q_EMIT ready(index);
}

}  // namespace corticast
