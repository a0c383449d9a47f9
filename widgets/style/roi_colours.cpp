#include "widgets/style/roi_colours.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <vector>

#include "core/base/random.h"

namespace corticast {
namespace {

struct Family {
  QString label;
  double hueDegrees;              ///< of its middle ROI
  double hueSpread;               ///< from its first to its last ROI
  std::vector<std::string> rois;  ///< in the order in which colours are given; others follow by name
};

const std::map<std::string, Family>& families() {
  static const std::map<std::string, Family> kFamilies = {
      {"prf-visualrois", {"Early visual", 265, 60, {"V1v", "V1d", "V2v", "V2d", "V3v", "V3d", "hV4"}}},
      {"floc-bodies", {"Bodies", 330, 40, {"EBA", "FBA-1", "FBA-2", "mTL-bodies"}}},
      {"floc-faces", {"Faces", 30, 40, {"OFA", "FFA-1", "FFA-2", "mTL-faces", "aTL-faces"}}},
      {"floc-places", {"Places", 145, 40, {"OPA", "PPA", "RSC"}}},
      {"floc-words", {"Words", 85, 36, {"OWFA", "VWFA-1", "VWFA-2", "mfs-words", "mTL-words"}}},
      {"streams",
       {"Streams", 195, 70, {"early", "midventral", "midlateral", "midparietal", "ventral", "lateral", "parietal"}}},
  };
  return kFamilies;
}

double gamma(double linear) {
  const double value = std::clamp(linear, 0.0, 1.0);
  return value <= 0.0031308 ? 12.92 * value : 1.055 * std::pow(value, 1 / 2.4) - 0.055;
}

// Björn Ottosson, "A perceptual color space for image processing" (2020).
QColor fromOklch(double lightness, double chroma, double hueDegrees) {
  const double hue = hueDegrees * std::numbers::pi / 180;
  const double a = chroma * std::cos(hue), b = chroma * std::sin(hue);
  const auto cube = [](double value) { return value * value * value; };
  const double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
  const double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
  const double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
  return QColor::fromRgbF(static_cast<float>(gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)),
                          static_cast<float>(gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)),
                          static_cast<float>(gamma(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)));
}

}  // namespace

QColor roiColour(const std::string& roiClass, const std::string& roi) {
  const auto family = families().find(roiClass);
  if (family == families().end()) return fromOklch(0.66, 0.13, static_cast<double>(streamOf(roiClass + roi) % 360));
  const auto& rois = family->second.rois;
  const auto place = std::ranges::find(rois, roi);
  const auto index = place == rois.end() ? static_cast<double>(streamOf(roi) % rois.size())
                                         : static_cast<double>(place - rois.begin());
  const double along = rois.size() > 1 ? index / static_cast<double>(rois.size() - 1) - 0.5 : 0.0;
  // Lightness alternates, so that ROIs that follow each other differ in more than hue.
  const double lightness = 0.66 + (std::fmod(index, 2) == 0 ? 0.08 : -0.08);
  return fromOklch(lightness, 0.14, family->second.hueDegrees + along * family->second.hueSpread);
}

QString roiClassLabel(const std::string& roiClass) {
  const auto family = families().find(roiClass);
  return family == families().end() ? QString::fromStdString(roiClass) : family->second.label;
}

}  // namespace corticast
