#include <algorithm>
#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/features/backbones.h"
#include "core/features/embed.h"
#include "core/features/embedding_source.h"
#include "core/runs/embed_job.h"
#include "core/runs/workspace.h"

namespace corticast::cli {
namespace {

struct EmbedCommand {
  std::string dataset;
  std::vector<std::string> settings;
  std::vector<std::string> splitSettings;
  EmbedOptions options;
  bool isJson = false;
};

// KEY=VALUE against described parameters; `owner` is what they belong to, in words.
Json valuesOf(const std::vector<std::string>& settings, const std::vector<Param>& params, const std::string& owner) {
  Json values = Json::object();
  for (const std::string& setting : settings) {
    const auto equals = setting.find('=');
    const std::string key = setting.substr(0, equals);
    const auto param = std::ranges::find(params, key, &Param::id);
    std::vector<std::string> ids;
    for (const Param& one : params) ids.push_back(one.id);
    if (equals == std::string::npos || param == params.end())
      throw Error({.what = "set a parameter of " + owner,
                   .where = setting,
                   .why = equals == std::string::npos ? "it is not KEY=VALUE" : "there is no parameter of that name",
                   .remedy = ids.empty() ? owner + " has no parameters" : "use one of: " + join(ids, ", ")});
    values[key] = parseParam(*param, setting.substr(equals + 1));
  }
  return values;
}

Json documentOf(const Embedding& embedding) {
  const EmbeddingInfo& info = embedding.info();
  Json shards = Json::array();
  for (const EmbeddingShard& shard : info.shards) shards.push_back((info.path / shard.file).string());
  return {{"path", info.path.string()}, {"images", info.images()}, {"shape", info.shape},
          {"dtype", info.form.dtype},   {"shards", shards},        {"skipped", info.skipped}};
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

// Names and meanings are those of the form in the window.
void addFormOptions(CLI::App& app, StoredForm& form) {
  const std::vector<Param> params = StoredForm::fields().params();
  const auto help = [&](const std::string& id) { return std::ranges::find(params, id, &Param::id)->help; };
  app.add_option("--dtype", form.dtype, help("dtype"))->check(CLI::IsMember({"float32", "float16"}));
  app.add_option("--pool", form.pool, help("pool"))->check(CLI::IsMember({"none", "mean", "max"}));
  app.add_option("--grid", form.grid, help("grid"))->check(CLI::Range(1, 256));
  app.add_option("--pca", form.pca, help("pca"))->check(CLI::Range(0, 4096));
  app.add_option("--pca-pictures", form.pcaPictures, help("pcaPictures"))->check(CLI::Range(0, 1000000));
}

int embed(const EmbedCommand& command, const Context& context) {
  EmbedOptions options = command.options;
  options.parameters = valuesOf(
      command.settings, options.backbone == kPrecomputed ? std::vector<Param>() : backbone(options.backbone).params,
      options.backbone);
  options.pcaSplit = SplitConfig::fields().fromJson(
      valuesOf(command.splitSettings, SplitConfig::fields().params(), "the split"), "--split");
  const Device device = embedDevice(options);
  if (options.backbone != kPrecomputed && backbone(options.backbone).usesDevices) say("device: " + device.reason);
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
  for (const Embedding& embedding : embeddings) {
    const auto& skipped = embedding.info().skipped;
    if (!skipped.empty())
      say(embedding.info().subject + ": skipped " + thousands(skipped.size()) +
          " broken pictures: " + join(skipped, ", "));
  }
  for (const Embedding& embedding : embeddings) std::cout << embedding.info().path.string() << std::endl;
  return kDone;
}

int workOn(const std::string& job, const Context& context) {
  switch (workOnEmbedding(std::filesystem::absolute(job).lexically_normal(), context.stop)) {
    case EmbedStatus::Done:
      return kDone;
    case EmbedStatus::Paused:
      return kCheckpointed;
    default:
      return kFailed;
  }
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
  addFormOptions(*embedApp, options.form);
  embedApp
      ->add_option("--split", command->splitSettings,
                   "KEY=VALUE of the split on whose training side --pca is fitted, as a plan's split. "
                   "(may be repeated)")
      ->allow_extra_args(false);
  embedApp->add_flag("--skip-broken", options.skipBroken,
                     "Leave out pictures that cannot be decoded; models are trained without them");
  embedApp->add_option("--device", options.device,
                       "auto, cpu, cuda, cuda:N: what networks are computed on (default: auto)");
  embedApp->add_option("--threads", options.threads, "Threads that decode pictures (default: all)");
  embedApp->add_option("--shard-images", options.shardImages, "Pictures per file of the store")
      ->check(CLI::Range(1, 100000));
  auto job = std::make_shared<std::string>();
  addCommand(app, "embed-work", "Work on an extraction that the workbench asked for; goes on where it ended",
             [job](const Context& context) { return workOn(*job, context); })
      ->add_option("job", *job, "The extraction's folder (<workspace>/embed-jobs/<id>)")
      ->required();
  embedApp->add_flag("--json", command->isJson, "Print {path, images, shape, dtype, shards, skipped} as JSON");
}

}  // namespace corticast::cli
