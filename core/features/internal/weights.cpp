#include "core/features/internal/weights.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {
namespace {

constexpr size_t kNamedAtMost = 3;

/// What of a file makes up one tensor of the network.
struct Pieces {
  std::vector<std::string> names;
  bool isTransposed = false;
};

Pieces piecesOf(const NamingScheme& scheme, const std::string& prefix, std::string name) {
  for (const NamingScheme::Rule& rule : scheme.rules) {
    const bool isAtStart = rule.from.starts_with('^');
    const std::string from = rule.from.substr(isAtStart ? 1 : 0);
    const size_t at = name.find(from);
    if (at != std::string::npos && (at == 0 || !isAtStart)) name.replace(at, from.size(), rule.to);
  }
  Pieces pieces;
  if (name.ends_with("^T")) {
    pieces.isTransposed = true;
    name.resize(name.size() - 2);
  }
  const size_t open = name.find('{'), close = name.find('}');
  if (open == std::string::npos) {
    pieces.names = {prefix + name};
    return pieces;
  }
  for (const std::string& each : split(std::string_view(name).substr(open + 1, close - open - 1), ','))
    pieces.names.push_back(prefix + name.substr(0, open) + each + name.substr(close + 1));
  return pieces;
}

using Index = std::unordered_map<std::string, const TensorEntry*>;

Index indexOf(const TensorFile& file) {
  Index index;
  for (const TensorEntry& entry : file.entries()) index.emplace(entry.name, &entry);
  return index;
}

std::string shapeText(const std::vector<int64_t>& shape) {
  std::vector<std::string> parts;
  for (const int64_t extent : shape) parts.push_back(std::to_string(extent));
  return parts.empty() ? "one number" : join(parts, " x ");
}

/// "a, b, c and 12 more"
std::string firstFew(const std::vector<std::string>& all) {
  std::vector<std::string> few(all.begin(),
                               all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kNamedAtMost)));
  const std::string text = join(few, ", ");
  return all.size() <= kNamedAtMost ? text : text + " and " + thousands(all.size() - kNamedAtMost) + " more";
}

/// The shape that the pieces have together; empty when one is missing or they do not fit one another.
std::vector<int64_t> shapeOf(const Pieces& pieces, const Index& index) {
  std::vector<int64_t> shape;
  for (const std::string& name : pieces.names) {
    std::vector<int64_t> part = index.at(name)->shape;
    if (pieces.isTransposed) std::ranges::reverse(part);
    if (shape.empty())
      shape = part;
    else if (!part.empty() && std::equal(part.begin() + 1, part.end(), shape.begin() + 1, shape.end()))
      shape[0] += part[0];
    else
      return {};
  }
  return shape;
}

/// How well a file fits one reading of its names.
struct Fit {
  NamingScheme scheme;
  std::string prefix;
  std::vector<std::string> missing;
  std::vector<std::string> unlike;  ///< "conv1.weight (768 x 3 x 16 x 16 instead of 768 x 3 x 32 x 32)"
};

Fit fitOf(const NamingScheme& scheme, const std::string& prefix, const std::vector<WantedTensor>& wanted,
          const Index& index) {
  Fit fit{.scheme = scheme, .prefix = prefix, .missing = {}, .unlike = {}};
  for (const WantedTensor& tensor : wanted) {
    const Pieces pieces = piecesOf(scheme, prefix, tensor.name);
    bool isComplete = true;
    for (const std::string& name : pieces.names)
      if (!index.contains(name)) {
        fit.missing.push_back(name);
        isComplete = false;
      }
    if (!isComplete) continue;
    const std::vector<int64_t> shape = shapeOf(pieces, index);
    if (shape != tensor.shape)
      fit.unlike.push_back(pieces.names.front() + " (" + shapeText(shape) + " instead of " + shapeText(tensor.shape) +
                           ")");
  }
  return fit;
}

