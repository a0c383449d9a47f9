#pragma once
#include "core/demo/internal/canvas.h"
#include "core/demo/scene.h"

/// One function per category; each draws into the unit square of the canvas' current frame.
namespace corticast::demo {

/// What stands behind things: a wall and a floor, a sky and a meadow, or a soft gradient.
void drawGround(Canvas& canvas, uint64_t style);
void drawTexture(Canvas& canvas, uint64_t style);
void drawGrating(Canvas& canvas, const Thing& thing);
void drawObject(Canvas& canvas, uint64_t style);
void drawFace(Canvas& canvas, uint64_t style);
void drawBody(Canvas& canvas, uint64_t style);
void drawPlace(Canvas& canvas, uint64_t style);
void drawWord(Canvas& canvas, uint64_t style);

[[nodiscard]] Colour anySkin(Philox& random);
[[nodiscard]] Colour anyHair(Philox& random);

}  // namespace corticast::demo
