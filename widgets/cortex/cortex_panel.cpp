#include "widgets/cortex/cortex_panel.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QCoreApplication>
#include <QEvent>
#include <QLabel>
#include <QLocale>
#include <QPointer>
#include <QSignalBlocker>
#include <QSlider>
#include <QThreadPool>
#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "widgets/cortex/brain_view.h"
#include "widgets/cortex/colour_bar.h"
#include "widgets/cortex/cortex_paint.h"
#include "widgets/cortex/epoch_slider.h"
#include "widgets/cortex/map_source.h"
#include "widgets/cortex/range_dialog.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kMorphSteps = 100;
constexpr Rgb kMarkerColour{255, 64, 64};

struct Surface {
  SurfaceKind kind;
  const char* label;
};
constexpr Surface kSurfaces[] = {{SurfaceKind::Inflated, "Inflated"},
                                 {SurfaceKind::Pial, "Pial"},
                                 {SurfaceKind::White, "White"},
                                 {SurfaceKind::Sphere, "Sphere"},
                                 {SurfaceKind::Flat, "Flat"}};

QLabel* rowLabel(const QString& text, QWidget* buddy, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setBuddy(buddy);
  return label;
}

}  // namespace

CortexPanel::CortexPanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_source(new MapSource(state, this)),
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

  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(m_view, 1);
  middle->addWidget(m_bar);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(buildToolRow());
  layout->addLayout(middle, 1);
  layout->addWidget(m_epochs);
  layout->addWidget(m_readout);

  connect(&state, &WorkbenchState::studyChanged, this, &CortexPanel::loadTemplate);
  connect(&state, &WorkbenchState::hemispheresChanged, this, &CortexPanel::showViews);
  connect(&state, &WorkbenchState::selectedRoisChanged, this, &CortexPanel::showOutlines);
  connect(&state, &WorkbenchState::currentRoiChanged, this, &CortexPanel::showOutlines);
  connect(&state, &WorkbenchState::mapChanged, this, [this] {
    const QSignalBlocker quiet(m_mapChoice);
    m_mapChoice->setCurrentIndex(m_mapChoice->findData(static_cast<int>(m_state.map())));
    showOutlines();
  });
  connect(&state, &WorkbenchState::vertexChanged, this, [this] {
    m_view->scene().setMarker(m_state.vertex(), kMarkerColour);
    showReadout(m_state.vertex());
    m_view->requestRender();
  });
  connect(m_source, &MapSource::mapReady, this, &CortexPanel::showMap);
  connect(m_source, &MapSource::failed, this, &CortexPanel::showMessage);
  connect(m_view, &BrainView::hovered, this,
          [this](const auto& vertex) { showReadout(vertex ? vertex : m_state.vertex()); });
  connect(m_view, &BrainView::clicked, this, &CortexPanel::onClicked);
  connect(m_bar, &ColourBar::rangeRequested, this, &CortexPanel::askForRange);
  changeEvent(nullptr);
  showReadout(std::nullopt);
  loadTemplate();
}

CortexPanel::~CortexPanel() = default;

