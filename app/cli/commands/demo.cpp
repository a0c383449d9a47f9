#include "core/demo/demo_study.h"

#include "app/cli/command.h"

namespace corticast::cli {

namespace {

struct Options {
  std::string folder;
  std::string surface = "fsaverage5";
  DemoOptions demo;
};

int run(Options options, const Context& context) {
  options.demo.level = parseSurfaceLevel(options.surface, "--surface");
  ProgressReporter progress = context.progress();
  makeDemoStudy(options.folder, options.demo, progress);
  say("demo study: " + options.folder);
  return kDone;
}

}  // namespace

void addDemo(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = addCommand(app, "demo", "Make a demo study: drawn pictures, planted responses, and their truth",
                                 [options](const Context& context) { return run(*options, context); });
  command->add_option("DIR", options->folder, "Folder to make; it must be new, empty, or this very study")->required();
  command->add_option("--surface", options->surface, "Template of the vertices")
      ->check(CLI::IsMember({"fsaverage5", "fsaverage"}))
      ->capture_default_str();
  command->add_option("--subjects", options->demo.subjects, "Subjects, 1 to 8")->capture_default_str();
  command->add_option("--images", options->demo.images, "Training pictures per subject, 20 to 9841")
      ->capture_default_str();
  command->add_option("--test-images", options->demo.testImages, "Test pictures per subject, 2 to 500")
      ->capture_default_str();
  command->add_option("--seed", options->demo.seed, "Another seed makes another study")->capture_default_str();
}

}  // namespace corticast::cli
