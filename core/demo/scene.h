#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/formats/image.h"

/// The pictures of the demo study: what is on each, and how it is drawn. Both follow from a seed and a picture id
/// alone.
namespace corticast {

enum class Category { Texture, Grating, Object, Face, Body, Place, Word };

inline constexpr std::array kCategories{Category::Texture, Category::Grating, Category::Object, Category::Face,
                                        Category::Body,    Category::Place,   Category::Word};

[[nodiscard]] std::string toString(Category category);

/// One thing on a picture. Positions and sizes are fractions of the picture's side, x to the right, y down.
struct Thing {
  Category category = Category::Object;
  double x = 0.5;     ///< centre
  double y = 0.5;     ///< centre
  double size = 0.6;  ///< side of the square that it fills
  uint64_t style = 0;
};

/// What is on a picture.
struct Scene {
  Category category = Category::Object;  ///< of the main thing
  std::vector<Thing> things;             ///< main thing first; drawn from the last to the first
  uint64_t style = 0;                    ///< of the ground behind the things
};

/// The side of every picture in pixels, as published.
inline constexpr int kPictureSide = 425;

/// The scene of picture `id` (an NSD id) of the study with this seed.
[[nodiscard]] Scene describeScene(uint64_t seed, uint32_t id);
/// Draws it, kPictureSide x kPictureSide.
[[nodiscard]] Image drawScene(const Scene& scene);

/// What an ideal reader of content would say of a scene: per category how much of each quarter of the picture it
/// covers (0..1), whether it is there, and a few attributes. contentNames() names each value.
[[nodiscard]] std::vector<float> contentOf(const Scene& scene);
[[nodiscard]] const std::vector<std::string>& contentNames();

/// Position in contentOf's result: quarter 0..3 = upper left, upper right, lower left, lower right.
[[nodiscard]] constexpr size_t coverageIndex(Category category, size_t quarter) {
  return static_cast<size_t>(category) * 4 + quarter;
}
[[nodiscard]] constexpr size_t presenceIndex(Category category) {
  return 28 + static_cast<size_t>(category);
}
/// The attributes, after coverages and presences.
enum class Attribute : uint8_t { CentreX = 35, CentreY, Size, Things, Animate, WholeField, Small };

}  // namespace corticast
