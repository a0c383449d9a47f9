#include "widgets/compare/compare_cortex.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "widgets/cortex/brain_view.h"
#include "widgets/cortex/colour_bar.h"
#include "widgets/cortex/cortex_paint.h"
#include "widgets/cortex/surface_loading.h"
#include "widgets/style/run_styles.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr Rgb kMarkerColour{255, 64, 64};
constexpr float kVeil = 0.78F;  // of the folding's colour over what is not significant
constexpr float kBrushOpacity = 0.9F;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

QString number(double value) {
  return QString::fromStdString(fixed(value, 3));
}

/// Comparison columns are some of the hemisphere's: the others have no value.
std::vector<float> onColumns(const HemisphereComparison& each, const std::vector<float>& values, size_t columns) {
  std::vector<float> all(columns, kNaN);
  for (size_t i = 0; i < each.columns.size(); ++i) all[each.columns[i]] = values[i];
  return all;
}

const VertexDifference& differenceOf(const Compared& compared, const HemisphereComparison& each) {
  return compared.pair.hemispheres[static_cast<size_t>(&each - compared.comparison->hemispheres.data())];
}

}  // namespace

CompareCortex::CompareCortex(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_columns(new QHBoxLayout),
      m_bar(new ColourBar(this)),
      m_differenceBar(new ColourBar(this)),
      m_readout(new QLabel(this)),
      m_message(new QLabel(this)) {
  setObjectName("compareCortex");
  m_bar->setObjectName("compareColourBar");
  m_differenceBar->setObjectName("differenceColourBar");
  for (ColourBar* bar : {m_bar, m_differenceBar}) {
    bar->setToolTip({});
    bar->hide();
  }
  m_readout->setObjectName("compareReadout");
  m_readout->setContentsMargins(8, 1, 8, 3);
  m_readout->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  m_readout->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_message->setObjectName("compareCortexMessage");
  m_message->setContentsMargins(8, 1, 8, 1);
  m_message->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  m_message->hide();
  m_columns->setSpacing(1);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addLayout(m_columns, 1);
  middle->addWidget(m_bar);
  middle->addWidget(m_differenceBar);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(buildToolRow());
  layout->addLayout(middle, 1);
  layout->addWidget(m_message);
  layout->addWidget(m_readout);

  connect(&state, &WorkbenchState::studyChanged, this, [this] {
    m_isOutdated = true;
    if (isVisible()) loadTemplate();
  });
  connect(&state, &WorkbenchState::hemispheresChanged, this, &CompareCortex::arrange);
  for (const auto signal : {&WorkbenchState::selectedRoisChanged, &WorkbenchState::currentRoiChanged})
    connect(&state, signal, this, &CompareCortex::showOverlays);
  connect(&state, &WorkbenchState::vertexChanged, this, [this] {
    showOverlays();
    showReadout(m_state.vertex());
  });
}

CompareCortex::~CompareCortex() = default;

QHBoxLayout* CompareCortex::buildToolRow() {
  const auto combo = [&](const QString& name, const QString& toolTip) {
    auto* made = new QComboBox(this);
    made->setObjectName(name);
    made->setToolTip(toolTip);
    return made;
  };
  m_surface = combo("compareSurface", tr("Surface the maps are drawn on"));
  for (const auto& [label, kind] :
       {std::pair(tr("Inflated"), SurfaceKind::Inflated), std::pair(tr("Pial"), SurfaceKind::Pial),
        std::pair(tr("White"), SurfaceKind::White), std::pair(tr("Flat"), SurfaceKind::Flat)})
    m_surface->addItem(label, static_cast<int>(kind));
  m_directions = combo("compareViews", tr("Directions from which every cortex is seen"));
  for (const ViewPreset& preset : viewPresets())
    m_directions->addItem(QString::fromStdString(preset.label), QString::fromStdString(preset.id));
  // Beside each other the cortices are narrow: two rows fill them better than one.
  m_directions->setCurrentIndex(std::max(0, m_directions->findData(QString("lateral-medial"))));
  m_significance = combo("compareSignificance",
                         tr("How vertices where the runs differ (q < 0.05, tested per vertex) stand out on A − B"));
  m_significance->addItem(tr("Fade what is not significant"), static_cast<int>(Significance::Fade));
  m_significance->addItem(tr("Outline what is significant"), static_cast<int>(Significance::Outline));
  m_significance->addItem(tr("Significance not shown"), static_cast<int>(Significance::Off));
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 2);
  for (QComboBox* each : {m_surface, m_directions, m_significance}) row->addWidget(each);
  row->addStretch(1);
  connect(m_surface, &QComboBox::activated, this, &CompareCortex::showSurface);
  connect(m_directions, &QComboBox::activated, this, &CompareCortex::arrange);
  connect(m_significance, &QComboBox::activated, this, &CompareCortex::showOverlays);
  return row;
}

