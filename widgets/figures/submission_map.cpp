#include "widgets/figures/submission_map.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <algorithm>

#include "core/base/text.h"
#include "widgets/cortex/brain_view.h"
#include "widgets/cortex/colour_bar.h"
#include "widgets/cortex/cortex_paint.h"
#include "widgets/cortex/cortex_surfaces.h"
#include "widgets/cortex/value_range.h"
#include "widgets/style/run_styles.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr float kOpacity = 0.85F;

}  // namespace

SubmissionMap::SubmissionMap(std::shared_ptr<const Study> study, QWidget* parent)
    : QWidget(parent),
      m_study(std::move(study)),
      m_subject(new QComboBox(this)),
      m_kind(new QComboBox(this)),
      m_view(new BrainView(this)),
      m_bar(new ColourBar(this)),
      m_legend(new QLabel(this)) {
  setObjectName("submissionMap");
  m_subject->setObjectName("submissionMapSubject");
  m_kind->setObjectName("submissionMapKind");
  m_kind->addItems({tr("Who predicts"), tr("Validation r")});
  for (const Subject& subject : m_study->subjects) m_subject->addItem(QString::fromStdString(subject.id));
  m_subject->setVisible(m_subject->count() > 1);
  m_view->setMinimumSize(320, 240);
  m_legend->setWordWrap(true);
  m_legend->setTextFormat(Qt::RichText);
  auto* top = new QHBoxLayout;
  top->addWidget(m_kind);
  top->addWidget(m_subject);
  top->addStretch(1);
  auto* middle = new QHBoxLayout;
  middle->addWidget(m_view, 1);
  middle->addWidget(m_bar);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addLayout(top);
  layout->addLayout(middle, 1);
  layout->addWidget(m_legend);
  m_bar->hide();
  connect(m_subject, &QComboBox::currentIndexChanged, this, &SubmissionMap::draw);
  connect(m_kind, &QComboBox::currentIndexChanged, this, &SubmissionMap::draw);
  const auto loaded = std::make_shared<std::shared_ptr<const CortexSurfaces>>();
  connect(&m_loading, &BackgroundJob::finished, this, [this, loaded] {
    m_surfaces = *loaded;
    takeSurfaces();
  });
  connect(&m_loading, &BackgroundJob::failed, this, [this](const QString& reason) { m_legend->setText(reason); });
  m_legend->setText(tr("Reading the cortex…"));
  m_loading.start([data = m_study, loaded](ProgressReporter&) { *loaded = loadSurfaces(data.get()); });
}

SubmissionMap::~SubmissionMap() = default;

void SubmissionMap::takeSurfaces() {
  for (const Hemisphere h : kHemispheres)
    m_view->scene().setGeometry(h, m_surfaces->geometry(h, SurfaceKind::Inflated));
  const ThemeColours theme = themeColours(palette());
  m_view->scene().setSceneColours(
      {.background = toRgb(theme.cortexGround), .gyrus = toRgb(theme.gyrus), .sulcus = toRgb(theme.sulcus)});
  m_view->setViews(*findViewPreset("lateral-medial"), {Hemisphere::Left, Hemisphere::Right});
  draw();
  Q_EMIT ready();
}

void SubmissionMap::setPlan(std::shared_ptr<const SubmissionPlan> plan, const QStringList& names) {
  m_plan = std::move(plan);
  m_names = names;
  draw();
}

void SubmissionMap::setSubject(const QString& subject) {
  if (const int row = m_subject->findText(subject); row >= 0) m_subject->setCurrentIndex(row);
}

const SubmissionPart* SubmissionMap::part(Hemisphere hemisphere) const {
  if (!m_plan) return nullptr;
  const std::string subject = m_subject->currentText().toStdString();
  for (const SubmissionPart& each : m_plan->parts)
    if (each.subject == subject && each.hemisphere == hemisphere) return &each;
  return nullptr;
}

size_t SubmissionMap::runOf(int32_t source) const {
  const std::string id = m_plan->sources.at(static_cast<size_t>(source)).run.id();
  return static_cast<size_t>(std::ranges::find(m_plan->runs, id) - m_plan->runs.begin());
}

void SubmissionMap::draw() {
  if (!m_surfaces) return;
  const bool isSources = m_kind->currentIndex() == 0;
  for (const Hemisphere h : kHemispheres) {
    m_view->scene().setMap(h, {});
    m_view->scene().setPaint(h, {});
    const Subject& subject = m_study->subject(m_subject->currentText().toStdString());
    const SubmissionPart* shown = part(h);
    if (const HemisphereData* hemisphere = subject.hemisphere(h); shown && hemisphere && isSources)
      drawSources(*shown, *hemisphere);
  }
  m_bar->setVisible(!isSources && m_plan != nullptr);
  if (!isSources && m_plan) drawCorrelation();
  showLegend();
  m_view->requestRender();
}

void SubmissionMap::drawSources(const SubmissionPart& part, const HemisphereData& hemisphere) {
  std::vector<Paint> paint(m_surfaces->vertexCount());
  for (size_t column = 0; column < part.choice.size(); ++column)
    if (part.choice[column] >= 0 && hemisphere.vertices[column] < paint.size())
      paint[hemisphere.vertices[column]] = {toRgb(runStyle(runOf(part.choice[column])).colour), kOpacity};
  m_view->scene().setPaint(part.hemisphere, paint);
}

void SubmissionMap::drawCorrelation() {
  std::vector<float> both;
  for (const Hemisphere h : kHemispheres)
    if (const SubmissionPart* shown = part(h))
      both.insert(both.end(), shown->correlation.begin(), shown->correlation.end());
  const ValueRange range = robustRange(both, true);
  const MapColours colours{.colourMap = "vik", .low = range.low, .high = range.high};
  for (const Hemisphere h : kHemispheres)
    if (const SubmissionPart* shown = part(h))
      m_view->scene().setMap(h, onVertices(*m_study->subject(shown->subject).hemisphere(h), shown->correlation,
                                           m_surfaces->vertexCount()));
  m_view->scene().setColours(colours);
  m_bar->setContent({.colours = colours, .title = tr("Validation r")});
}

void SubmissionMap::showLegend() {
  if (!m_plan) return m_legend->clear();
  QStringList entries;
  for (int run = 0; m_kind->currentIndex() == 0 && run < m_names.size(); ++run)
    entries << QString("<span style=\"color:%1\">■</span> %2")
                   .arg(runStyle(static_cast<size_t>(run)).colour.name(), m_names[run].toHtmlEscaped());
  QString note;
  for (const Hemisphere h : kHemispheres)
    if (const SubmissionPart* shown = part(h); shown && shown->covered() < shown->choice.size())
      note = tr("Bare vertices are predicted by nobody.");
  if (!note.isEmpty()) entries << note;
  m_legend->setText(entries.join("&nbsp;&nbsp; "));
}

}  // namespace corticast
