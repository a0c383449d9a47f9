#include "widgets/embeddings/embed_job_row.h"

#include <QBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>
#include <cmath>

#include "core/base/text.h"
#include "core/features/backbones.h"
#include "core/features/embedding_source.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kSteps = 1000;

QString text(const std::string& words) {
  return QString::fromStdString(words);
}

QString titleOf(const EmbedOptions& options) {
  const BackboneInfo* found = findBackbone(options.backbone);
  QString title = found                              ? text(found->label)
                  : options.backbone == kPrecomputed ? QObject::tr("Own array")
                                                     : text(options.backbone);
  if (!options.layer.empty()) title += ", " + text(options.layer);
  const QString form = text(options.form.label());
  if (!form.isEmpty()) title += " · " + form;
  return options.subjects.empty() ? title : title + " · " + text(join(options.subjects, ", "));
}

QString stateOf(const EmbedJob& job) {
  switch (job.status) {
    case EmbedStatus::Paused:
      return QObject::tr("Paused. Finished pictures are kept.");
    case EmbedStatus::Done:
      return QObject::tr("Done");
    case EmbedStatus::Failed:
    case EmbedStatus::Interrupted:
      return text(job.reason);
    default:
      return progressOf(job);
  }
}

}  // namespace

QString progressOf(const EmbedJob& job) {
  QString words = text(job.text);
  if (!words.isEmpty()) words[0] = words[0].toUpper();
  return job.secondsLeft ? QObject::tr("%1, %2 left").arg(words, text(duration(*job.secondsLeft))) : words;
}

EmbedJobRow::EmbedJobRow(const EmbedJob& job, QWidget* parent)
    : QWidget(parent),
      m_id(text(job.id())),
      m_title(new QLabel(this)),
      m_state(new QLabel(this)),
      m_progress(new QProgressBar(this)),
      m_pause(button("jobPause-", "media-playback-pause", tr("Pause; finished pictures are kept"))),
      m_resume(button("jobResume-", "media-playback-start", tr("Go on after the last finished file"))),
      m_remove(button("jobRemove-", "window-close", tr("Stop and take it off this list; finished pictures are kept"))) {
  setObjectName("job-" + m_id);
  m_state->setObjectName("jobState-" + m_id);
  m_state->setWordWrap(true);
  m_state->setTextInteractionFlags(Qt::TextSelectableByMouse);
  QFont bold = font();
  bold.setBold(true);
  m_title->setFont(bold);
  m_progress->setRange(0, kSteps);
  m_progress->setTextVisible(false);
  m_progress->setMaximumHeight(8);
  auto* top = new QHBoxLayout;
  top->addWidget(m_title, 1);
  top->addWidget(m_pause);
  top->addWidget(m_resume);
  top->addWidget(m_remove);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 4, 0, 4);
  layout->setSpacing(2);
  layout->addLayout(top);
  layout->addWidget(m_progress);
  layout->addWidget(m_state);
  connect(m_pause, &QToolButton::clicked, this, [this] {
    m_isPausing = true;
    m_pause->setEnabled(false);
    m_state->setText(tr("Pausing…"));
    Q_EMIT pauseRequested(m_id);
  });
  connect(m_resume, &QToolButton::clicked, this, [this] { Q_EMIT resumeRequested(m_id); });
  connect(m_remove, &QToolButton::clicked, this, [this] { Q_EMIT removeRequested(m_id); });
  showJob(job);
}

QToolButton* EmbedJobRow::button(const QString& name, const QString& icon, const QString& toolTip) {
  auto* made = new QToolButton(this);
  made->setObjectName(name + m_id);
  made->setIcon(themeIcon(icon));
  made->setToolTip(toolTip);
  made->setAutoRaise(true);
  return made;
}

void EmbedJobRow::showJob(const EmbedJob& job) {
  const bool isRunning = job.status == EmbedStatus::Running;
  if (!isRunning) m_isPausing = false;
  m_title->setText(titleOf(job.options));
  if (!m_isPausing) m_state->setText(stateOf(job));
  const bool isWrong = job.status == EmbedStatus::Failed || job.status == EmbedStatus::Interrupted;
  QPalette colours = palette();
  const ThemeColours theme = themeColours(colours);
  colours.setColor(QPalette::WindowText, isWrong ? theme.error : theme.quietText);
  m_state->setPalette(colours);
  m_progress->setVisible(job.status != EmbedStatus::Done);
  m_progress->setValue(static_cast<int>(std::lround(job.fraction * kSteps)));
  m_pause->setVisible(isRunning);
  m_pause->setEnabled(!m_isPausing);
  m_resume->setVisible(!isRunning && job.status != EmbedStatus::Done);
}

}  // namespace corticast