Significance CompareCortex::significance() const {
  return static_cast<Significance>(m_significance->currentData().toInt());
}

size_t CompareCortex::runCount() const {
  return m_compared ? m_compared->comparison->runs.size() : 0;
}

const HemisphereData* CompareCortex::data(Hemisphere hemisphere) const {
  if (!m_compared) return nullptr;
  return m_compared->study->subject(m_compared->subject.toStdString()).hemisphere(hemisphere);
}

void CompareCortex::setCompared(std::shared_ptr<const Compared> compared) {
  m_compared = std::move(compared);
  m_brushed.clear();
  if (m_compared && m_views.size() != runCount() + 1) {
    setViewCount(runCount() + 1);
    showSceneColours();
    showSurface();
  }
  showTitles();
  showMaps();
}

void CompareCortex::setViewCount(size_t count) {
  while (m_views.size() > count) {
    // The column's layout goes with the last widget in it.
    m_views.back()->deleteLater();
    m_titles.back()->deleteLater();
    m_columns->takeAt(m_columns->count() - 1)->layout()->deleteLater();
    m_views.pop_back();
    m_titles.pop_back();
  }
  while (m_views.size() < count) {
    auto* view = new BrainView(this);
    view->setObjectName("compareBrainView");
    view->setMinimumSize(90, 70);
    auto* title = new QLabel(this);
    title->setContentsMargins(8, 2, 4, 2);
    title->setMinimumWidth(10);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    column->addWidget(title);
    column->addWidget(view, 1);
    m_columns->addLayout(column, 1);
    connect(view, &BrainView::hovered, this,
            [this](const auto& vertex) { showReadout(vertex ? vertex : m_state.vertex()); });
    connect(view, &BrainView::clicked, this, [this](const auto& vertex) { m_state.setVertex(vertex); });
    connect(view, &BrainView::interactingChanged, this, [this](bool isInteracting) {
      for (BrainView* each : m_views) each->setInteracting(isInteracting);
    });
    connect(view, &BrainView::turned, this, [this] {
      for (BrainView* each : m_views) each->requestRender();
    });
    m_views.push_back(view);
    m_titles.push_back(title);
  }
}

void CompareCortex::setBrushed(const std::vector<VertexPick>& vertices) {
  m_brushed = vertices;
  showOverlays();
}

void CompareCortex::loadTemplate() {
  m_isOutdated = false;
  m_message->setText(tr("Loading the cortex…"));
  m_message->setVisible(true);
  const auto take = [this, request = ++m_loadRequest](const auto& surfaces, const QString& failure) {
    if (request != m_loadRequest) return;
    m_message->setText(failure);
    m_message->setVisible(!failure.isEmpty());
    if (!surfaces) return;
    m_surfaces = surfaces;
    showSurface();
    Q_EMIT surfacesLoaded();
  };
  loadSurfacesInBackground(*this, m_state.study(), take);
}

void CompareCortex::arrange() {
  if (!m_surfaces) return;
  const ViewPreset* preset = findViewPreset(m_directions->currentData().toString().toStdString());
  for (BrainView* view : m_views) view->setViews(*preset, {m_state.hemispheres().begin(), m_state.hemispheres().end()});
  linkCameras();
}

/// Every view looks through the first one's cameras, so that turning any of them turns all.
void CompareCortex::linkCameras() {
  for (size_t v = 1; v < m_views.size(); ++v) m_views[v]->scene().shareCameras(m_views.front()->scene());
}

