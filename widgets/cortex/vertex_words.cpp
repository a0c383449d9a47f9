#include "widgets/cortex/vertex_words.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace corticast {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("CortexPanel", text);
}

std::optional<uint32_t> columnOf(const HemisphereData& hemisphere, uint32_t vertex) {
  const auto found = std::ranges::lower_bound(hemisphere.vertices, vertex);
  if (found == hemisphere.vertices.end() || *found != vertex) return std::nullopt;
  return static_cast<uint32_t>(found - hemisphere.vertices.begin());
}

}  // namespace

std::optional<RoiKey> roiAt(const Subject& subject, const VertexPick& vertex) {
  const HemisphereData* hemisphere = subject.hemisphere(vertex.hemisphere);
  const auto column = hemisphere ? columnOf(*hemisphere, vertex.vertex) : std::nullopt;
  if (!column) return std::nullopt;
  const Roi* smallest = nullptr;
  for (const Roi& roi : hemisphere->rois)
    if (std::ranges::binary_search(roi.columns, *column) &&
        (!smallest || roi.columns.size() < smallest->columns.size()))
      smallest = &roi;
  if (!smallest) return std::nullopt;
  return RoiKey{vertex.hemisphere, smallest->roiClass, smallest->name};
}

QString vertexWords(const Subject* subject, const VertexPick& vertex, const CortexMap& map) {
  QString text = tr("Vertex %1 · %2")
                     .arg(QLocale(QLocale::English).toString(vertex.vertex),
                          vertex.hemisphere == Hemisphere::Left ? tr("LH") : tr("RH"));
  const HemisphereData* hemisphere = subject ? subject->hemisphere(vertex.hemisphere) : nullptr;
  if (!hemisphere) return text;
  const auto column = columnOf(*hemisphere, vertex.vertex);
  if (!column) return text + tr(" · outside the measured cortex");
  if (const auto roi = roiAt(*subject, vertex)) text += QString(" · %1").arg(QString::fromStdString(roi->name));
  const auto& values = map.of(vertex.hemisphere);
  if (*column < values.size() && map.kind == MapKind::Correlation)
    text += std::isnan(values[*column]) ? tr(" · r absent")
                                        : tr(" · r %1").arg(QString::fromStdString(fixed(values[*column], 3)));
  if (*column < values.size() && map.kind == MapKind::Picture && !std::isnan(values[*column]))
    text += tr(" · response %1").arg(QString::fromStdString(fixed(values[*column], 2)));
  if (*column < hemisphere->noiseCeiling.size())
    text += tr(" · ceiling %1").arg(QString::fromStdString(fixed(std::sqrt(hemisphere->noiseCeiling[*column]), 2)));
  return text;
}

}  // namespace corticast
