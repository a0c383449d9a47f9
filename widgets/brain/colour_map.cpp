#include "widgets/brain/colour_map.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "embedded/colour_maps.h"

namespace corticast {
namespace {

Rgb fromHexadecimal(const std::string& text) {
  const auto value = static_cast<uint32_t>(std::stoul(text, nullptr, 16));
  return {static_cast<uint8_t>(value >> 16), static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
}

ColourMapKind kindFrom(const std::string& text) {
  static const std::map<std::string, ColourMapKind> kKinds = {{"sequential", ColourMapKind::Sequential},
                                                              {"diverging", ColourMapKind::Diverging},
                                                              {"cyclic", ColourMapKind::Cyclic},
                                                              {"legacy", ColourMapKind::Legacy}};
  return kKinds.at(text);
}

std::vector<ColourMap> readEmbedded() {
  std::vector<ColourMap> maps;
  for (const Json& entry : parseJson(embedded::colour_maps, "colour_maps.json")) {
    ColourMap map{.id = entry.at("id"), .label = entry.at("label"), .kind = kindFrom(entry.at("kind"))};
    std::ranges::transform(entry.at("colours"), map.colours.begin(),
                           [](const Json& colour) { return fromHexadecimal(colour.get<std::string>()); });
    maps.push_back(std::move(map));
  }
  return maps;
}

double linear(uint8_t channel) {
  const double value = channel / 255.0;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

}  // namespace

Rgb ColourMap::at(double place) const {
  const double position = std::clamp(place, 0.0, 1.0) * 255.0;
  return colours[static_cast<size_t>(std::lround(position))];
}

const std::vector<ColourMap>& colourMaps() {
  static const std::vector<ColourMap> kMaps = readEmbedded();
  return kMaps;
}

const ColourMap& colourMap(const std::string& id) {
  const auto found = std::ranges::find(colourMaps(), id, &ColourMap::id);
  if (found != colourMaps().end()) return *found;
  std::vector<std::string> known;
  for (const ColourMap& map : colourMaps()) known.push_back(map.id);
  throw Error({.what = "choose a colour map",
               .where = id,
               .why = "there is no such map",
               .remedy = "known ones are " + join(known, ", ")});
}

double lightness(Rgb colour) {
  const double y = 0.2126729 * linear(colour.red) + 0.7151522 * linear(colour.green) + 0.0721750 * linear(colour.blue);
  return y > 216.0 / 24389 ? 116 * std::cbrt(y) - 16 : y * 24389.0 / 27;
}

}  // namespace corticast
