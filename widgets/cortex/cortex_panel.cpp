#include "widgets/cortex/cortex_panel.h"

#include <QBoxLayout>
#include <QEvent>
#include <QLabel>
#include <algorithm>

#include "core/base/text.h"
#include "widgets/cortex/brain_view.h"
#include "widgets/cortex/colour_bar.h"
#include "widgets/cortex/cortex_paint.h"
#include "widgets/cortex/cortex_tool_row.h"
#include "widgets/cortex/epoch_slider.h"
#include "widgets/cortex/map_source.h"
#include "widgets/cortex/picture_badge.h"
#include "widgets/cortex/range_dialog.h"
#include "widgets/cortex/surface_loading.h"
#include "widgets/cortex/vertex_words.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr Rgb kMarkerColour{255, 255, 255};

}  // namespace

CortexPanel::CortexPanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_source(new MapSource(state, this)),
      m_tools(new CortexToolRow(this)),
      m_view(new BrainView(this)),
      m_bar(new ColourBar(this)),
      m_epochs(new EpochSlider(state, this)),
      m_readout(new QLabel(this)),
      m_message(new QLabel(m_view)) {
  setObjectName("cortexPanel");
  m_readout->setObjectName("vertexReadout");
  m_readout->setContentsMargins(10, 2, 10, 4);
  m_readout->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_message->setObjectName("cortexMessage");
  m_message->setWordWrap(true);
  m_message->setAttribute(Qt::WA_TransparentForMouseEvents);
  m_message->hide();

  // The first map must not move the cortex, nor make it draw the whole picture anew.
  QSizePolicy keepsPlace = m_bar->sizePolicy();
  keepsPlace.setRetainSizeWhenHidden(true);
  m_bar->setSizePolicy(keepsPlace);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(m_view, 1);
  middle->addWidget(m_bar);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(m_tools);
  layout->addLayout(middle, 1);
  layout->addWidget(new PictureBadge(state, this));
  layout->addWidget(m_epochs);
  layout->addWidget(m_readout);

  connect(&state, &WorkbenchState::studyChanged, this, &CortexPanel::loadTemplate);
  connect(&state, &WorkbenchState::hemispheresChanged, this, &CortexPanel::showViews);
  connect(&state, &WorkbenchState::selectedRoisChanged, this, &CortexPanel::showOutlines);
  connect(&state, &WorkbenchState::currentRoiChanged, this, &CortexPanel::showOutlines);
  connect(&state, &WorkbenchState::mapChanged, this, [this] {
    m_tools->showMap(m_state.map());
    m_epochs->setVisible(m_state.map() != MapKind::Picture);
    showOutlines();
  });
  connect(&state, &WorkbenchState::vertexChanged, this, [this] {
    m_view->scene().setMarker(m_state.vertex(), kMarkerColour);
    showReadout(m_state.vertex());
    m_view->requestRender();
  });
  connectTools();
  connect(m_source, &MapSource::mapReady, this, &CortexPanel::showMap);
  connect(m_source, &MapSource::failed, this, &CortexPanel::showMessage);
  connect(m_view, &BrainView::hovered, this,
          [this](const auto& vertex) { showReadout(vertex ? vertex : m_state.vertex()); });
  connect(m_view, &BrainView::clicked, this, &CortexPanel::onClicked);
  connect(m_bar, &ColourBar::rangeRequested, this, &CortexPanel::askForRange);
  m_tools->showMap(state.map());
  changeEvent(nullptr);
  showReadout(std::nullopt);
  loadTemplate();
}

CortexPanel::~CortexPanel() = default;

void CortexPanel::connectTools() {
  connect(m_tools, &CortexToolRow::mapChosen, &m_state, &WorkbenchState::setMap);
  connect(m_tools, &CortexToolRow::surfaceChosen, this, [this](SurfaceKind surface) {
    m_settings.surface = surface;
    showSurface();
  });
  connect(m_tools, &CortexToolRow::morphChosen, this, [this](double share) {
    m_settings.morph = share;
    morph();
  });
  connect(m_tools, &CortexToolRow::viewsChosen, this,
          [this](const QString& preset) { setViews(preset.toStdString()); });
  connect(m_tools, &CortexToolRow::coloursChosen, this, [this](const QString& colourMap) {
    m_settings.colourMap = colourMap.toStdString();
    showColours();
  });
}

