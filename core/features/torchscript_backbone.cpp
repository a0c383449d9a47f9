#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/python/update_graph_executor_opt.h>
#include <torch/csrc/jit/serialization/import.h>

#include "core/base/error.h"
#include "core/features/backbones.h"
#include "core/features/internal/network_backbone.h"
#include "core/features/internal/weights.h"

namespace corticast {
namespace {

struct Config {
  bool trustCode = false;
  int side = 224;
  std::string fit = "stretch";
  int shorterSide = 256;
  std::string filter = "bilinear";
  std::string normalisation = "imagenet";

  static Fields<Config> fields() {
    Fields<Config> f;
    f.boolean("trustCode", "I trust this file: it is a program", &Config::trustCode)
        .help(
            "A TorchScript file holds code, which runs with all your rights: it can read, change and delete your "
            "files. Only use one that you made yourself or whose maker you trust.");
    f.integer("side", "Side of the input", &Config::side).range(8, 4096).unit("pixels");
    f.choice("fit", "Fitting of pictures", &Config::fit)
        .choice("stretch", "Stretched to a square")
        .choice("crop", "Shorter side resized, centre cut out")
        .choice("pad", "Longer side resized, zeros added");
    f.integer("shorterSide", "Shorter side before the cut", &Config::shorterSide)
        .range(8, 4096)
        .unit("pixels")
        .relevantIf("fit", {"crop"});
    f.choice("filter", "Filter of the resizing", &Config::filter)
        .choice("bilinear", "Bilinear")
        .choice("bicubic", "Bicubic");
    f.choice("normalisation", "Normalisation", &Config::normalisation)
        .choice("imagenet", "ImageNet", "Mean and standard deviation of ImageNet's pictures.")
        .choice("clip", "CLIP")
        .choice("half", "-1 to 1")
        .choice("none", "0 to 1");
    return f;
  }
};

Preprocessing preprocessingOf(const Config& config) {
  Preprocessing how{.side = config.side, .shorterSide = config.shorterSide};
  if (config.fit == "crop") how.fit = Preprocessing::Fit::CentreCrop;
  if (config.fit == "pad") how.fit = Preprocessing::Fit::Pad;
  if (config.filter == "bicubic") how.filter = ResizeFilter::Bicubic;
  if (config.normalisation == "clip") {
    how.mean = {0.48145466F, 0.4578275F, 0.40821073F};
    how.deviation = {0.26862954F, 0.26130258F, 0.27577711F};
  } else if (config.normalisation == "half") {
    how.mean = how.deviation = {0.5F, 0.5F, 0.5F};
  } else if (config.normalisation == "none") {
    how.mean = {0, 0, 0};
    how.deviation = {1, 1, 1};
  }
  return how;
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why, const std::string& remedy) {
  throw Error({.what = "use a TorchScript file", .where = path.string(), .why = why, .remedy = remedy});
}

/// While it lives, this thread runs a module as it is written. Otherwise torch compiles new kernels for a CUDA device,
/// of an accuracy of their own, and again for each size of batch.
class AsWritten {
 public:
  explicit AsWritten(bool isAsked) : m_before(torch::jit::getGraphExecutorOptimize()) {
    if (isAsked) torch::jit::setGraphExecutorOptimize(false);
  }
  ~AsWritten() { torch::jit::setGraphExecutorOptimize(m_before); }
  AsWritten(const AsWritten&) = delete;
  AsWritten& operator=(const AsWritten&) = delete;

 private:
  bool m_before;
};

class ScriptedNetwork : public VisionNetwork {
 public:
  ScriptedNetwork(const std::filesystem::path& path, c10::Device device) : m_path(path), m_device(device) {
    try {
      // Constants too, which Module::to would leave where they are.
      m_module = torch::jit::load(path.string(), m_device);
      m_module.eval();
    } catch (const c10::OutOfMemoryError&) {
      throw;
    } catch (const std::exception& failure) {
      fail(path, firstLine(failure.what()), "save the module with torch.jit.script or torch.jit.trace and .save()");
    }
  }

  [[nodiscard]] at::Tensor activity(const at::Tensor& pixels, const std::string&) const override {
    c10::IValue result;
    try {
      const AsWritten guard(m_device.is_cuda());
      result = const_cast<torch::jit::Module&>(m_module).forward({pixels});
    } catch (const std::exception& failure) {
      const std::string text = failure.what();
      // The interpreter makes a plain error of any.
      TORCH_CHECK_WITH(OutOfMemoryError, text.find("CUDA out of memory") == std::string::npos, text);
      fail(m_path, firstLine(text),
           std::string("choose the side and fitting of pictures that it was made for") +
               (m_device.is_cuda() ? ", or use the device cpu" : ""));
    }
    if (!result.isTensor() || result.toTensor().dim() < 2 || result.toTensor().size(0) != pixels.size(0))
      fail(m_path, "it does not return one tensor [pictures x ...]", "wrap the network so that it returns the layer");
    return result.toTensor();
  }

 private:
  static std::string firstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

  std::filesystem::path m_path;
  c10::Device m_device;
  torch::jit::Module m_module;
};

std::unique_ptr<Backbone> make(const BackboneSetup& setup) {
  const Config config = Config::fields().fromJson(setup.parameters, "parameters of torchscript");
  if (!config.trustCode)
    fail(setup.weights, "a TorchScript file is a program, and nobody has said that this one is trusted",
         "set trustCode=true if you made it yourself or trust its maker: it will run with all your rights");
  const Preprocessing preprocessing = preprocessingOf(config);
  if (preprocessing.fit == Preprocessing::Fit::CentreCrop && config.shorterSide < config.side)
    fail(setup.weights, "the side to cut out is longer than the shorter side of the picture", "raise shorterSide");
  const c10::Device device(setup.device.id());
  std::unique_ptr<VisionNetwork> network;
  std::vector<size_t> shape;
  onDevice(setup.device, "try a TorchScript file", networkRemedies(setup.device), [&] {
    network = std::make_unique<ScriptedNetwork>(setup.weights, device);
    const c10::InferenceMode guard;
    const at::Tensor blank = network->activity(at::zeros({1, 3, config.side, config.side}, device), setup.layer);
    for (const int64_t extent : blank.sizes().slice(1)) shape.push_back(static_cast<size_t>(extent));
  });
  return makeNetworkBackbone({.network = std::move(network),
                              .preprocessing = preprocessing,
                              .layer = setup.layer,
                              .shape = shape,
                              .threads = setup.threads,
                              .device = setup.device});
}

}  // namespace

BackboneInfo torchscriptBackbone() {
  return {.id = "torchscript",
          .label = "Own network (TorchScript)",
          .help =
              "Any network that takes pictures [n x 3 x side x side] and returns one tensor, saved by torch.jit. "
              "The file is a program and runs with all your rights: only use one whose maker you trust.",
          .weights = "a TorchScript file that you trust",
          .layers = {{.id = "output", .label = "What the network returns"}},
          .params = Config::fields().params(),
          .usesDevices = true,
          .make = make};
}

}  // namespace corticast