QWidget* CortexPanel::buildToolRow() {
  auto* row = new QWidget(this);
  row->setObjectName("cortexToolRow");
  const auto combo = [&](const QString& name, const QString& toolTip) {
    auto* made = new QComboBox(row);
    made->setObjectName(name);
    made->setToolTip(toolTip);
    return made;
  };
  m_mapChoice = combo("mapChoice", tr("What is painted on the cortex"));
  m_mapChoice->addItem(tr("Validation r"), static_cast<int>(MapKind::Correlation));
  m_mapChoice->addItem(tr("Noise ceiling"), static_cast<int>(MapKind::Ceiling));
  m_mapChoice->addItem(tr("ROI labels"), static_cast<int>(MapKind::Labels));
  m_mapChoice->addItem(tr("Folding only"), static_cast<int>(MapKind::None));
  m_mapChoice->setCurrentIndex(m_mapChoice->findData(static_cast<int>(m_state.map())));
  m_surfaceChoice = combo("surfaceChoice", tr("Surface the map is drawn on"));
  for (const Surface& surface : kSurfaces) m_surfaceChoice->addItem(tr(surface.label), static_cast<int>(surface.kind));
  m_morphSlider = new QSlider(Qt::Horizontal, row);
  m_morphSlider->setObjectName("morphSlider");
  m_morphSlider->setRange(0, kMorphSteps);
  m_morphSlider->setValue(kMorphSteps);
  m_morphSlider->setMaximumWidth(90);
  m_morphSlider->setToolTip(tr("Between the folded cortex and the chosen surface"));
  m_viewChoice = combo("viewChoice", tr("Directions from which the cortex is seen  1 to 6"));
  for (const ViewPreset& preset : viewPresets())
    m_viewChoice->addItem(QString::fromStdString(preset.label), QString::fromStdString(preset.id));
  m_colourChoice = combo("colourMapChoice", tr("Colour map"));
  m_colourChoice->addItem(tr("Automatic"), QString());
  for (const ColourMap& map : colourMaps())
    m_colourChoice->addItem(QString::fromStdString(map.label), QString::fromStdString(map.id));

  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(8, 4, 8, 4);
  layout->addWidget(rowLabel(tr("Map"), m_mapChoice, row));
  layout->addWidget(m_mapChoice);
  layout->addSpacing(6);
  layout->addWidget(rowLabel(tr("Surface"), m_surfaceChoice, row));
  layout->addWidget(m_surfaceChoice);
  layout->addWidget(m_morphSlider);
  layout->addSpacing(6);
  layout->addWidget(rowLabel(tr("View"), m_viewChoice, row));
  layout->addWidget(m_viewChoice);
  layout->addSpacing(6);
  layout->addWidget(rowLabel(tr("Colours"), m_colourChoice, row));
  layout->addWidget(m_colourChoice);
  layout->addStretch(1);

  connect(m_mapChoice, &QComboBox::activated, this,
          [this] { m_state.setMap(static_cast<MapKind>(m_mapChoice->currentData().toInt())); });
  connect(m_surfaceChoice, &QComboBox::activated, this, [this] {
    m_settings.surface = static_cast<SurfaceKind>(m_surfaceChoice->currentData().toInt());
    showSurface();
  });
  connect(m_morphSlider, &QSlider::valueChanged, this, [this](int value) {
    m_settings.morph = value / static_cast<double>(kMorphSteps);
    morph();
  });
  connect(m_viewChoice, &QComboBox::activated, this,
          [this] { setViews(m_viewChoice->currentData().toString().toStdString()); });
  connect(m_colourChoice, &QComboBox::activated, this, [this] {
    m_settings.colourMap = m_colourChoice->currentData().toString().toStdString();
    showColours();
  });
  return row;
}

void CortexPanel::setSettings(const CortexViewSettings& settings) {
  m_settings = settings;
  m_surfaceChoice->setCurrentIndex(std::max(0, m_surfaceChoice->findData(static_cast<int>(settings.surface))));
  m_colourChoice->setCurrentIndex(std::max(0, m_colourChoice->findData(QString::fromStdString(settings.colourMap))));
  {
    const QSignalBlocker quiet(m_morphSlider);
    m_morphSlider->setValue(static_cast<int>(std::lround(settings.morph * kMorphSteps)));
  }
  setViews(settings.views);
  showSurface();
  showColours();
}

void CortexPanel::setViews(const std::string& preset) {
  if (!findViewPreset(preset)) return;
  m_settings.views = preset;
  m_viewChoice->setCurrentIndex(m_viewChoice->findData(QString::fromStdString(preset)));
  showViews();
}

std::vector<Hemisphere> CortexPanel::shownHemispheres() const {
  return {m_state.hemispheres().begin(), m_state.hemispheres().end()};
}

void CortexPanel::showViews() {
  if (m_surfaces) m_view->setViews(*findViewPreset(m_settings.views), shownHemispheres());
}

void CortexPanel::loadTemplate() {
  const QPointer<CortexPanel> self(this);
  showMessage(tr("Loading the cortex…"));
  QThreadPool::globalInstance()->start([self, study = m_state.study(), request = ++m_loadRequest] {
    std::shared_ptr<const CortexSurfaces> surfaces;
    QString failure;
    try {
      surfaces = loadSurfaces(study.get());
    } catch (const std::exception& error) {
      failure = QString::fromUtf8(error.what());
    }
    QMetaObject::invokeMethod(qApp, [self, request, surfaces, failure] {
      if (!self || request != self->m_loadRequest) return;
      self->showMessage(surfaces ? QString::fromStdString(surfaces->remark) : failure);
      if (!surfaces) return;
      self->m_surfaces = surfaces;
      self->showSurface();
      Q_EMIT self->surfacesLoaded();
    });
  });
}