/// What stands in front of the first wanted tensor's name in the file, for each tensor that ends so.
std::vector<std::string> prefixesFor(const NamingScheme& scheme, const WantedTensor& first, const TensorFile& file) {
  const std::string probe = piecesOf(scheme, "", first.name).names.front();
  std::vector<std::string> prefixes = {""};
  for (const TensorEntry& entry : file.entries())
    if (entry.name.ends_with("." + probe)) prefixes.push_back(entry.name.substr(0, entry.name.size() - probe.size()));
  return prefixes;
}

Fit bestFit(const std::vector<NamingScheme>& schemes, const std::vector<WantedTensor>& wanted, const TensorFile& file) {
  const Index index = indexOf(file);
  std::vector<Fit> fits;
  for (const NamingScheme& scheme : schemes)
    for (const std::string& prefix : prefixesFor(scheme, wanted.front(), file))
      fits.push_back(fitOf(scheme, prefix, wanted, index));
  return *std::ranges::min_element(fits, [](const Fit& a, const Fit& b) {
    return std::pair(a.missing.size(), a.unlike.size()) < std::pair(b.missing.size(), b.unlike.size());
  });
}

std::string foundInstead(const TensorFile& file) {
  std::vector<std::string> names;
  for (const TensorEntry& entry : file.entries()) names.push_back(entry.name);
  return names.empty() ? "it holds no tensor" : "it holds " + firstFew(names);
}

at::ScalarType scalarType(TensorType type) {
  static const std::map<TensorType, at::ScalarType> kTypes = {
      {TensorType::Float16, at::kHalf},   {TensorType::BFloat16, at::kBFloat16}, {TensorType::Float32, at::kFloat},
      {TensorType::Float64, at::kDouble}, {TensorType::Int64, at::kLong},        {TensorType::Int32, at::kInt},
      {TensorType::Int16, at::kShort},    {TensorType::Int8, at::kChar},         {TensorType::UInt8, at::kByte},
      {TensorType::Bool, at::kBool}};
  const auto found = kTypes.find(type);
  return found == kTypes.end() ? at::kFloat : found->second;
}

at::Tensor floatTensor(NamedTensor tensor) {
  return at::from_blob(tensor.data.data(), tensor.shape, at::TensorOptions(scalarType(tensor.type)))
      .to(at::kFloat, false, true);
}

}  // namespace

FileWeights::FileWeights(const std::filesystem::path& path, const std::string& network,
                         const std::vector<WantedTensor>& wanted, const std::vector<NamingScheme>& schemes,
                         const Device& device)
    : m_path(path), m_file(openTensorFile(path)), m_device(device.id()) {
  Fit fit = bestFit(schemes, wanted, *m_file);
  const bool isAnother = 2 * fit.missing.size() > wanted.size();
  std::vector<std::string> faults;
  if (!fit.missing.empty()) faults.push_back("it lacks " + firstFew(fit.missing));
  if (!fit.unlike.empty()) faults.push_back("unlike in shape: " + firstFew(fit.unlike));
  if (isAnother) faults.push_back(foundInstead(*m_file));
  if (!faults.empty())
    throw Error({.what = "read weights of " + network,
                 .where = path.string(),
                 .why = join(faults, "; "),
                 .remedy = fit.missing.empty() || isAnother ? "choose the file published for this very network"
                                                            : "get the file again, whole, from where it is published"});
  m_scheme = std::move(fit.scheme);
  m_prefix = std::move(fit.prefix);
}

at::Tensor FileWeights::take(const std::string& name, const std::vector<int64_t>&) {
  const Pieces pieces = piecesOf(m_scheme, m_prefix, name);
  std::vector<at::Tensor> parts;
  for (const std::string& each : pieces.names) parts.push_back(floatTensor(m_file->read(each)));
  const at::Tensor whole = parts.size() == 1 ? parts.front() : at::cat(parts);
  return (pieces.isTransposed ? whole.t().contiguous() : whole).to(m_device);
}

}  // namespace corticast
