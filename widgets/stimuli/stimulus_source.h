#pragma once
#include <QObject>
#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "core/features/picture_space.h"
#include "widgets/state/background_job.h"
#include "widgets/state/workbench_state.h"
#include "widgets/stimuli/stimulus_order.h"

namespace corticast {

/// The columns whose mean response pictures are sorted and coloured by.
struct ResponseTarget {
  QString label;  ///< "FFA-1, LH", "vertex 73,122, LH"; empty: nothing is chosen
  Hemisphere hemisphere = Hemisphere::Left;
  std::vector<uint32_t> columns;

  [[nodiscard]] bool isEmpty() const { return columns.empty(); }
};

/// The chosen subject's pictures and everything known of them: measured and predicted responses of what is selected,
/// similarity to the chosen picture, places on a map. Files are read on pool threads; old answers are dropped.
class StimulusSource : public QObject {
  Q_OBJECT

 public:
  explicit StimulusSource(WorkbenchState& state, QObject* parent = nullptr);
  ~StimulusSource() override;

  [[nodiscard]] const std::vector<BrowsedPicture>& pictures() const { return m_pictures; }
  [[nodiscard]] const std::vector<std::filesystem::path>& paths() const { return m_paths; }
  /// -1 when no picture has this name.
  [[nodiscard]] int indexOf(const QString& file) const;
  [[nodiscard]] const PictureNumbers& numbers() const { return m_numbers; }
  [[nodiscard]] const ResponseTarget& target() const { return m_target; }
  /// Whether responses are those of the selected vertex, or of the ROI that was clicked last.
  void setVertexMeant(bool isVertex);
  /// Why there is no prediction to show, in words; empty when there is.
  [[nodiscard]] const QString& whyNoPrediction() const { return m_whyNoPrediction; }

  /// The embedding that similarity and map are about; empty folder: none.
  void setEmbedding(const std::filesystem::path& folder);
  [[nodiscard]] const std::filesystem::path& embedding() const { return m_embedding; }
  /// Null until it is laid out; progress comes by spaceProgress().
  [[nodiscard]] std::shared_ptr<const PictureSpace> space() const { return m_space; }
  /// Picture of each row of the space's map.
  [[nodiscard]] const std::vector<int>& pictureOfRow() const { return m_pictureOfRow; }

 Q_SIGNALS:
  void picturesChanged();
  void numbersChanged();
  void spaceChanged();
  /// "" when it ended; else one line.
  void spaceProgress(const QString& text);
  void spaceFailed(const QString& reason);

 private:
  void takeSubject();
  void takeTarget();
  void request();
  void takeSpace(std::shared_ptr<const PictureSpace> space);
  void showSimilarity();

  WorkbenchState& m_state;
  std::vector<BrowsedPicture> m_pictures;
  std::vector<std::filesystem::path> m_paths;
  ResponseTarget m_target;
  PictureNumbers m_numbers;
  QString m_whyNoPrediction;
  bool m_isVertexMeant = false;
  quint64 m_request = 0;
  std::filesystem::path m_embedding;
  std::unique_ptr<BackgroundJob> m_spaceJob;
  std::shared_ptr<const PictureSpace> m_space;
  std::vector<int> m_pictureOfRow;
};

}  // namespace corticast
