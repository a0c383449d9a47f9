#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/base/params.h"
#include "core/formats/image.h"
#include "core/linalg/device.h"

namespace corticast {

/// A place in a backbone whose activity can serve as embedding.
struct BackboneLayer {
  std::string id;  ///< file-name safe: letters, digits, '.', '_'
  std::string label;
  std::vector<size_t> shape = {};  ///< of one picture's embedding; {} where it depends on the parameters
};

/// A file of weights as its makers publish it.
struct PublishedWeights {
  std::string file;         ///< "ViT-B-32.pt"
  std::string publisher;    ///< "OpenAI"
  std::string url;          ///< where it can be downloaded
  uint64_t bytes = 0;       ///< 0 = not known here
  std::string sha256 = {};  ///< "" = not known here
};

/// A tensor that a network reads from its file of weights.
struct WantedTensor {
  std::string name;  ///< its first publisher's
  std::vector<int64_t> shape;
};

/// What a backbone is made from.
struct BackboneSetup {
  std::string layer;                   ///< an id of BackboneInfo::layers
  Json parameters = Json::object();    ///< of BackboneInfo::params; missing ones keep their defaults
  std::filesystem::path weights = {};  ///< "" for backbones without weights
  unsigned threads = 0;                ///< 0 = all there are
  Device device = {};                  ///< where it computes, if BackboneInfo::usesDevices; pictures come from the CPU
};

/// Turns pictures into embeddings; made ready once, then fed batch by batch from one thread.
class Backbone {
 public:
  virtual ~Backbone() = default;
  /// Of one picture's embedding: {1368} for a feature vector, {256, 64, 64} for maps.
  [[nodiscard]] virtual std::vector<size_t> shape() const = 0;
  /// [pictures x product of shape()]. A picture's row must not depend on the others of its batch, beyond rounding.
  [[nodiscard]] virtual Matrix<float> embed(std::span<const Image> pictures) = 0;
  /// How many are best given at once: more are no faster, and progress is told and Cancel heard between two calls.
  [[nodiscard]] virtual size_t picturesAtOnce() const { return 16; }
};

/// A backbone's entry in the catalogue (backbones.h): all that a form, the command line and the store need.
struct BackboneInfo {
  std::string id;     ///< file-name safe
  std::string label;  ///< "Gabor pyramid"
  std::string help;
  std::string weights;                           ///< what file of weights it needs, in words; "" = none
  std::vector<PublishedWeights> published = {};  ///< files that fit
  std::vector<BackboneLayer> layers;             ///< the first is the default
  std::vector<Param> params;
  bool usesDevices = false;  ///< may compute on a CUDA device; else it takes the CPU whatever it is told
  std::function<std::vector<WantedTensor>()> tensors = {};  ///< of its weights; empty where any file may do, or none
  std::function<std::unique_ptr<Backbone>(const BackboneSetup&)> make;  ///< throws Error when the setup does not fit

  /// The layer of that id, the default for "". Throws Error naming the layers there are.
  [[nodiscard]] const BackboneLayer& layer(const std::string& layerId) const;
  /// The published file of that hash; null for any other. A user's own file may fit as well.
  [[nodiscard]] const PublishedWeights* publishedOf(const std::string& sha256) const;
};

}  // namespace corticast
