#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "core/base/text.h"
#include "core/data/study.h"

namespace corticast::cli {
namespace {

struct Options {
  std::string dataset;
  bool isJson = false;
  bool isChecked = false;
};

size_t countOf(const std::vector<Problem>& problems, Severity severity) {
  return std::count_if(problems.begin(), problems.end(),
                       [severity](const Problem& p) { return p.severity == severity; });
}

float medianOf(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Json toJson(const HemisphereData& data) {
  Json json = Json::object();
  json["hemisphere"] = toString(data.hemisphere);
  json["vertices"] = data.vertices.size();
  json["responses"] = {{"file", data.training->path().string()},
                       {"rows", data.training->rows()},
                       {"columns", data.training->cols()},
                       {"dtype", data.training->dtype()},
                       {"bytes", data.training->byteCount()}};
  json["test_responses"] = data.test ? Json(data.test->path().string()) : Json();
  json["noise_ceiling_median"] = data.noiseCeiling.empty() ? Json() : Json(medianOf(data.noiseCeiling));
  json["rois"] = Json::array();
  for (const Roi& roi : data.rois)
    json["rois"].push_back({{"class", roi.roiClass},
                            {"name", roi.name},
                            {"label", roi.label},
                            {"vertices", roi.columns.size()},
                            {"absent", roi.isAbsent()}});
  return json;
}

Json toJson(const Problem& problem) {
  return {{"severity", toString(problem.severity)},
          {"file", problem.file},
          {"place", problem.place},
          {"reason", problem.reason},
          {"remedy", problem.remedy},
          {"left_out", problem.leftOut}};
}

Json toJson(const Study& study, bool isChecked) {
  Json json = Json::object();
  json["dataset"] = study.root.string();
  json["checked"] = isChecked;
  json["subjects"] = Json::array();
  for (const Subject& subject : study.subjects) {
    Json entry = {{"id", subject.id},
                  {"training_images", subject.trainingImages.size()},
                  {"test_images", subject.testImages.size()},
                  {"hemispheres", Json::array()}};
    for (const HemisphereData& data : subject.hemispheres) entry["hemispheres"].push_back(toJson(data));
    json["subjects"].push_back(std::move(entry));
  }
  json["errors"] = countOf(study.problems, Severity::Error);
  json["warnings"] = countOf(study.problems, Severity::Warning);
  json["problems"] = Json::array();
  for (const Problem& problem : study.problems) json["problems"].push_back(toJson(problem));
  return json;
}

/// Rows of text, the first column flush left, the others flush right.
void printTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], row[i].size());
    }
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - row[i].size(), ' ');
      line += i == 0 ? row[i] + gap : "  " + gap + row[i];
    }
    std::cout << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  }
}

template <typename Text>
std::string ofHemisphere(const Subject& subject, Hemisphere hemisphere, const Text& text) {
  const HemisphereData* data = subject.hemisphere(hemisphere);
  return data ? text(*data) : "left out";
}

void printSubjects(const Study& study) {
  std::vector<std::vector<std::string>> rows = {
      {"subject", "training", "test", "vertices lh", "vertices rh", "test responses", "median ceiling lh / rh"}};
  const auto vertices = [](const HemisphereData& data) { return thousands(data.vertices.size()); };
  const auto ceiling = [](const HemisphereData& data) {
    return data.noiseCeiling.empty() ? std::string("-") : fixed(medianOf(data.noiseCeiling), 3);
  };
  for (const Subject& subject : study.subjects) {
    const auto& sides = subject.hemispheres;
    const bool isTested =
        std::any_of(sides.begin(), sides.end(), [](const auto& data) { return data.test != nullptr; });
    const std::string left = ofHemisphere(subject, Hemisphere::Left, ceiling);
    const std::string right = ofHemisphere(subject, Hemisphere::Right, ceiling);
    rows.push_back({subject.id, thousands(subject.trainingImages.size()), thousands(subject.testImages.size()),
                    ofHemisphere(subject, Hemisphere::Left, vertices),
                    ofHemisphere(subject, Hemisphere::Right, vertices), isTested ? "yes" : "withheld",
                    left == "-" && right == "-" ? "not given" : left + " / " + right});
  }
  printTable(rows);
}

