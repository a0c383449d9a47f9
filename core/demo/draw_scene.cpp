#include "core/demo/internal/drawings.h"

namespace corticast {

namespace {

void drawThing(demo::Canvas& canvas, const Thing& thing) {
  if (thing.category == Category::Grating) return demo::drawGrating(canvas, thing);
  if (thing.category == Category::Texture) return demo::drawTexture(canvas, thing.style);
  if (thing.category == Category::Place) return demo::drawPlace(canvas, thing.style);
  canvas.enter(thing.x, thing.y, thing.size);
  if (thing.category == Category::Object) demo::drawObject(canvas, thing.style);
  if (thing.category == Category::Face) demo::drawFace(canvas, thing.style);
  if (thing.category == Category::Body) demo::drawBody(canvas, thing.style);
  if (thing.category == Category::Word) demo::drawWord(canvas, thing.style);
  canvas.leave();
}

}  // namespace

Image drawScene(const Scene& scene) {
  demo::Canvas canvas(kPictureSide);
  demo::drawGround(canvas, scene.style);
  for (size_t i = scene.things.size(); i-- > 0;) drawThing(canvas, scene.things[i]);
  return canvas.image();
}

}  // namespace corticast
