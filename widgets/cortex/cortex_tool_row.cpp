#include "widgets/cortex/cortex_tool_row.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <algorithm>
#include <cmath>

#include "widgets/brain/colour_map.h"
#include "widgets/brain/view_preset.h"

namespace corticast {
namespace {

constexpr int kMorphSteps = 100;
constexpr int kNarrowestChoice = 72;

struct Surface {
  SurfaceKind kind;
  const char* label;
};
constexpr Surface kSurfaces[] = {{SurfaceKind::Inflated, "Inflated"},
                                 {SurfaceKind::Pial, "Pial"},
                                 {SurfaceKind::White, "White"},
                                 {SurfaceKind::Sphere, "Sphere"},
                                 {SurfaceKind::Flat, "Flat"}};

}  // namespace

CortexToolRow::CortexToolRow(QWidget* parent) : QWidget(parent) {
  setObjectName("cortexToolRow");
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(8, 4, 8, 4);
  m_map = addChoice("mapChoice", tr("Map"), tr("What is painted on the cortex"));
  m_map->addItem(tr("Validation r"), static_cast<int>(MapKind::Correlation));
  m_map->addItem(tr("Noise ceiling"), static_cast<int>(MapKind::Ceiling));
  m_map->addItem(tr("ROI labels"), static_cast<int>(MapKind::Labels));
  m_map->addItem(tr("Response"), static_cast<int>(MapKind::Picture));
  m_map->addItem(tr("Folding only"), static_cast<int>(MapKind::None));
  m_map->setMinimumWidth(0);  // says what is seen: whole in a small window, too
  layout->addSpacing(6);
  m_surface = addChoice("surfaceChoice", tr("Surface"), tr("Surface the map is drawn on"));
  for (const Surface& surface : kSurfaces) m_surface->addItem(tr(surface.label), static_cast<int>(surface.kind));
  m_morph = new QSlider(Qt::Horizontal, this);
  m_morph->setObjectName("morphSlider");
  m_morph->setRange(0, kMorphSteps);
  m_morph->setValue(kMorphSteps);
  m_morph->setMinimumWidth(36);
  m_morph->setMaximumWidth(70);
  m_morph->setToolTip(tr("Between the folded cortex and the chosen surface"));
  layout->addWidget(m_morph);
  layout->addSpacing(6);
  m_views = addChoice("viewChoice", tr("View"), tr("Directions from which the cortex is seen  1 to 6"));
  for (const ViewPreset& preset : viewPresets())
    m_views->addItem(QString::fromStdString(preset.label), QString::fromStdString(preset.id));
  layout->addSpacing(6);
  m_colours = addChoice("colourMapChoice", tr("Colours"),
                        tr("Colour map; Auto: diverging for maps with a sign, sequential for others"));
  m_colours->addItem(tr("Auto"), QString());
  for (const ColourMap& map : colourMaps())
    m_colours->addItem(QString::fromStdString(map.label), QString::fromStdString(map.id));
  layout->addStretch(1);

  connect(m_map, &QComboBox::activated, this,
          [this] { Q_EMIT mapChosen(static_cast<MapKind>(m_map->currentData().toInt())); });
  connect(m_surface, &QComboBox::activated, this,
          [this] { Q_EMIT surfaceChosen(static_cast<SurfaceKind>(m_surface->currentData().toInt())); });
  connect(m_morph, &QSlider::valueChanged, this,
          [this](int value) { Q_EMIT morphChosen(value / static_cast<double>(kMorphSteps)); });
  connect(m_views, &QComboBox::activated, this, [this] { Q_EMIT viewsChosen(m_views->currentData().toString()); });
  connect(m_colours, &QComboBox::activated, this,
          [this] { Q_EMIT coloursChosen(m_colours->currentData().toString()); });
}

QComboBox* CortexToolRow::addChoice(const QString& name, const QString& label, const QString& toolTip) {
  auto* words = new QLabel(label, this);
  auto* choice = new QComboBox(this);
  choice->setObjectName(name);
  choice->setToolTip(toolTip);
  choice->setMinimumWidth(kNarrowestChoice);  // in a small window; the list is as wide as its longest entry
  words->setBuddy(choice);
  layout()->addWidget(words);
  layout()->addWidget(choice);
  return choice;
}

void CortexToolRow::showMap(MapKind map) {
  m_map->setCurrentIndex(m_map->findData(static_cast<int>(map)));
}

void CortexToolRow::showSettings(const CortexViewSettings& settings) {
  m_surface->setCurrentIndex(std::max(0, m_surface->findData(static_cast<int>(settings.surface))));
  m_colours->setCurrentIndex(std::max(0, m_colours->findData(QString::fromStdString(settings.colourMap))));
  m_views->setCurrentIndex(std::max(0, m_views->findData(QString::fromStdString(settings.views))));
  const QSignalBlocker quiet(m_morph);
  m_morph->setValue(static_cast<int>(std::lround(settings.morph * kMorphSteps)));
  m_morph->setEnabled(settings.surface != SurfaceKind::Flat && settings.surface != SurfaceKind::White);
}

}  // namespace corticast
