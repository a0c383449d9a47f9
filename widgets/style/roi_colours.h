#pragma once
#include <QColor>
#include <QString>
#include <string>

namespace corticast {

/// The one colour of an ROI, the same in every panel and figure. Each ROI class has its own family of hues and its
/// ROIs differ in lightness and hue within it, so that neighbours can be told apart on light and dark grounds
/// (OKLCH, Ottosson 2020; lightness 0.56 to 0.76).
[[nodiscard]] QColor roiColour(const std::string& roiClass, const std::string& roi);

/// "floc-faces" -> "Faces", "prf-visualrois" -> "Early visual", "streams" -> "Streams"; unknown names as they are.
[[nodiscard]] QString roiClassLabel(const std::string& roiClass);

}  // namespace corticast
