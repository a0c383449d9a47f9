#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>

#include "core/base/error.h"
#include "core/runs/internal/fold_results.h"
#include "core/runs/run_results.h"

namespace corticast {
namespace {

constexpr size_t kRows = 64;                // held at a time; of a whole hemisphere 5 MB
constexpr size_t kChunk = size_t{1} << 20;  // bytes; HDF5 reads a whole one for each row that is asked for out of order

std::string momentsName(const RunGroup& group, const std::string& subject) {
  return "/moments/" + group.targetId() + "/" + subject;
}

/// Where a picture's prediction lies.
struct Place {
  size_t fold = 0;
  uint64_t row = 0;
};

std::vector<Place> placesOf(const std::vector<const Hdf5File*>& folds, const std::string& subject,
                            const std::vector<std::string>& images) {
  std::map<std::string, Place> byName;
  for (size_t fold = 0; fold < folds.size(); ++fold) {
    const std::vector<std::string> names = folds[fold]->readTexts(imagesName(subject, "validation"));
    for (uint64_t row = 0; row < names.size(); ++row) byName[names[row]] = {fold, row};
  }
  std::vector<Place> places;
  for (const std::string& image : images) {
    const auto found = byName.find(image);
    if (found == byName.end())
      throw Error(ErrorParts{.what = "put the folds' predictions together",
                             .where = image,
                             .why = "no fold has predicted it",
                             .remedy = "the run's folder was changed; train the plan again"});
    places.push_back(found->second);
  }
  return places;
}

/// Rows of a new dataset, made block by block: `fill` gets the first row's number and the block.
void writeRows(Hdf5File& file, const std::string& name, size_t rows, size_t columns, const std::stop_token& stop,
               const std::function<void(size_t first, MatrixView<float> block)>& fill) {
  Hdf5RowWriter writer = file.appendableRows(name, {columns}, std::max<size_t>(1, kChunk / (columns * sizeof(float))));
  for (size_t first = 0; first < rows; first += kRows) {
    if (stop.stop_requested()) throw Cancelled();
    Matrix<float> block(std::min(kRows, rows - first), columns);
    fill(first, block.view());
    writer.append(block.view());
  }
  writer.finish();
}

void joinTest(Hdf5File& file, const std::string& name, const std::vector<const Hdf5File*>& folds,
              const std::stop_token& stop) {
  if (!folds.front()->has(name)) return;
  const auto shape = folds.front()->info(name).shape;
  writeRows(file, name, shape.at(0), shape.at(1), stop, [&](size_t first, MatrixView<float> block) {
    Matrix<double> sum(block.rows(), block.cols());
    for (const Hdf5File* fold : folds) {
      fold->readRows(name, first, block);
      for (size_t r = 0; r < block.rows(); ++r)
        for (size_t c = 0; c < block.cols(); ++c) sum(r, c) += static_cast<double>(block(r, c));
    }
    for (size_t r = 0; r < block.rows(); ++r)
      for (size_t c = 0; c < block.cols(); ++c)
        block(r, c) = static_cast<float>(sum(r, c) / static_cast<double>(folds.size()));
  });
}

}  // namespace

void writeFoldMoments(Hdf5File& file, const RunGroup& group, const std::string& subject,
                      const PearsonAccumulator& accumulator) {
  const Matrix<double> moments = accumulator.moments();
  file.write<double>(momentsName(group, subject), moments.values(), {moments.rows(), moments.cols()});
}

ImageNames imagesOfFolds(const std::vector<Hdf5File>& files) {
  std::map<std::string, std::set<std::string>> all;
  for (const Hdf5File& file : files) {
    if (!file.has("/images")) continue;
    for (const std::string& subject : file.list("/images"))
      if (const std::string name = imagesName(subject, "validation"); file.has(name))
        for (const std::string& image : file.readTexts(name)) all[subject].insert(image);
  }
  ImageNames names;
  for (const auto& [subject, images] : all) names[subject].assign(images.begin(), images.end());
  return names;
}

void joinFolds(Hdf5File& file, const RunGroup& group, const std::string& subject,
               const std::vector<const Hdf5File*>& folds, const std::vector<std::string>& images,
               const std::stop_token& stop) {
  const std::string name = predictionName("validation", group, subject);
  const std::vector<Place> places = placesOf(folds, subject, images);
  writeRows(file, name, images.size(), folds.front()->info(name).shape.at(1), stop,
            [&](size_t first, MatrixView<float> block) {
              for (size_t r = 0; r < block.rows(); ++r) {
                const Place& place = places[first + r];
                folds[place.fold]->readRows(name, place.row, block.block(r, 0, 1, block.cols()));
              }
            });
  joinTest(file, predictionName("test", group, subject), folds, stop);
}

FoldScores joinFoldScores(const RunGroup& group, const std::vector<const Hdf5File*>& folds) {
  FoldScores scores;
  const std::string own = "/correlation/" + group.targetId();
  double epochs = 0;
  scores.correlationOfFold = Matrix<float>(folds.size(), group.columnCount());
  for (size_t fold = 0; fold < folds.size(); ++fold) {
    std::ranges::copy(folds[fold]->read<float>(own), scores.correlationOfFold.row(fold).begin());
    epochs += static_cast<double>(folds[fold]->intAttribute(own, "best_epoch").value_or(0));
  }
  scores.bestEpoch = std::llround(epochs / static_cast<double>(folds.size()));
  for (const std::string& subject : group.subjects()) {
    std::optional<PearsonAccumulator> all;
    for (const Hdf5File* fold : folds) {
      const std::string name = momentsName(group, subject);
      const auto shape = fold->info(name).shape;
      const auto moments =
          PearsonAccumulator::fromMoments(Matrix<double>(shape.at(0), shape.at(1), fold->read<double>(name)));
      if (all)
        all->merge(moments);
      else
        all = moments;
    }
    const std::vector<float> r = all->correlation(), r2 = all->determination();
    scores.correlation.insert(scores.correlation.end(), r.begin(), r.end());
    scores.determination.insert(scores.determination.end(), r2.begin(), r2.end());
  }
  return scores;
}

}  // namespace corticast