/// All classes and names of the study, in the order of the first hemisphere that knows them.
std::vector<std::pair<std::string, std::vector<std::string>>> roiNames(const Study& study) {
  std::vector<std::pair<std::string, std::vector<std::string>>> classes;
  for (const Subject& subject : study.subjects)
    for (const HemisphereData& data : subject.hemispheres)
      for (const Roi& roi : data.rois) {
        auto entry =
            std::find_if(classes.begin(), classes.end(), [&](const auto& c) { return c.first == roi.roiClass; });
        if (entry == classes.end()) entry = classes.insert(entry, {roi.roiClass, {}});
        if (std::find(entry->second.begin(), entry->second.end(), roi.name) == entry->second.end())
          entry->second.push_back(roi.name);
      }
  return classes;
}

std::string roiCell(const HemisphereData& data, const std::string& name) {
  const Roi* roi = data.roi(name);
  if (!roi) return "-";
  return roi->isAbsent() ? "absent" : thousands(roi->columns.size());
}

void printRois(const Study& study) {
  std::vector<std::vector<std::string>> rows = {{"vertices per ROI"}, {""}};
  for (const Subject& subject : study.subjects)
    for (const HemisphereData& data : subject.hemispheres) {
      rows[0].push_back(&data == &subject.hemispheres.front() ? subject.id : "");
      rows[1].push_back(toString(data.hemisphere));
    }
  for (const auto& [roiClass, names] : roiNames(study)) {
    rows.push_back({roiClass});
    for (const std::string& name : names) {
      rows.push_back({"  " + name});
      for (const Subject& subject : study.subjects)
        for (const HemisphereData& data : subject.hemispheres) rows.back().push_back(roiCell(data, name));
    }
  }
  if (rows.size() > 2) printTable(rows);
}

void printProblems(const Study& study, bool isChecked) {
  const size_t errors = countOf(study.problems, Severity::Error);
  const size_t warnings = countOf(study.problems, Severity::Warning);
  const auto counted = [](size_t count, const std::string& noun) {
    return thousands(count) + " " + noun + (count == 1 ? "" : "s");
  };
  std::cout << "Problems: "
            << (study.problems.empty() ? "none" : counted(errors, "error") + ", " + counted(warnings, "warning"))
            << (isChecked ? " (every response and picture was read)"
                          : " (values and pictures were not read: --check does)")
            << "\n";
  for (const Problem& problem : study.problems) {
    std::cout << "  " << toString(problem.severity) << ": " << problem.file << " (" << problem.place << ")\n"
              << "    " << problem.reason << "\n    remedy: " << problem.remedy << "\n";
    if (!problem.leftOut.empty()) std::cout << "    left out: " << problem.leftOut << "\n";
  }
}

int run(const Options& options, const Context& context) {
  Study study = scanStudy(options.dataset);
  if (options.isChecked) {
    ProgressReporter progress = context.progress();
    for (Problem& problem : checkStudy(study, progress)) study.problems.push_back(std::move(problem));
  }
  if (options.isJson) {
    printJson(toJson(study, options.isChecked));
  } else {
    std::cout << "Study: " << study.root.string() << "\n\n";
    if (!study.subjects.empty()) {
      printSubjects(study);
      std::cout << "\n";
      printRois(study);
      std::cout << "\n";
    }
    printProblems(study, options.isChecked);
    std::cout << std::flush;
  }
  // The same words as every other command that cannot open it.
  if (study.subjects.empty()) (void)openStudy(options.dataset);
  return kDone;
}

}  // namespace

void addInfo(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = addCommand(app, "info", "Show what a study holds, and every problem found in it",
                                 [options](const Context& context) { return run(*options, context); });
  command->add_option("DATASET", options->dataset, "Folder that holds subj01, subj02, ... (or one of them)")
      ->required();
  command->add_flag("--json", options->isJson, "Print JSON");
  command->add_flag("--check", options->isChecked, "Also read every response value and decode every picture");
}

}  // namespace corticast::cli
