#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "app/cli/bench/bench.h"
#include "app/cli/bench/scratch_folder.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/study.h"
#include "core/formats/image.h"
#include "core/formats/label_map.h"
#include "core/formats/npy.h"

namespace corticast::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string dataset;
  size_t images = 9841;
  size_t leftVertices = 19004;
  size_t rightVertices = 20544;
  std::string folder;
};

// Responses of the right shape without blocks on disk: what is read of the hole is 0.
void writeSparse(const fs::path& path, size_t rows, size_t columns) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                       std::to_string(columns) + "), }";
  header.resize(117, ' ');
  std::string start = "\x93NUMPY";
  start += {1, 0, 118, 0};
  std::ofstream(path, std::ios::binary) << start << header << '\n';
  fs::resize_file(path, start.size() + 118 + rows * columns * sizeof(float));
}

void writePictures(const fs::path& folder, const std::string& prefix, size_t count) {
  fs::create_directories(folder);
  const std::string png = encodePng({1, 1, {128, 128, 128}});
  for (size_t i = 0; i < count; ++i) {
    char name[64];
    std::snprintf(name, sizeof(name), "%s-%04zu_nsd-%05zu.png", prefix.c_str(), i + 1, i * 7);
    std::ofstream(folder / name, std::ios::binary) << png;
  }
}

void writeMasks(const fs::path& folder, Hemisphere hemisphere, size_t columns) {
  const std::string side = toString(hemisphere);
  const size_t step = kFsaverageVertices / columns;
  std::vector<int64_t> all(kFsaverageVertices), labels(columns);
  for (size_t j = 0; j < columns; ++j) all[j * step] = 1;
  writeNpy<int64_t>(folder / (side + ".all-vertices_fsaverage_space.npy"), all, {all.size()});
  for (const std::string_view roiClass : kRoiClasses) {
    const std::string stem = side + "." + std::string(roiClass);
    for (size_t j = 0; j < columns; ++j) all[j * step] = labels[j] = static_cast<int64_t>(j * 6 / columns);
    writeNpy<int64_t>(folder / (stem + "_challenge_space.npy"), labels, {columns});
    writeNpy<int64_t>(folder / (stem + "_fsaverage_space.npy"), all, {all.size()});
  }
}

void writeStudy(const fs::path& root, const Options& options) {
  const fs::path subject = root / "subj01";
  writePictures(subject / "training_split/training_images", "train", options.images);
  writePictures(subject / "test_split/test_images", "test", 159);
  fs::create_directories(subject / "roi_masks");
  fs::create_directories(subject / "training_split/training_fmri");
  for (const std::string_view roiClass : kRoiClasses) {
    std::map<int64_t, std::string> names = {{0, "Unknown"}};
    for (int label = 1; label <= 5; ++label) names[label] = std::string(roiClass) + "-" + std::to_string(label);
    writeLabelMap(subject / "roi_masks" / ("mapping_" + std::string(roiClass) + ".npy"), names);
  }
  for (const auto& [side, columns] :
       {std::pair{Hemisphere::Left, options.leftVertices}, std::pair{Hemisphere::Right, options.rightVertices}}) {
    writeMasks(subject / "roi_masks", side, columns);
    writeSparse(subject / "training_split/training_fmri" / (toString(side) + "_training_fmri.npy"), options.images,
                columns);
  }
}

// Resident memory of this process in bytes; 0 where the system does not tell.
uint64_t residentBytes() {
  std::ifstream file("/proc/self/statm");
  uint64_t total = 0;
  uint64_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

Json sizeOfStudy(const Study& study) {
  size_t images = 0;
  size_t vertices = 0;
  uint64_t bytes = 0;
  for (const Subject& subject : study.subjects) {
    images += subject.trainingImages.size();
    for (const HemisphereData& data : subject.hemispheres) {
      vertices += data.vertices.size();
      bytes += data.training->byteCount();
    }
  }
  return {{"subjects", study.subjects.size()}, {"images", images}, {"vertices", vertices}, {"response_bytes", bytes}};
}

// All training pictures of a block of scattered columns, as a trainer asks for them: with the pages mapped, and after
// they were given back.
std::vector<BenchRow> benchGather(const Responses& responses) {
  std::vector<BenchRow> rows;
  std::vector<uint32_t> images(responses.rows());
  std::iota(images.begin(), images.end(), 0U);
  Philox(1).shuffle(std::span(images));
  images.resize(std::max<size_t>(1, images.size() * 9 / 10));
  for (const size_t count : {size_t{64}, size_t{192}}) {
    std::vector<uint32_t> columns(count);
    for (size_t j = 0; j < count; ++j) columns[j] = static_cast<uint32_t>(j * 3);
    Matrix<float> block(images.size(), count);
    Matrix<float> transposed(count, images.size());
    const Json size = {{"images", images.size()}, {"columns", count}};
    const auto measure = [&](const char* name, const std::function<void()>& work) {
      rows.push_back({name, size, secondsOf(5, work), "", {}, {}});
    };
    measure("gather [images x columns]", [&] { responses.gather(images, columns, block.view()); });
    measure("gather [columns x images]", [&] { responses.gatherTransposed(images, columns, transposed.view()); });
    measure("release, gather [columns x images]", [&] {
      responses.release();
      responses.gatherTransposed(images, columns, transposed.view());
    });
  }
  responses.release();
  return rows;
}

std::vector<BenchRow> benchLoad(const Options& options, const Context& context) {
  std::optional<ScratchFolder> scratch;
  fs::path dataset = options.dataset;
  if (dataset.empty()) {
    scratch.emplace(options.folder, "name a writable folder with --scratch");
    dataset = scratch->path();
    writeStudy(dataset, options);
  }
  if (context.stop.stop_requested()) throw Cancelled();
  const uint64_t before = residentBytes();
  Study study;
  const double first = secondsOf(1, [&] { study = openStudy(dataset); });
  Json size = sizeOfStudy(study);
  const uint64_t after = residentBytes();
  size["resident_bytes_added"] = after > before ? after - before : 0;
  std::vector<BenchRow> rows;
  rows.push_back({"open the study", size, first, "", {}, 1.0 * static_cast<double>(study.subjects.size())});
  for (BenchRow& row : benchGather(*study.subjects.front().hemispheres.front().training))
    rows.push_back(std::move(row));
  return rows;
}

}  // namespace

void addLoadBench(CLI::App& bench) {
  auto options = std::make_shared<Options>();
  CLI::App* command = addBench(bench, "load", "Open a full-size study and gather responses from it",
                               [options](const Context& context) { return benchLoad(*options, context); });
  command->add_option("--dataset", options->dataset,
                      "A study of your own (default: one of the published size is made)");
  command->add_option("--images", options->images, "Training pictures of the made study")->check(CLI::Range(10, 73000));
  command->add_option("--left", options->leftVertices, "Its lh vertices")->check(CLI::Range(600, 163842));
  command->add_option("--right", options->rightVertices, "Its rh vertices")->check(CLI::Range(600, 163842));
  command->add_option("--scratch", options->folder, "Where it is made (default: the system's temporary folder)");
}

}  // namespace corticast::cli