void CompareCortex::showSurface() {
  if (!m_surfaces) return;
  const auto kind = static_cast<SurfaceKind>(m_surface->currentData().toInt());
  for (BrainView* view : m_views) {
    for (const Hemisphere h : kHemispheres) view->scene().setGeometry(h, m_surfaces->geometry(h, kind));
    view->scene().setFlat(kind == SurfaceKind::Flat);
  }
  arrange();
  showMaps();
}

void CompareCortex::showTitles() {
  for (size_t view = 0; m_compared && view < m_views.size(); ++view) {
    const PairOptions& pair = m_compared->pair.options;
    QString text = tr("<b>A − B</b>");
    if (!isDifference(view)) {
      const ComparedRun& run = m_compared->comparison->runs[view];
      const QColor colour = runStyle(m_state.runSlot(QString::fromStdString(run.id))).colour;
      const QString letter = view == pair.first ? tr("A  ") : view == pair.second ? tr("B  ") : QString();
      text = QString("<span style='color:%1'>■</span> <b>%2</b>%3")
                 .arg(colour.name(), letter, QString::fromStdString(run.name).toHtmlEscaped());
    }
    m_titles[view]->setText(text);
  }
}

std::vector<float> CompareCortex::mapOf(size_t view, Hemisphere hemisphere) const {
  const HemisphereData* columns = data(hemisphere);
  const auto* each =
      m_compared ? m_compared->comparison->hemisphere(m_compared->subject.toStdString(), hemisphere) : nullptr;
  if (!columns || !each || !m_surfaces) return {};
  const auto& values = isDifference(view) ? differenceOf(*m_compared, *each).difference : each->r[view];
  return onVertices(*columns, onColumns(*each, values, columns->vertices.size()), m_surfaces->vertexCount());
}

void CompareCortex::showMaps() {
  if (!m_surfaces) return;
  std::vector<float> correlations, differences;
  for (size_t view = 0; view < m_views.size(); ++view)
    for (const Hemisphere h : kHemispheres) {
      const std::vector<float> map = mapOf(view, h);
      m_views[view]->scene().setMap(h, map);
      auto& all = isDifference(view) ? differences : correlations;
      all.insert(all.end(), map.begin(), map.end());
    }
  m_range = robustRange(correlations, true);
  m_differenceRange = robustRange(differences, true);
  MapColours shared, difference;
  shared.colourMap = "vik";
  shared.low = m_range.low;
  shared.high = m_range.high;
  difference.colourMap = "balance";
  difference.low = m_differenceRange.low;
  difference.high = m_differenceRange.high;
  for (size_t view = 0; view < m_views.size(); ++view)
    m_views[view]->scene().setColours(isDifference(view) ? difference : shared);
  m_bar->setContent({.colours = shared, .title = tr("r, all runs")});
  m_differenceBar->setContent({.colours = difference, .title = tr("A − B")});
  for (ColourBar* bar : {m_bar, m_differenceBar}) bar->setVisible(m_compared != nullptr);
  showOverlays();
  showReadout(m_state.vertex());
}

std::vector<bool> CompareCortex::significant(Hemisphere hemisphere) const {
  std::vector<bool> is(m_surfaces->vertexCount(), false);
  const auto* each = m_compared->comparison->hemisphere(m_compared->subject.toStdString(), hemisphere);
  if (!each) return is;
  const auto& q = differenceOf(*m_compared, *each).q;
  const auto& vertices = data(hemisphere)->vertices;
  for (size_t i = 0; i < each->columns.size(); ++i)
    if (q[i] < m_compared->pair.options.alpha && vertices[each->columns[i]] < is.size())
      is[vertices[each->columns[i]]] = true;
  return is;
}

std::vector<Paint> CompareCortex::paintOf(size_t view, Hemisphere hemisphere) const {
  std::vector<Paint> paint;
  if (isDifference(view) && significance() == Significance::Fade) {
    const std::vector<bool> is = significant(hemisphere);
    const Rgb veil = toRgb(themeColours(palette()).gyrus);
    for (const uint32_t vertex : data(hemisphere) ? data(hemisphere)->vertices : std::vector<uint32_t>())
      if (vertex < is.size() && !is[vertex]) {
        paint.resize(is.size());
        paint[vertex] = {veil, kVeil};
      }
  }
  const Rgb colour = toRgb(palette().color(QPalette::Highlight));
  for (const VertexPick& pick : m_brushed)
    if (pick.hemisphere == hemisphere && pick.vertex < m_surfaces->vertexCount()) {
      paint.resize(m_surfaces->vertexCount());
      paint[pick.vertex] = {colour, kBrushOpacity};
    }
  return paint;
}