void CortexPanel::setSettings(const CortexViewSettings& settings) {
  const std::string views = findViewPreset(settings.views) ? settings.views : m_settings.views;
  m_settings = settings;
  m_settings.views = views;
  m_tools->showSettings(m_settings);
  showSurface();
}

void CortexPanel::setViews(const std::string& preset) {
  if (!findViewPreset(preset)) return;
  m_settings.views = preset;
  m_tools->showSettings(m_settings);
  showViews();
}

std::vector<Hemisphere> CortexPanel::shownHemispheres() const {
  return {m_state.hemispheres().begin(), m_state.hemispheres().end()};
}

void CortexPanel::showViews() {
  if (m_surfaces) m_view->setViews(*findViewPreset(m_settings.views), shownHemispheres());
}

void CortexPanel::loadTemplate() {
  showMessage(tr("Loading the cortex…"));
  const auto take = [this, request = ++m_loadRequest](const auto& surfaces, const QString& failure) {
    if (request != m_loadRequest) return;
    showMessage(surfaces ? QString::fromStdString(surfaces->remark) : failure);
    if (!surfaces) return;
    m_surfaces = surfaces;
    showSurface();
    Q_EMIT surfacesLoaded();
  };
  loadSurfacesInBackground(*this, m_state.study(), take);
}

void CortexPanel::showSurface() {
  if (!m_surfaces) return;
  const bool isFlat = m_settings.surface == SurfaceKind::Flat;
  m_tools->showSettings(m_settings);
  for (const Hemisphere h : kHemispheres) {
    CortexGeometry geometry = m_surfaces->geometry(h, m_settings.surface);
    if (!isFlat && m_settings.morph < 1)
      geometry.positions =
          morphed(m_surfaces->of(h).positions.at(SurfaceKind::White), geometry.positions, m_settings.morph);
    m_view->scene().setGeometry(h, geometry);
  }
  m_view->scene().setFlat(isFlat);
  showViews();
  showMap();
  showOutlines();
}

void CortexPanel::morph() {
  if (!m_surfaces || m_settings.surface == SurfaceKind::Flat) return;
  for (const Hemisphere h : kHemispheres) {
    const auto& side = m_surfaces->of(h);
    m_view->scene().setPositions(
        h, morphed(side.positions.at(SurfaceKind::White), side.positions.at(m_settings.surface), m_settings.morph));
  }
  m_view->scene().fit();
  m_view->requestRender();
}

void CortexPanel::showMap() {
  if (!m_surfaces) return;
  const Subject* subject = m_state.subjectData();
  const auto map = m_source->map();
  for (const Hemisphere h : kHemispheres) {
    const HemisphereData* hemisphere = subject ? subject->hemisphere(h) : nullptr;
    std::vector<float> values;
    if (hemisphere && map->subject == m_state.subject() && !map->of(h).empty())
      values = onVertices(*hemisphere, map->of(h), m_surfaces->vertexCount());
    m_view->scene().setMap(h, values);
  }
  fitRange();
  showColours();
  showReadout(m_state.vertex());
}

// Over a run's epochs the range grows and never shrinks: an early epoch that is rewound to looks as weak as it was.
void CortexPanel::fitRange() {
  const auto map = m_source->map();
  std::vector<float> both = map->columns[0];
  both.insert(both.end(), map->columns[1].begin(), map->columns[1].end());
  const ValueRange now = robustRange(both, map->isSigned);
  const QString of = map->run.isEmpty() ? QString() : map->run + '/' + map->subject;
  const bool isSameRun = !of.isEmpty() && of == m_fittedTo;
  m_fitted = isSameRun ? ValueRange{std::min(now.low, m_fitted.low), std::max(now.high, m_fitted.high)} : now;
  m_fittedTo = of;
}

MapColours CortexPanel::colours() const {
  const auto map = m_source->map();
  MapColours colours;
  colours.colourMap = !m_settings.colourMap.empty() ? m_settings.colourMap : map->isSigned ? "vik" : "viridis";
  const ValueRange range = m_settings.range.value_or(m_fitted);
  colours.low = range.low;
  colours.high = range.high;
  colours.threshold = m_settings.threshold;
  return colours;
}

