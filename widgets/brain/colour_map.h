#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace corticast {

enum class ColourMapKind { Sequential, Diverging, Cyclic, Legacy };

struct Rgb {
  uint8_t red = 0, green = 0, blue = 0;
  bool operator==(const Rgb&) const = default;
};

/// A published colour map: 256 colours from its low to its high end (resources/colour_maps/).
struct ColourMap {
  std::string id;
  std::string label;
  ColourMapKind kind = ColourMapKind::Sequential;
  std::array<Rgb, 256> colours{};

  /// The colour at a place in [0, 1] (outside: the end's colour).
  [[nodiscard]] Rgb at(double place) const;
};

/// All maps, recommended ones first, rainbow and the like last ("legacy").
[[nodiscard]] const std::vector<ColourMap>& colourMaps();
/// The map of this id; throws Error naming the known ones.
[[nodiscard]] const ColourMap& colourMap(const std::string& id);

/// Lightness L* of a colour in CIELAB under D65, 0..100.
[[nodiscard]] double lightness(Rgb colour);

}  // namespace corticast
