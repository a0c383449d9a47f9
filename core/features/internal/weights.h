#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/features/backbone.h"
#include "core/formats/tensor_file.h"
#include "core/linalg/torch_scope.h"

namespace corticast {

/// What a person can do when a network fails there.
[[nodiscard]] inline TorchRemedies networkRemedies(const Device& device) {
  const bool isCpu = device.kind == DeviceKind::Cpu;
  return {.whenFull = "end other programs that use the device, or use the device cpu",
          .otherwise = isCpu ? "check that there is enough memory; report this if it happens again"
                             : "try again; if it fails again, use the device cpu"};
}

/// Where a network takes its weights from, while it is made.
class Weights {
 public:
  virtual ~Weights() = default;
  /// float32, exactly of that shape, on the network's device. An undefined tensor while the network is only asked what
  /// it needs (loadNetwork).
  [[nodiscard]] virtual at::Tensor take(const std::string& name, const std::vector<int64_t>& shape) = 0;
};

/// How one publisher names the tensors of an architecture, told from the names that our network uses: every rule's
/// `from` becomes its `to` where it stands in a name (at the name's start only when it begins with '^'). In `to`,
/// {q,k,v} means as many tensors, joined along their rows; a name that ends in ^T is of a matrix stored transposed.
struct NamingScheme {
  struct Rule {
    std::string from;
    std::string to;
  };
  std::string publisher;  ///< "Hugging Face"
  std::vector<Rule> rules;
};

/// Notes what is asked for.
class WantedWeights : public Weights {
 public:
  at::Tensor take(const std::string& name, const std::vector<int64_t>& shape) override {
    m_wanted.push_back({name, shape});
    return {};
  }
  [[nodiscard]] const std::vector<WantedTensor>& wanted() const { return m_wanted; }

 private:
  std::vector<WantedTensor> m_wanted;
};

/// The weights in a file, under whichever scheme and prefix ("module.", "state_dict.", "visual.") fits it best. Each is
/// sent to the device as it is read.
class FileWeights : public Weights {
 public:
  /// Throws Error when the file cannot be read, or lacks tensors or has them in another shape; names the first few.
  /// `network` says whose weights these should be.
  FileWeights(const std::filesystem::path& path, const std::string& network, const std::vector<WantedTensor>& wanted,
              const std::vector<NamingScheme>& schemes, const Device& device);

  at::Tensor take(const std::string& name, const std::vector<int64_t>& shape) override;

 private:
  std::filesystem::path m_path;
  std::unique_ptr<TensorFile> m_file;
  NamingScheme m_scheme;
  std::string m_prefix;
  c10::Device m_device;
};

/// What a Network(config, Weights&) needs.
template <typename Network, typename Config>
[[nodiscard]] std::vector<WantedTensor> wantedBy(const Config& config) {
  WantedWeights wanted;
  const Network asking(config, wanted);
  return wanted.wanted();
}

/// A Network(config, Weights&) with the weights of a file, on a device. Throws Error also when its memory does not
/// suffice.
template <typename Network, typename Config>
[[nodiscard]] std::unique_ptr<Network> loadNetwork(const Config& config, const std::filesystem::path& path,
                                                   const std::string& label, const Device& device = {}) {
  FileWeights weights(path, label, wantedBy<Network>(config), Network::namingSchemes(), device);
  return onDevice(device, "load weights of " + label, networkRemedies(device),
                  [&] { return std::make_unique<Network>(config, weights); });
}

}  // namespace corticast
