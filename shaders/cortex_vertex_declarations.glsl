//VTK::ValuePass::Dec
in vec2 mapValue;
in float curvature;
out vec2 mapValueVS;
out float curvatureVS;