void CompareCortex::showOverlays() {
  if (!m_surfaces || !m_compared) return;
  const bool isFlat = static_cast<SurfaceKind>(m_surface->currentData().toInt()) == SurfaceKind::Flat;
  for (size_t view = 0; view < m_views.size(); ++view) {
    BrainScene& scene = m_views[view]->scene();
    for (const Hemisphere h : kHemispheres) {
      const auto& triangles = isFlat ? m_surfaces->of(h).flatTriangles : m_surfaces->of(h).triangles;
      std::vector<Outline> outlines;
      const HemisphereData* hemisphere = data(h);
      const bool isOutlined = isDifference(view) && significance() == Significance::Outline;
      if (hemisphere && !isOutlined)
        outlines = outlineRois(*hemisphere, m_state.selectedRois(), m_state.currentRoi(), triangles,
                               m_surfaces->vertexCount());
      if (hemisphere && isOutlined) {
        outlines.push_back(outlineOf(triangles, significant(h), toRgb(palette().color(QPalette::WindowText))));
        outlines.back().width = 1.5;
      }
      scene.setOutlines(h, std::move(outlines));
      scene.setPaint(h, paintOf(view, h));
    }
    scene.setMarker(m_state.vertex(), kMarkerColour);
    m_views[view]->requestRender();
  }
}

void CompareCortex::showReadout(const std::optional<VertexPick>& vertex) {
  if (!m_compared) {
    m_readout->clear();
    return;
  }
  if (!vertex) {
    m_readout->setText(tr("Point at a cortex: every run is read out at the same vertex"));
    return;
  }
  QString text = tr("Vertex %1 · %2")
                     .arg(QLocale(QLocale::English).toString(vertex->vertex),
                          vertex->hemisphere == Hemisphere::Left ? tr("LH") : tr("RH"));
  const HemisphereData* hemisphere = data(vertex->hemisphere);
  const auto* each = m_compared->comparison->hemisphere(m_compared->subject.toStdString(), vertex->hemisphere);
  const auto found = hemisphere ? std::ranges::lower_bound(hemisphere->vertices, vertex->vertex)
                                : std::vector<uint32_t>::const_iterator();
  if (!hemisphere || !each || found == hemisphere->vertices.end() || *found != vertex->vertex) {
    m_readout->setText(text + tr(" · outside the measured cortex"));
    return;
  }
  const auto column = static_cast<uint32_t>(found - hemisphere->vertices.begin());
  const auto place = std::ranges::lower_bound(each->columns, column);
  if (place == each->columns.end() || *place != column) {
    m_readout->setText(text + tr(" · not predicted by all runs"));
    return;
  }
  const auto i = static_cast<size_t>(place - each->columns.begin());
  for (size_t run = 0; run < runCount(); ++run)
    text += QString(" · %1 %2")
                .arg(QString::fromStdString(m_compared->comparison->runs[run].name),
                     std::isnan(each->r[run][i]) ? tr("absent") : number(each->r[run][i]));
  const VertexDifference& difference = differenceOf(*m_compared, *each);
  if (!std::isnan(difference.q[i]))
    text += tr(" · A − B %1, q %2").arg(number(difference.difference[i]), number(difference.q[i]));
  m_readout->setText(text);
}

void CompareCortex::showSceneColours() {
  const ThemeColours theme = themeColours(palette());
  for (BrainView* view : m_views) {
    view->scene().setSceneColours(
        {.background = toRgb(theme.cortexGround), .gyrus = toRgb(theme.gyrus), .sulcus = toRgb(theme.sulcus)});
    view->requestRender();
  }
}

void CompareCortex::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() != QEvent::PaletteChange) return;
  showSceneColours();
  showOverlays();
}

void CompareCortex::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (m_isOutdated) loadTemplate();
}

}  // namespace corticast
