//VTK::ValuePass::Dec
in vec2 mapValue;
in float curvature;
in vec4 paint;
out vec2 mapValueVS;
out float curvatureVS;
out vec4 paintVS;
