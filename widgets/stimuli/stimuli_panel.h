#pragma once
#include <QWidget>
#include <filesystem>
#include <vector>

class QComboBox;
class QLineEdit;
class QSlider;
class QStackedWidget;
class QToolButton;

namespace corticast {

class PictureMap;
class PictureMessage;
class PicturePreview;
class PictureResponder;
class StimulusSource;
class ThumbnailCache;
class ThumbnailGrid;
class WorkbenchState;

/// The pictures of the chosen subject: as a grid or as a map of an embedding, found by name or NSD id, sorted by
/// responses or by similarity; the chosen one large, and its response on the cortex. objectNames: "pictureSearch",
/// "pictureSort", "sortReversed", "responseOf", "pictureEmbedding", "showGrid", "showMap", "pictureSize",
/// "onCortex", "pictureGrid", "pictureMap"; those of PictureMessage.
class StimuliPanel : public QWidget {
  Q_OBJECT

 public:
  explicit StimuliPanel(WorkbenchState& state, QWidget* parent = nullptr);
  ~StimuliPanel() override;

  /// Embeds a picture file and shows what the current run predicts for it.
  void predictFile(const QString& file);
  /// Looks anew at the workspace's embeddings.
  void refreshEmbeddings();

 Q_SIGNALS:
  void failed(const QString& what, const QString& reason);

 private:
  QWidget* buildToolRow();
  void connectParts();
  void connectResponder();
  void showOrder();
  void showNumbers();
  void showMapPoints();
  void showChosen();
  void takeEmbeddings(const std::vector<std::pair<QString, std::filesystem::path>>& found);
  [[nodiscard]] QString caption(int picture) const;
  [[nodiscard]] QString describe(int picture) const;

  WorkbenchState& m_state;
  StimulusSource* m_source;
  PictureResponder* m_responder;
  ThumbnailCache* m_cache;
  ThumbnailCache* m_hoverCache;
  QLineEdit* m_search = nullptr;
  QComboBox* m_sort = nullptr;
  QToolButton* m_reversed = nullptr;
  QComboBox* m_responseOf = nullptr;
  QComboBox* m_embedding = nullptr;
  QToolButton* m_showGrid = nullptr;
  QToolButton* m_showMap = nullptr;
  QSlider* m_size = nullptr;
  QComboBox* m_onCortex = nullptr;
  QStackedWidget* m_views;
  ThumbnailGrid* m_grid;
  PictureMap* m_map;
  PicturePreview* m_preview;
  PictureMessage* m_message;
  quint64 m_embeddingRequest = 0;
};

}  // namespace corticast
