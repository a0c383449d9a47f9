//VTK::ValuePass::Dec
in vec2 mapValueVS;      // value x weight, weight: 1 where the map has a value, 0 where it has none
in float curvatureVS;
in vec4 paintVS;         // premultiplied colour and opacity

// The palette's colour at a place between 0 and 1, mixed linearly between its entries.
vec3 paletteColour(float place)
{
  float position = clamp(place, 0.0, 1.0) * float(PALETTE_SIZE - 1);
  int lower = int(floor(position));
  int upper = min(lower + 1, PALETTE_SIZE - 1);
  return mix(palette[lower], palette[upper], position - float(lower));
}

// Highlight, don't hide: below the threshold the map fades with the square of its size (Taylor et al. 2023).
float mapOpacity(float value)
{
  float size = abs(value);
  if (threshold <= 0.0 || size >= threshold) return 1.0;
  float share = size / threshold;
  return fadeBelowThreshold != 0 ? share * share : 0.0;
}
