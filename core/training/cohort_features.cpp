#include "core/training/cohort_features.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/features/embedding.h"
#include "core/features/streamed_pca.h"

namespace corticast {
namespace {

/// Rows of several subjects' embeddings as one table of raw features.
class RawRows {
 public:
  RawRows(std::vector<EmbeddedSubject> subjects, const std::string& where) : m_subjects(std::move(subjects)) {
    for (const EmbeddedSubject& each : m_subjects) {
      requireSameShape(each, where);
      m_firstRows.push_back(m_rows);
      m_rows += each.rows.size();
    }
  }

  [[nodiscard]] size_t rows() const { return m_rows; }
  [[nodiscard]] size_t features() const { return m_subjects.front().embedding->featureCount(); }
  [[nodiscard]] const std::vector<size_t>& shape() const { return m_subjects.front().embedding->info().shape; }

  /// Rows of skipped pictures are NaN; any other value that is not finite is an Error.
  void gather(std::span<const uint32_t> rows, MatrixView<float> out) const {
    for (size_t begin = 0; begin < rows.size();) {
      const size_t subject = subjectOf(rows[begin]);
      size_t end = begin + 1;
      while (end < rows.size() && subjectOf(rows[end]) == subject) ++end;
      gatherOf(subject, rows.subspan(begin, end - begin), out.block(begin, 0, end - begin, out.cols()));
      begin = end;
    }
  }

 private:
  [[nodiscard]] size_t subjectOf(uint32_t row) const {
    return static_cast<size_t>(std::ranges::upper_bound(m_firstRows, size_t{row}) - m_firstRows.begin()) - 1;
  }

  void requireSameShape(const EmbeddedSubject& each, const std::string& where) const {
    const EmbeddingInfo& info = each.embedding->info();
    if (info.featureCount() == features()) return;
    throw Error({.what = "gather features",
                 .where = where,
                 .why = "the embedding of " + info.subject + " has " + thousands(info.featureCount()) +
                        " features, that of " + m_subjects.front().embedding->info().subject + " " +
                        thousands(features()),
                 .remedy = "embed the pictures of all subjects in the same way"});
  }

  void gatherOf(size_t subject, std::span<const uint32_t> rows, MatrixView<float> out) const {
    const EmbeddedSubject& from = m_subjects[subject];
    std::vector<uint32_t> wanted;
    std::vector<size_t> places;
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto row = from.rows[rows[i] - m_firstRows[subject]];
      if (!row) {
        std::ranges::fill(out.row(i), std::numeric_limits<float>::quiet_NaN());
        continue;
      }
      wanted.push_back(*row);
      places.push_back(i);
    }
    if (places.size() == rows.size()) {
      from.embedding->gather(wanted, out);
    } else {
      Matrix<float> some(wanted.size(), out.cols());
      from.embedding->gather(wanted, some.view());
      for (size_t i = 0; i < places.size(); ++i) std::ranges::copy(some.row(i), out.row(places[i]).begin());
    }
    for (const size_t i : places)
      for (const float value : out.row(i))
        if (!std::isfinite(value)) failNotFinite(from, rows[i] - m_firstRows[subject]);
  }

  [[noreturn]] static void failNotFinite(const EmbeddedSubject& from, size_t image) {
    throw Error(
        {.what = "gather features",
         .where = from.embedding->info().path.string(),
         .why = "the embedding of " + from.subject->trainingImages[image].file + " holds a value that is not finite",
         .remedy = "make the embedding again, or correct the precomputed array"});
  }

  std::vector<EmbeddedSubject> m_subjects;
  std::vector<size_t> m_firstRows;
  size_t m_rows = 0;
};

Matrix<float> rowsOf(const RawRows& raw, std::span<const uint32_t> rows) {
  Matrix<float> out(rows.size(), raw.features());
  raw.gather(rows, out.view());
  return out;
}

class FeaturesOnDisk final : public FeatureSource {
 public:
  FeaturesOnDisk(std::shared_ptr<const RawRows> raw, std::shared_ptr<const Reduction> reduction)
      : m_raw(std::move(raw)), m_reduction(std::move(reduction)), m_shape(m_raw->shape()) {
    if (m_reduction->config().pca > 0) m_shape = {m_reduction->outputs()};
  }
  size_t rows() const override { return m_raw->rows(); }
  const std::vector<size_t>& shape() const override { return m_shape; }
  bool isInMemory() const override { return false; }
  void gather(std::span<const uint32_t> rows, MatrixView<float> out) const override {
    const size_t most = rowsPerBlock(m_raw->features());
    for (size_t first = 0; first < rows.size(); first += most) {
      const size_t count = std::min(most, rows.size() - first);
      const Matrix<float> reduced = m_reduction->apply(rowsOf(*m_raw, rows.subspan(first, count)).view());
      for (size_t r = 0; r < count; ++r) std::ranges::copy(reduced.row(r), out.row(first + r).begin());
    }
  }

