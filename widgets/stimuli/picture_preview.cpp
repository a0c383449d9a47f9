#include "widgets/stimuli/picture_preview.h"

#include <QBoxLayout>
#include <QCoreApplication>
#include <QLabel>
#include <QPixmap>
#include <QPointer>
#include <QThreadPool>
#include <cmath>

#include "widgets/stimuli/thumbnail_cache.h"

namespace corticast {
namespace {

constexpr int kSide = 168;

}  // namespace

PicturePreview::PicturePreview(QWidget* parent)
    : QWidget(parent), m_picture(new QLabel(this)), m_text(new QLabel(this)) {
  m_picture->setObjectName("previewPicture");
  m_picture->setAlignment(Qt::AlignCenter);
  m_text->setObjectName("previewText");
  m_text->setWordWrap(true);
  m_text->setAlignment(Qt::AlignTop);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 6, 8, 6);
  layout->addWidget(m_picture);
  layout->addWidget(m_text, 1);
  setFixedWidth(kSide + 16);
}

void PicturePreview::setText(const QString& text) {
  m_text->setText(text);
}

void PicturePreview::showPicture(const std::filesystem::path& path, const QString& text) {
  setText(text);
  m_picture->setVisible(!path.empty());
  if (path == m_path) return;
  m_path = path;
  const quint64 asked = ++m_request;
  if (path.empty()) return;
  const QPointer<PicturePreview> self(this);
  const int pixels = static_cast<int>(std::lround(kSide * devicePixelRatioF()));
  QThreadPool::globalInstance()->start([self, path, pixels, asked] {
    const QImage image = loadPicture(path, pixels);
    QMetaObject::invokeMethod(qApp, [self, image, asked] {
      if (self) self->take(image, asked);
    });
  });
}

void PicturePreview::take(const QImage& image, quint64 asked) {
  if (asked != m_request) return;
  QPixmap pixmap = QPixmap::fromImage(image);
  pixmap.setDevicePixelRatio(devicePixelRatioF());
  m_picture->setPixmap(pixmap);
}

}  // namespace corticast