void CortexPanel::showColours() {
  const auto map = m_source->map();
  const bool hasMap = !map->columns[0].empty() || !map->columns[1].empty();
  const MapColours shown = colours();
  m_view->scene().setColours(shown);
  m_bar->setVisible(hasMap);
  m_bar->setContent({.colours = shown, .title = map->title});
  m_view->requestRender();
}

void CortexPanel::showOutlines() {
  if (!m_surfaces) return;
  const Subject* subject = m_state.subjectData();
  const size_t count = m_surfaces->vertexCount();
  for (const Hemisphere h : kHemispheres) {
    const HemisphereData* hemisphere = subject ? subject->hemisphere(h) : nullptr;
    const bool isFlat = m_settings.surface == SurfaceKind::Flat;
    const auto& triangles = isFlat ? m_surfaces->of(h).flatTriangles : m_surfaces->of(h).triangles;
    std::vector<Outline> outlines;
    std::vector<Paint> paint;
    if (hemisphere && m_state.map() != MapKind::None)
      outlines = outlineRois(*hemisphere, m_state.selectedRois(), m_state.currentRoi(), triangles, count);
    if (hemisphere && m_state.map() == MapKind::Labels) paint = paintRois(*hemisphere, m_state.selectedRois(), count);
    for (Outline& outline : outlines) outline.width *= devicePixelRatioF();
    m_view->scene().setOutlines(h, std::move(outlines));
    m_view->scene().setPaint(h, paint);
  }
  m_view->requestRender();
}

void CortexPanel::showReadout(const std::optional<VertexPick>& vertex) {
  const bool isSaid = m_source->map()->kind == MapKind::Picture;  // beside the picture
  const QString about = isSaid ? QString() : m_source->map()->description;
  const QString where = vertex            ? vertexWords(m_state.subjectData(), *vertex, *m_source->map())
                        : m_state.study() ? tr("Point at the cortex")
                                          : QString();
  m_readout->setText(about.isEmpty() ? where : where + tr("   —   %1").arg(about));
}

void CortexPanel::onClicked(const std::optional<VertexPick>& vertex) {
  m_state.setVertex(vertex);
  const Subject* subject = m_state.subjectData();
  if (!vertex || !subject) return;
  if (const auto roi = roiAt(*subject, *vertex)) m_state.setCurrentRoi(roi);
}

void CortexPanel::frameCurrentRoi() {
  const auto& current = m_state.currentRoi();
  const Subject* subject = m_state.subjectData();
  const HemisphereData* hemisphere = current && subject ? subject->hemisphere(current->hemisphere) : nullptr;
  const Roi* roi = hemisphere ? hemisphere->roi(current->name) : nullptr;
  if (!roi || !m_surfaces) {
    m_view->scene().fit();
    m_view->requestRender();
    return;
  }
  std::vector<uint32_t> vertices;
  for (const uint32_t column : roi->columns)
    if (hemisphere->vertices[column] < m_surfaces->vertexCount()) vertices.push_back(hemisphere->vertices[column]);
  m_view->scene().frame(current->hemisphere, vertices);
  m_view->requestRender();
}

void CortexPanel::askForRange() {
  RangeDialog dialog(colours(), m_source->map()->isSigned, m_settings.range.has_value(), this);
  if (dialog.exec() != QDialog::Accepted) return;
  m_settings.range = dialog.range();
  m_settings.threshold = dialog.threshold();
  showColours();
}

void CortexPanel::showMessage(const QString& text) {
  m_message->setText(text);
  m_message->setVisible(!text.isEmpty());
  m_message->setGeometry(10, m_view->height() - 50, std::max(200, m_view->width() - 20), 44);
}

void CortexPanel::changeEvent(QEvent* event) {
  if (event && event->type() != QEvent::PaletteChange) {
    QWidget::changeEvent(event);
    return;
  }
  const ThemeColours theme = themeColours(palette());
  m_view->scene().setSceneColours(
      {.background = toRgb(theme.cortexGround), .gyrus = toRgb(theme.gyrus), .sulcus = toRgb(theme.sulcus)});
  m_view->requestRender();
}

}  // namespace corticast
