#include "core/demo/internal/subject_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/demo/internal/drive.h"
#include "core/formats/label_map.h"
#include "core/formats/npy.h"
#include "core/linalg/blas.h"

namespace corticast::demo {

namespace fs = std::filesystem;

namespace {

constexpr size_t kFsaverageVertices = 163842;
constexpr size_t kBlock = 32;        // images whose responses are made together
constexpr double kNoiseWidth = 2.0;  // mm
constexpr std::array kClasses{"prf-visualrois", "floc-bodies", "floc-faces", "floc-places", "floc-words", "streams"};

/// NSD ids of a subject, ascending. As in NSD, 73,000 pictures: a tenth of a subject's is shared by all subjects.
std::vector<uint32_t> drawIds(const DemoOptions& options, int subject, bool isTest) {
  const std::vector<uint32_t> order = Philox(options.seed, streamOf("pictures")).permutation(73000);
  const auto part = [&](size_t first, size_t count) {
    const auto start = order.begin() + static_cast<ptrdiff_t>(first);
    return std::vector<uint32_t>(start, start + static_cast<ptrdiff_t>(count));
  };
  const auto count = static_cast<size_t>(isTest ? options.testImages : options.images);
  const size_t shared = count / 10;
  const size_t own = static_cast<size_t>(subject - 1) * 9000 + 1000;
  const size_t ownTraining = static_cast<size_t>(options.images - options.images / 10);
  std::vector<uint32_t> ids = part(isTest ? static_cast<size_t>(options.images) / 10 : 0, shared);
  const auto rest = part(isTest ? own + ownTraining : own, count - shared);
  ids.insert(ids.end(), rest.begin(), rest.end());
  std::sort(ids.begin(), ids.end());
  return ids;
}

void writeFile(const fs::path& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file)
    throw Error({.what = "write demo picture",
                 .where = path.string(),
                 .why = systemReason(),
                 .remedy = "choose a folder on a disk with room, which you may write to"});
}

/// Draws the pictures into `folder`; returns their drive features [images x features].
Matrix<float> drawPictures(const fs::path& folder, const std::string& split, const std::vector<uint32_t>& ids,
                           const DemoOptions& options, ProgressReporter& progress) {
  fs::create_directories(folder);
  const DriveFeatures drive;
  Matrix<float> features(ids.size(), drive.count());
  const unsigned threads = options.threads ? options.threads : availableThreads();
  for (size_t first = 0; first < ids.size(); first += 64) {
    progress.checkCancelled();
    const size_t count = std::min<size_t>(64, ids.size() - first);
    parallelFor(count, threads, [&](size_t k) {
      const SingleThreadedBlas guard;
      const size_t i = first + k;
      const Scene scene = describeScene(options.seed, ids[i]);
      const Image picture = drawScene(scene);
      writeFile(folder / fmt::format("{}-{:04}_nsd-{:05}.png", split, i + 1, ids[i]), encodePng(picture));
      drive.measure(scene, picture, features.row(i));
    });
    progress.advance(count);
  }
  return features;
}

/// Standardises both by the training pictures; a constant feature becomes 0.
void standardise(Matrix<float>& training, Matrix<float>& test) {
  const auto n = static_cast<double>(training.rows());
  for (size_t f = 0; f < training.cols(); ++f) {
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < training.rows(); ++i) sum += training(i, f);
    const double mean = sum / n;
    for (size_t i = 0; i < training.rows(); ++i) squares += std::pow(training(i, f) - mean, 2);
    const double deviation = std::sqrt(squares / n);
    const double scale = deviation > 1e-6 ? 1 / deviation : 0;
    for (Matrix<float>* values : {&training, &test})
      for (size_t i = 0; i < values->rows(); ++i)
        (*values)(i, f) = static_cast<float>(((*values)(i, f) - mean) * scale);
  }
}

Matrix<float> covarianceOf(const Matrix<float>& features) {
  Matrix<float> covariance(features.cols(), features.cols());
  gemm(Transpose::Yes, Transpose::No, 1.0F / static_cast<float>(features.rows()), features.view(), features.view(),
       0.0F, covariance.view());
  return covariance;
}

