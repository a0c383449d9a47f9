#include "widgets/embeddings/embedding_estimate.h"

#include <QStringList>

#include "core/base/text.h"
#include "core/data/study.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kDelayMilliseconds = 500;

QString words(const std::string& text) {
  return QString::fromStdString(text);
}

QString shapeText(const std::vector<size_t>& shape) {
  std::vector<std::string> parts;
  for (const size_t extent : shape) parts.push_back(thousands(extent));
  return words(join(parts, " x "));
}

}  // namespace

/// Of all subjects together.
struct EmbeddingEstimate::Answer {
  EmbedTrial trial;
  uint64_t pictures = 0;
  StoredBytes bytes;
  uint64_t freeBytes = 0;
};

EmbeddingEstimate::EmbeddingEstimate(QWidget* parent) : QLabel(parent) {
  setObjectName("embeddingEstimate");
  setWordWrap(true);
  m_delay.setSingleShot(true);
  m_delay.setInterval(kDelayMilliseconds);
  connect(&m_delay, &QTimer::timeout, this, &EmbeddingEstimate::start);
}

EmbeddingEstimate::~EmbeddingEstimate() = default;

void EmbeddingEstimate::ask(std::shared_ptr<const Study> study, const EmbedOptions& options,
                            const std::filesystem::path& disk) {
  m_study = std::move(study);
  m_options = options;
  m_disk = disk;
  m_isFine = false;
  m_job.reset();
  setWords(tr("Trying a few pictures…"), false);
  m_delay.start();
}

void EmbeddingEstimate::say(const QString& sentence) {
  m_delay.stop();
  m_job.reset();
  m_isFine = false;
  m_pictures = 0;
  setWords(sentence, false);
}

void EmbeddingEstimate::start() {
  m_job = std::make_unique<BackgroundJob>();
  const auto answer = std::make_shared<Answer>();
  connect(m_job.get(), &BackgroundJob::finished, this, [this, answer] { take(*answer); });
  connect(m_job.get(), &BackgroundJob::failed, this, [this](const QString& reason) {
    setWords(reason, true);
    Q_EMIT answered();
  });
  m_job->start([study = m_study, options = m_options, disk = m_disk, answer](ProgressReporter& progress) {
    std::vector<std::string> subjects = options.subjects;
    if (subjects.empty())
      for (const Subject& subject : study->subjects) subjects.push_back(subject.id);
    answer->trial = tryEmbedding(study->subject(subjects.front()), options, progress);
    const bool isArray = options.backbone == "precomputed";
    for (const std::string& id : subjects) {
      const Subject& subject = study->subject(id);
      const size_t images = subject.trainingImages.size() + subject.testImages.size();
      const size_t fitted = options.form.pca > 0 ? makeSplit(options.pcaSplit, subject.trainingImages).train.size() : 0;
      const StoredBytes bytes = storedBytes(answer->trial.shape, images, fitted, !isArray, options.form);
      answer->pictures += images;
      answer->bytes.kept += bytes.kept;
      answer->bytes.meanwhile = std::max(answer->bytes.meanwhile, bytes.meanwhile);
    }
    std::error_code ignored;
    answer->freeBytes = std::filesystem::space(disk, ignored).available;
  });
}

void EmbeddingEstimate::take(const Answer& answer) {
  const uint64_t needed = answer.bytes.kept + answer.bytes.meanwhile;
  m_pictures = answer.pictures;
  QStringList lines;
  lines << tr("%1 pictures, layer of %2 values each")
               .arg(words(thousands(answer.pictures)), shapeText(answer.trial.shape));
  QString disk = tr("%1 on disk").arg(words(byteSize(answer.bytes.kept)));
  if (answer.bytes.meanwhile > 0)
    disk += tr(", and %1 more until it is finished").arg(words(byteSize(answer.bytes.meanwhile)));
  lines << tr("%1; %2 are free").arg(disk, words(byteSize(answer.freeBytes)));
  const double seconds = answer.trial.secondsPerPicture * static_cast<double>(answer.pictures);
  lines << tr("about %1 on this machine").arg(words(duration(std::max(1.0, seconds))));
  m_isFine = needed <= answer.freeBytes;
  if (!m_isFine) lines << tr("There is not enough room: pool the maps, store components or float16.");
  setWords(lines.join('\n'), !m_isFine);
  Q_EMIT answered();
}

void EmbeddingEstimate::setWords(const QString& sentence, bool isError) {
  QPalette colours = parentWidget() ? parentWidget()->palette() : palette();
  const ThemeColours theme = themeColours(colours);
  colours.setColor(QPalette::WindowText, isError ? theme.error : theme.quietText);
  setPalette(colours);
  setText(sentence);
}

}  // namespace corticast
