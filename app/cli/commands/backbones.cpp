#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "core/base/text.h"
#include "core/features/backbones.h"

namespace corticast::cli {
namespace {

Json documentOf(const BackboneInfo& info) {
  Json layers = Json::array(), params = Json::array(), published = Json::array();
  for (const BackboneLayer& layer : info.layers)
    layers.push_back({{"id", layer.id}, {"label", layer.label}, {"shape", layer.shape}});
  for (const Param& param : info.params) params.push_back(toJson(param));
  for (const PublishedWeights& weights : info.published)
    published.push_back({{"file", weights.file},
                         {"publisher", weights.publisher},
                         {"url", weights.url},
                         {"bytes", weights.bytes},
                         {"sha256", weights.sha256}});
  return {{"id", info.id},          {"label", info.label}, {"help", info.help},   {"weights", info.weights},
          {"published", published}, {"layers", layers},    {"parameters", params}};
}

std::string shapeText(const BackboneLayer& layer) {
  if (layer.shape.empty()) return "as its parameters say";
  std::vector<std::string> parts;
  for (const size_t extent : layer.shape) parts.push_back(std::to_string(extent));
  return join(parts, " x ");
}

void print(const BackboneInfo& info) {
  std::cout << info.id << "\n  " << info.label << ". " << info.help << "\n";
  if (!info.weights.empty()) std::cout << "  Weights: " << info.weights << "\n";
  for (const PublishedWeights& weights : info.published) {
    std::cout << "    " << weights.publisher << ": " << weights.url;
    if (weights.bytes != 0) std::cout << ", " << byteSize(weights.bytes);
    if (!weights.sha256.empty()) std::cout << ", SHA-256 " << weights.sha256;
    std::cout << "\n";
  }
  size_t width = 0;
  for (const BackboneLayer& layer : info.layers) width = std::max(width, layer.id.size());
  for (const BackboneLayer& layer : info.layers)
    std::cout << "    " << layer.id << std::string(width + 2 - layer.id.size(), ' ') << layer.label << ": "
              << shapeText(layer) << "\n";
}

}  // namespace

void addBackbones(CLI::App& app) {
  auto isJson = std::make_shared<bool>(false);
  CLI::App* command =
      addCommand(app, "backbones", "List what can turn pictures into embeddings: layers, shapes, weights",
                 [isJson](const Context&) {
                   Json list = Json::array();
                   for (const BackboneInfo& info : backbones()) list.push_back(documentOf(info));
                   if (*isJson)
                     printJson(list);
                   else
                     for (const BackboneInfo& info : backbones()) print(info);
                   return kDone;
                 });
  command->add_flag("--json", *isJson, "Print them as JSON, with all parameters");
}

}  // namespace corticast::cli
