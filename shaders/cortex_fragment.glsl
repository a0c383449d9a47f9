//VTK::Color::Impl
  // Sulci dark, gyri light, with a soft edge one pixel wide.
  float edge = max(fwidth(curvatureVS), 1e-4);
  vec3 corticalColour = mix(gyrusColour, sulcusColour, smoothstep(-edge, edge, curvatureVS));
  if (mapValueVS.y > 0.5)
  {
    float value = mapValueVS.x / mapValueVS.y;
    vec3 mapColour = paletteColour((value - rangeLow) / max(rangeHigh - rangeLow, 1e-12));
    corticalColour = mix(corticalColour, mapColour, mapOpacity(value) * mapStrength);
  }
  corticalColour = corticalColour * (1.0 - paintVS.a) + paintVS.rgb;
  ambientColor = 0.32 * corticalColour;
  diffuseColor = 0.74 * corticalColour;
  specularColor = vec3(0.0);
