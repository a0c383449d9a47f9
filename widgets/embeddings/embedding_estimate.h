#pragma once
#include <QLabel>
#include <QTimer>
#include <memory>
#include <optional>

#include "core/features/embed.h"
#include "widgets/state/background_job.h"

namespace corticast {

struct Study;

/// What an extraction would give and take, found by embedding a few pictures in the background: the features' shape,
/// disk, time. objectName "embeddingEstimate".
class EmbeddingEstimate : public QLabel {
  Q_OBJECT

 public:
  explicit EmbeddingEstimate(QWidget* parent = nullptr);
  ~EmbeddingEstimate() override;

  /// Asks anew in a moment; an older question is dropped. `freeBytes` of the disk it would go to.
  void ask(std::shared_ptr<const Study> study, const EmbedOptions& options, const std::filesystem::path& disk);
  /// Shows a sentence instead of an estimate.
  void say(const QString& words);
  /// Whether the newest question was answered without a reason against it.
  [[nodiscard]] bool isFine() const { return m_isFine; }
  /// Pictures of all subjects that the question was about; 0 before the answer.
  [[nodiscard]] uint64_t pictures() const { return m_pictures; }

 Q_SIGNALS:
  void answered();

 private:
  struct Answer;
  void start();
  void take(const Answer& answer);
  void setWords(const QString& words, bool isError);

  QTimer m_delay;
  std::unique_ptr<BackgroundJob> m_job;
  std::shared_ptr<const Study> m_study;
  EmbedOptions m_options;
  std::filesystem::path m_disk;
  bool m_isFine = false;
  uint64_t m_pictures = 0;
};

}  // namespace corticast
