#include "core/features/backbones.h"
#include "core/features/gabor.h"

namespace corticast {
namespace {

class GaborBackbone : public Backbone {
 public:
  explicit GaborBackbone(const BackboneSetup& setup)
      : m_pyramid(GaborConfig::fields().fromJson(setup.parameters, "parameters of gabor")), m_threads(setup.threads) {}

  [[nodiscard]] std::vector<size_t> shape() const override { return {m_pyramid.featureCount()}; }
  [[nodiscard]] Matrix<float> embed(std::span<const Image> pictures) override {
    return m_pyramid.embed(pictures, m_threads);
  }

 private:
  GaborPyramid m_pyramid;
  unsigned m_threads;
};

}  // namespace

BackboneInfo gaborBackbone() {
  return {.id = "gabor",
          .label = "Gabor pyramid",
          .help =
              "Local contrast energy by frequency, orientation and place, with colour: the standard model of early "
              "vision. Needs no weights; over 100 pictures per second and core.",
          .weights = "",
          .layers = {{.id = "energy", .label = "Contrast energy"}},
          .params = GaborConfig::fields().params(),
          .make = [](const BackboneSetup& setup) { return std::make_unique<GaborBackbone>(setup); }};
}

}  // namespace corticast