void CortexPanel::showSurface() {
  if (!m_surfaces) return;
  const bool isFlat = m_settings.surface == SurfaceKind::Flat;
  m_morphSlider->setEnabled(!isFlat && m_settings.surface != SurfaceKind::White);
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
  showColours();
  showReadout(m_state.vertex());
}

MapColours CortexPanel::colours() const {
  const auto map = m_source->map();
  MapColours colours;
  colours.colourMap = !m_settings.colourMap.empty() ? m_settings.colourMap : map->isSigned ? "vik" : "viridis";
  std::vector<float> both = map->columns[0];
  both.insert(both.end(), map->columns[1].begin(), map->columns[1].end());
  const ValueRange range = m_settings.range.value_or(robustRange(both, map->isSigned));
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
    m_view->scene().setOutlines(h, std::move(outlines));
    m_view->scene().setPaint(h, paint);
  }
  m_view->requestRender();
}

std::optional<RoiKey> CortexPanel::roiAt(const VertexPick& vertex) const {
  const Subject* subject = m_state.subjectData();
  const HemisphereData* hemisphere = subject ? subject->hemisphere(vertex.hemisphere) : nullptr;
  if (!hemisphere) return std::nullopt;
  const auto found = std::ranges::lower_bound(hemisphere->vertices, vertex.vertex);
  if (found == hemisphere->vertices.end() || *found != vertex.vertex) return std::nullopt;
  const auto column = static_cast<uint32_t>(found - hemisphere->vertices.begin());
  std::optional<RoiKey> best;
  size_t bestSize = 0;
  for (const Roi& roi : hemisphere->rois) {
    if (!std::ranges::binary_search(roi.columns, column)) continue;
    // The smallest ROI says most: an area rather than its stream.
    if (best && roi.columns.size() >= bestSize) continue;
    best = RoiKey{vertex.hemisphere, roi.roiClass, roi.name};
    bestSize = roi.columns.size();
  }
  return best;
}

QString CortexPanel::describe(const VertexPick& vertex) const {
  QString text = tr("Vertex %1 · %2")
                     .arg(QLocale(QLocale::English).toString(vertex.vertex),
                          vertex.hemisphere == Hemisphere::Left ? tr("LH") : tr("RH"));
  const Subject* subject = m_state.subjectData();
  const HemisphereData* hemisphere = subject ? subject->hemisphere(vertex.hemisphere) : nullptr;
  if (!hemisphere) return text;
  const auto found = std::ranges::lower_bound(hemisphere->vertices, vertex.vertex);
  if (found == hemisphere->vertices.end() || *found != vertex.vertex)
    return text + tr(" · outside the measured cortex");
  const auto column = static_cast<size_t>(found - hemisphere->vertices.begin());
  if (const auto roi = roiAt(vertex)) text += QString(" · %1").arg(QString::fromStdString(roi->name));
  const auto map = m_source->map();
  const auto& values = map->of(vertex.hemisphere);
  if (column < values.size() && map->kind == MapKind::Correlation)
    text += std::isnan(values[column]) ? tr(" · r absent")
                                       : tr(" · r %1").arg(QString::fromStdString(fixed(values[column], 3)));
  if (column < hemisphere->noiseCeiling.size())
    text += tr(" · ceiling %1").arg(QString::fromStdString(fixed(std::sqrt(hemisphere->noiseCeiling[column]), 2)));
  return text;
}

void CortexPanel::showReadout(const std::optional<VertexPick>& vertex) {
  const QString about = m_source->map()->description;
  const QString where = vertex ? describe(*vertex) : m_state.study() ? tr("Point at the cortex") : QString();
  m_readout->setText(about.isEmpty() ? where : where + tr("   —   %1").arg(about));
}

void CortexPanel::onClicked(const std::optional<VertexPick>& vertex) {
  m_state.setVertex(vertex);
  if (!vertex) return;
  if (const auto roi = roiAt(*vertex)) m_state.setCurrentRoi(roi);
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