 private:
  std::shared_ptr<const RawRows> m_raw;
  std::shared_ptr<const Reduction> m_reduction;
  std::vector<size_t> m_shape;
};

std::vector<uint32_t> allRows(const RawRows& raw) {
  std::vector<uint32_t> rows(raw.rows());
  for (uint32_t row = 0; row < rows.size(); ++row) rows[row] = row;
  return rows;
}

// Ascending, so that shards are read from front to back.
Reduction fitOnDisk(const RawRows& raw, const Split& split, const ReductionConfig& config) {
  std::vector<uint32_t> rows = split.train;
  std::ranges::sort(rows);
  const auto read = [&](size_t first, MatrixView<float> out) {
    raw.gather(std::span(rows).subspan(first, out.rows()), out);
  };
  return Reduction::fit({rows.size(), raw.features(), read}, config);
}

Matrix<float> reducedByBlocks(const RawRows& raw, const Reduction& reduction) {
  const std::vector<uint32_t> rows = allRows(raw);
  Matrix<float> all(raw.rows(), reduction.outputs());
  const size_t most = rowsPerBlock(raw.features());
  for (size_t first = 0; first < rows.size(); first += most) {
    const size_t count = std::min(most, rows.size() - first);
    const Matrix<float> part = reduction.apply(rowsOf(raw, std::span(rows).subspan(first, count)).view());
    std::ranges::copy(part.values(), all.row(first).begin());
  }
  return all;
}

}  // namespace

EmbeddedSubject embeddedSubject(const Subject& subject, std::shared_ptr<const Embedding> embedding) {
  EmbeddedSubject result{&subject, std::move(embedding), {}};
  const auto& skipped = result.embedding->info().skipped;
  for (const Stimulus& image : subject.trainingImages) {
    result.rows.push_back(result.embedding->rowOf(image.file));
    if (!result.rows.back() && std::ranges::find(skipped, image.file) == skipped.end())
      (void)result.embedding->rows(std::vector<std::string>{image.file});  // throws, naming it
  }
  return result;
}

void leaveOutSkipped(Split& split, const std::vector<EmbeddedSubject>& subjects) {
  std::vector<bool> isThere;
  for (const EmbeddedSubject& subject : subjects)
    for (const auto& row : subject.rows) isThere.push_back(row.has_value());
  size_t skipped = 0;
  for (auto* side : {&split.train, &split.validation})
    skipped += std::erase_if(*side, [&](uint32_t row) { return !isThere[row]; });
  if (skipped > 0)
    log::warning("training without " + thousands(skipped) +
                 " pictures that could not be decoded when they were embedded");
}

void requireUnseenValidation(const Split& split, const std::vector<EmbeddedSubject>& subjects) {
  size_t firstRow = 0;
  for (const EmbeddedSubject& each : subjects) {
    const EmbeddingInfo& info = each.embedding->info();
    const size_t count = each.rows.size();
    if (info.form.pca > 0) {
      std::vector<bool> isFitted(count, false);
      for (const uint32_t row : makeSplit(info.pcaSplit, each.subject->trainingImages).train) isFitted[row] = true;
      const auto seen = std::ranges::count_if(split.validation, [&](uint32_t row) {
        return row >= firstRow && row < firstRow + count && isFitted[row - firstRow];
      });
      if (seen > 0)
        throw Error({.what = "validate on pictures that nothing was fitted on",
                     .where = info.path.string(),
                     .why = "its principal components were fitted on " + thousands(static_cast<uint64_t>(seen)) +
                            " of the plan's " + thousands(split.validation.size()) + " validation pictures",
                     .remedy = "embed again with the plan's split (--split kind=...), or give the plan the split of "
                               "the embedding (" +
                               info.pcaSplit.kind + ")"});
    }
    firstRow += count;
  }
}

CohortFeatures cohortFeatures(std::vector<EmbeddedSubject> subjects, const Split& split, const ReductionConfig& config,
                              const std::string& where, uint64_t inMemoryBytes) {
  const auto raw = std::make_shared<const RawRows>(std::move(subjects), where);
  const bool isOneDimensional = raw->shape().size() == 1 || config.pca > 0;
  const std::vector<size_t> shape = isOneDimensional ? std::vector<size_t>() : raw->shape();
  if (raw->rows() * raw->features() * sizeof(float) <= inMemoryBytes) {
    const Matrix<float> all = rowsOf(*raw, allRows(*raw));
    Matrix<float> train(split.train.size(), all.cols());
    for (size_t i = 0; i < train.rows(); ++i) std::ranges::copy(all.row(split.train[i]), train.row(i).begin());
    auto reduction = std::make_shared<const Reduction>(Reduction::fit(train.view(), config));
    return {featureSource(reduction->apply(all.view()), shape), reduction};
  }
  auto reduction = std::make_shared<const Reduction>(fitOnDisk(*raw, split, config));
  if (raw->rows() * reduction->outputs() * sizeof(float) <= inMemoryBytes)
    return {featureSource(reducedByBlocks(*raw, *reduction), shape), reduction};
  return {std::make_shared<FeaturesOnDisk>(raw, reduction), reduction};
}

}  // namespace corticast
