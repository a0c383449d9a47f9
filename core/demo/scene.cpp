#include "core/demo/scene.h"

#include <algorithm>

#include "core/base/random.h"

namespace corticast {

namespace {

bool fillsPicture(const Thing& thing) {
  return thing.category == Category::Texture || thing.category == Category::Place ||
         (thing.category == Category::Grating && thing.size >= 1);
}

Category drawMainCategory(Philox& random) {
  // Half as many textures and gratings as pictures of things.
  const uint64_t draw = random.below(12);
  if (draw == 0) return Category::Texture;
  if (draw == 1) return Category::Grating;
  return static_cast<Category>(2 + draw % 5);
}

Thing drawThing(Category category, Philox& random) {
  Thing thing{.category = category, .style = random.next64()};
  const bool isWhole = category == Category::Texture || category == Category::Place ||
                       (category == Category::Grating && random.uniform() < 0.5);
  if (isWhole) {
    thing.size = 1;
    return thing;
  }
  const double smallest = category == Category::Object || category == Category::Grating ? 0.4 : 0.5;
  thing.size = random.uniform(smallest, 0.9);
  const double play = 0.5 * (1 - thing.size) + 0.08;
  thing.x = 0.5 + random.uniform(-play, play);
  thing.y = 0.5 + random.uniform(-play, play);
  return thing;
}

/// A smaller thing beside the main one, on the emptier side.
Thing drawCompanion(const Thing& main, Philox& random) {
  constexpr std::array kinds{Category::Object, Category::Face, Category::Body, Category::Word};
  Thing thing{.category = kinds[random.below(kinds.size())], .style = random.next64()};
  thing.size = random.uniform(0.24, 0.4);
  const bool onTheLeft = fillsPicture(main) ? random.uniform() < 0.5 : main.x > 0.5;
  thing.x = onTheLeft ? random.uniform(0.16, 0.3) : random.uniform(0.7, 0.84);
  thing.y = random.uniform(0.6, 0.8);
  return thing;
}

double overlap(double centre, double size, double low, double high) {
  return std::max(0.0, std::min(centre + size / 2, high) - std::max(centre - size / 2, low));
}

}  // namespace

std::string toString(Category category) {
  constexpr std::array names{"texture", "grating", "object", "face", "body", "place", "word"};
  return names[static_cast<size_t>(category)];
}

Scene describeScene(uint64_t seed, uint32_t id) {
  Philox random(seed, streamOf("scene") + id);
  Scene scene;
  scene.category = drawMainCategory(random);
  scene.style = random.next64();
  scene.things.push_back(drawThing(scene.category, random));
  const bool isPlain = scene.category == Category::Texture || scene.category == Category::Grating;
  if (!isPlain && random.uniform() < 0.35) {
    // A place stands behind its companion, everything else in front of it.
    const Thing companion = drawCompanion(scene.things.front(), random);
    scene.things.insert(scene.category == Category::Place ? scene.things.begin() : scene.things.end(), companion);
  }
  return scene;
}

std::vector<float> contentOf(const Scene& scene) {
  std::vector<float> content(contentNames().size());
  const auto set = [&](Attribute attribute, double value) {
    content[static_cast<size_t>(attribute)] = static_cast<float>(value);
  };
  double animate = 0;
  for (const Thing& thing : scene.things) {
    for (size_t quarter = 0; quarter < 4; ++quarter) {
      const double left = quarter % 2 == 0 ? 0 : 0.5;
      const double top = quarter < 2 ? 0 : 0.5;
      const double area = overlap(thing.x, thing.size, left, left + 0.5) * overlap(thing.y, thing.size, top, top + 0.5);
      float& covered = content[coverageIndex(thing.category, quarter)];
      covered = std::min(1.0F, covered + static_cast<float>(4 * area));
    }
    content[presenceIndex(thing.category)] = 1;
    if (thing.category == Category::Face || thing.category == Category::Body) animate += thing.size;
  }
  const auto main = std::find_if(scene.things.begin(), scene.things.end(),
                                 [&](const Thing& thing) { return thing.category == scene.category; });
  set(Attribute::CentreX, main->x);
  set(Attribute::CentreY, main->y);
  set(Attribute::Size, main->size);
  set(Attribute::Things, static_cast<double>(scene.things.size()));
  set(Attribute::Animate, animate);
  set(Attribute::WholeField, fillsPicture(*main) ? 1 : 0);
  set(Attribute::Small, main->size < 0.55 ? 1 : 0);
  return content;
}

const std::vector<std::string>& contentNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Category category : kCategories)
      for (const char* quarter : {"upper-left", "upper-right", "lower-left", "lower-right"})
        all.push_back(toString(category) + " covers " + quarter);
    for (const Category category : kCategories) all.push_back(toString(category) + " present");
    for (const char* name : {"centre x", "centre y", "size", "things", "animate", "fills the field", "small"})
      all.emplace_back(name);
    return all;
  }();
  return names;
}

}  // namespace corticast
