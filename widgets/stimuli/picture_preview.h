#pragma once
#include <QWidget>
#include <filesystem>

class QLabel;

namespace corticast {

/// The chosen picture, large, with what is known of it. objectNames "previewPicture", "previewText".
class PicturePreview : public QWidget {
  Q_OBJECT

 public:
  explicit PicturePreview(QWidget* parent = nullptr);

  /// Empty path: nothing is chosen, and `text` says what to do.
  void showPicture(const std::filesystem::path& path, const QString& text);
  void setText(const QString& text);

 private:
  void take(const QImage& image, quint64 asked);

  QLabel* m_picture;
  QLabel* m_text;
  std::filesystem::path m_path;
  quint64 m_request = 0;
};

}  // namespace corticast
