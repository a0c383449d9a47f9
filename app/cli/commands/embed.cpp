#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/features/backbones.h"
#include "core/features/embed.h"
#include "core/features/embedding_source.h"
#include "core/runs/workspace.h"

namespace corticast::cli {
namespace {

struct EmbedCommand {
  std::string dataset;
  std::vector<std::string> settings;
  EmbedOptions options;
  bool isJson = false;
};

// KEY=VALUE against the backbone's described parameters.
Json parametersOf(const EmbedCommand& command) {
  Json values = Json::object();
  const std::vector<Param> params =
      command.options.backbone == kPrecomputed ? std::vector<Param>() : backbone(command.options.backbone).params;
  for (const std::string& setting : command.settings) {
    const auto equals = setting.find('=');
    const std::string key = setting.substr(0, equals);
    const auto param = std::ranges::find(params, key, &Param::id);
    std::vector<std::string> ids;
    for (const Param& one : params) ids.push_back(one.id);
    if (equals == std::string::npos || param == params.end())
      throw Error({.what = "set a parameter of " + command.options.backbone,
                   .where = setting,
                   .why = equals == std::string::npos ? "it is not KEY=VALUE" : "there is no parameter of that name",
                   .remedy = ids.empty() ? "this backbone has no parameters" : "use one of: " + join(ids, ", ")});
    values[key] = parseParam(*param, setting.substr(equals + 1));
  }
  return values;
}

Json documentOf(const Embedding& embedding) {
  const EmbeddingInfo& info = embedding.info();
  Json shards = Json::array();
  for (const EmbeddingShard& shard : info.shards) shards.push_back((info.path / shard.file).string());
  return {{"path", info.path.string()}, {"images", info.images()}, {"shape", info.shape}, {"shards", shards}};
}

// One subject: the document itself. More: the first subject's, and all of them, each with its subject.
Json documentOf(const std::vector<Embedding>& embeddings) {
  Json document = documentOf(embeddings.front());
  if (embeddings.size() == 1) return document;
  Json all = Json::array();
  for (const Embedding& embedding : embeddings) {
    all.push_back(documentOf(embedding));
    all.back()["subject"] = embedding.info().subject;
  }
  document["embeddings"] = all;
  return document;
}

int embed(const EmbedCommand& command, const Context& context) {
  EmbedOptions options = command.options;
  options.parameters = parametersOf(command);
  options.workspace = std::filesystem::absolute(options.workspace).lexically_normal();
  (void)Workspace::openOrCreate(options.workspace);  // so that `train` finds it one
  const Study study = openStudy(command.dataset);
  for (const Problem& problem : study.problems) say(toLine(problem));
  ProgressReporter progress = context.progress();
  const std::vector<Embedding> embeddings = embedStudy(study, options, progress);
  if (command.isJson) {
    printJson(documentOf(embeddings));
    return kDone;
  }
  for (const Embedding& embedding : embeddings) std::cout << embedding.info().path.string() << std::endl;
  return kDone;
}

}  // namespace

void addEmbed(CLI::App& app) {
  auto command = std::make_shared<EmbedCommand>();
  CLI::App* embedApp = addCommand(app, "embed", "Turn a study's pictures into embeddings, or find them made already",
                                  [command](const Context& context) { return embed(*command, context); });
  EmbedOptions& options = command->options;
  embedApp->add_option("dataset", command->dataset, "Study folder")->required();
  embedApp
      ->add_option("--backbone", options.backbone,
                   "One of those that `backbones` lists, or precomputed for an array made elsewhere")
      ->required();
  embedApp->add_option("--layer", options.layer, "Layer of the backbone (default: its first)");
  embedApp->add_option("--weights", options.weights,
                       "Weights file; precomputed: .npy or HDF5 array [training pictures x ...] in name order; "
                       "{subject} stands for the subject's id");
  embedApp->add_option("--test-weights", options.testWeights, "Precomputed: the same for the test pictures");
  embedApp->add_option("--workspace", options.workspace, "Workspace folder")->required();
  embedApp->add_option("--subject", options.subjects, "Only this subject (may be repeated)")->allow_extra_args(false);
  embedApp->add_option("--set", command->settings, "KEY=VALUE: a parameter of the backbone (may be repeated)")
      ->allow_extra_args(false);
  embedApp->add_option("--threads", options.threads, "Threads that decode pictures (default: all)");
  embedApp->add_option("--shard-images", options.shardImages, "Pictures per file of the store")
      ->check(CLI::Range(1, 100000));
  embedApp->add_flag("--json", command->isJson, "Print {path, images, shape, shards} as JSON");
}

}  // namespace corticast::cli