void writeResponses(const fs::path& path, const Matrix<float>& features, const Drive& drive, const SmoothNoise& noise,
                    uint64_t firstNoise, const DemoOptions& options, ProgressReporter& progress) {
  fs::create_directories(path.parent_path());
  const size_t columns = drive.ceiling.size();
  const unsigned threads = options.threads ? options.threads : availableThreads();
  std::vector<Matrix<float>> blocks(threads);
  NpyWriter writer(path, columns);
  for (size_t first = 0; first < features.rows(); first += threads * kBlock) {
    progress.checkCancelled();
    const size_t count = std::min(threads * kBlock, features.rows() - first);
    const size_t blockCount = (count + kBlock - 1) / kBlock;
    parallelFor(blockCount, threads, [&](size_t b) {
      const SingleThreadedBlas guard;
      const size_t start = first + b * kBlock;
      const size_t rows = std::min(kBlock, features.rows() - start);
      Matrix<float>& block = blocks[b];
      block = Matrix<float>(rows, columns);
      noise.draw(firstNoise + start, block.view());
      for (size_t i = 0; i < rows; ++i)
        for (size_t c = 0; c < columns; ++c) block(i, c) *= std::sqrt(1 - drive.ceiling[c] * drive.ceiling[c]);
      gemm(Transpose::No, Transpose::No, 1.0F, features.view().block(start, 0, rows, features.cols()),
           drive.weights.view(), 1.0F, block.view());
    });
    for (size_t b = 0; b < blockCount; ++b) writer.append(std::as_const(blocks[b]).view());
    progress.advance(count);
  }
  writer.commit();
}

template <typename T>
void writeVector(const fs::path& path, const std::vector<T>& values) {
  writeNpy(path, std::span<const T>(values), {values.size()});
}

void writeMasks(const fs::path& folder, const Layout& layout) {
  fs::create_directories(folder);
  const std::string side = toString(layout.hemisphere);
  const auto spread = [&](auto valueOf) {
    std::vector<int64_t> mask(kFsaverageVertices);
    for (size_t column = 0; column < layout.vertices.size(); ++column) mask[layout.vertices[column]] = valueOf(column);
    return mask;
  };
  writeVector(folder / (side + ".all-vertices_fsaverage_space.npy"), spread([](size_t) { return int64_t{1}; }));
  for (const std::string roiClass : kClasses) {
    const std::vector<int64_t>& labels = layout.labels.at(roiClass);
    writeVector(folder / (side + "." + roiClass + "_challenge_space.npy"), labels);
    writeVector(folder / (side + "." + roiClass + "_fsaverage_space.npy"),
                spread([&](size_t column) { return labels[column]; }));
    std::map<int64_t, std::string> names{{0, "Unknown"}};
    for (const Region& region : regions())
      if (region.roiClass == roiClass) names[region.label] = region.name;
    writeLabelMap(folder / ("mapping_" + roiClass + ".npy"), names);
  }
}

std::string ceilingLines(const std::string& id, const Layout& layout, const Drive& drive) {
  std::string lines;
  const auto add = [&](const std::string& name, std::vector<float> values) {
    if (values.empty()) {
      lines += fmt::format("{},{},{},0,\n", id, toString(layout.hemisphere), name);
      return;
    }
    std::sort(values.begin(), values.end());
    const size_t half = values.size() / 2;
    const double median = values.size() % 2 ? values[half] : 0.5 * (values[half - 1] + values[half]);
    lines += fmt::format("{},{},{},{},{:.4f}\n", id, toString(layout.hemisphere), name, values.size(), median);
  };
  for (const Region& region : regions()) {
    std::vector<float> values;
    const auto& labels = layout.labels.at(region.roiClass);
    for (size_t column = 0; column < labels.size(); ++column)
      if (labels[column] == region.label) values.push_back(drive.ceiling[column]);
    add(region.name, std::move(values));
  }
  add("all-vertices", drive.ceiling);
  return lines;
}

