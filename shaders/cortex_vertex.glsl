//VTK::ValuePass::Impl
  mapValueVS = mapValue;
  curvatureVS = curvature;
  paintVS = paint;