void writeTruth(const fs::path& folder, const Layout& layout, const Drive& drive) {
  const std::string side = toString(layout.hemisphere);
  writeVector(folder / (side + "_ceiling.npy"), drive.ceiling);
  writeNpy(folder / (side + "_drive_weights.npy"), drive.weights.view());
  writeNpy(folder / (side + "_drive_fields.npy"), layout.fields.view());
}

}  // namespace

std::string writeSubject(const fs::path& root, const Template& surface, const DemoOptions& options, int subject,
                         ProgressReporter& progress) {
  const std::string id = fmt::format("subj{:02}", subject);
  const fs::path training = root / id / "training_split";
  const fs::path held = root / id / "test_split";
  const fs::path truth = root / "truth" / id;
  fs::create_directories(truth);
  const auto total = static_cast<size_t>(options.images + options.testImages);
  progress.begin(id + ": draw pictures", total, "pictures");
  Matrix<float> features =
      drawPictures(training / "training_images", "train", drawIds(options, subject, false), options, progress);
  Matrix<float> testFeatures =
      drawPictures(held / "test_images", "test", drawIds(options, subject, true), options, progress);
  standardise(features, testFeatures);
  writeNpy(truth / "content_train.npy", features.view());
  writeNpy(truth / "content_test.npy", testFeatures.view());
  const Matrix<float> covariance = covarianceOf(features);

  std::string lines;
  for (const Hemisphere hemisphere : kHemispheres) {
    const std::string side = toString(hemisphere);
    progress.begin(id + " " + side + ": plant responses", total, "pictures");
    const Layout layout = makeLayout(surface, hemisphere, subject, options.seed);
    writeMasks(root / id / "roi_masks", layout);
    const Drive drive = makeDrive(layout, covariance.view(), subject, options.seed);
    writeTruth(truth, layout, drive);
    const SmoothNoise noise(layout.neighbours, roundsForWidth(kNoiseWidth, layout.spacing),
                            options.seed ^ streamOf("noise" + id + side));
    writeResponses(training / "training_fmri" / (side + "_training_fmri.npy"), features, drive, noise, 0, options,
                   progress);
    writeResponses(held / "test_fmri" / (side + "_test_fmri.npy"), testFeatures, drive, noise, features.rows(), options,
                   progress);
    std::vector<float> variance(drive.ceiling);
    for (float& value : variance) value *= value;
    fs::create_directories(held / "noise_ceiling");
    writeVector(held / "noise_ceiling" / (side + "_noise_ceiling.npy"), variance);
    lines += ceilingLines(id, layout, drive);
  }
  return lines;
}

void writeTruthReadme(const fs::path& truth) {
  std::string text =
      "This study was made, not measured: drawn pictures and planted responses. This folder says what was planted.\n\n"
      "response = drive + sqrt(1 - ceiling^2) * noise, per image and vertex; drive = content * drive_weights has\n"
      "variance ceiling^2, noise has variance 1, is independent between images and smooth along the cortex.\n"
      "No model's correlation with the responses exceeds the ceiling but by chance.\n\n"
      "ceiling.csv                     per subject, hemisphere and ROI: vertices, median ceiling (empty = absent ROI)\n"
      "subjNN/{lh,rh}_ceiling.npy      [vertices] the highest correlation that any model can reach\n"
      "subjNN/{lh,rh}_drive_weights.npy [features x vertices] what drives each vertex\n"
      "subjNN/{lh,rh}_drive_fields.npy [vertices x 3] receptive field: x, y (0..1, right and down), sigma\n"
      "subjNN/content_train.npy        [images x features] what an ideal feature extractor would see, standardised;\n"
      "subjNN/content_test.npy         rows in the order of the picture names; usable as a precomputed embedding\n"
      "demo.json                       the options the study was made with\n\nThe features, in order:\n";
  const DriveFeatures drive;
  for (size_t f = 0; f < drive.count(); ++f) text += fmt::format("{:4}  {}\n", f, drive.names()[f]);
  writeFileAtomically(truth / "README.txt", text);
}

}  // namespace corticast::demo
