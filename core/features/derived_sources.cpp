#include <algorithm>
#include <unordered_map>

#include "core/features/embedding_source.h"

namespace corticast {
namespace {

class PooledSource final : public EmbeddingSource {
 public:
  PooledSource(std::unique_ptr<EmbeddingSource> source, StoredForm form)
      : m_source(std::move(source)), m_form(std::move(form)), m_shape(pooledShape(m_source->shape(), m_form)) {}
  [[nodiscard]] std::vector<size_t> shape() const override { return m_shape; }
  [[nodiscard]] size_t images() const override { return m_source->images(); }
  [[nodiscard]] size_t valuesHeld() const override { return m_source->valuesHeld(); }
  [[nodiscard]] std::vector<std::string> skipped() const override { return m_source->skipped(); }
  [[nodiscard]] Matrix<float> rows(size_t first, size_t count, ProgressReporter& progress) override {
    return pooled(m_source->rows(first, count, progress).view(), m_source->shape(), m_form);
  }

 private:
  std::unique_ptr<EmbeddingSource> m_source;
  StoredForm m_form;
  std::vector<size_t> m_shape;
};

class ProjectedSource final : public EmbeddingSource {
 public:
  ProjectedSource(std::unique_ptr<EmbeddingSource> source, Reduction reduction)
      : m_source(std::move(source)), m_reduction(std::move(reduction)) {}
  [[nodiscard]] std::vector<size_t> shape() const override { return {m_reduction.outputs()}; }
  [[nodiscard]] size_t images() const override { return m_source->images(); }
  [[nodiscard]] size_t valuesHeld() const override { return m_source->valuesHeld(); }
  [[nodiscard]] std::vector<std::string> skipped() const override { return m_source->skipped(); }
  [[nodiscard]] Matrix<float> rows(size_t first, size_t count, ProgressReporter& progress) override {
    return m_reduction.apply(m_source->rows(first, count, progress).view());
  }

 private:
  std::unique_ptr<EmbeddingSource> m_source;
  Reduction m_reduction;
};

class StagedSource final : public EmbeddingSource {
 public:
  StagedSource(Embedding staged, std::unique_ptr<EmbeddingSource> rest, std::vector<std::string> pictures)
      : m_staged(std::move(staged)), m_rest(std::move(rest)), m_pictures(std::move(pictures)) {
    for (uint32_t row = 0; row < m_staged.images().size(); ++row) m_rowOf.emplace(m_staged.images()[row], row);
  }
  [[nodiscard]] std::vector<size_t> shape() const override { return m_staged.info().shape; }
  [[nodiscard]] size_t images() const override { return m_pictures.size(); }
  [[nodiscard]] std::vector<std::string> skipped() const override {
    std::vector<std::string> all = m_staged.info().skipped;
    const auto rest = m_rest->skipped();
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  }

  [[nodiscard]] Matrix<float> rows(size_t first, size_t count, ProgressReporter& progress) override {
    if (m_next != first) {
      m_next = first;
      m_nextOfRest =
          static_cast<size_t>(std::count_if(m_pictures.begin(), m_pictures.begin() + static_cast<ptrdiff_t>(first),
                                            [&](const std::string& each) { return !isStaged(each); }));
    }
    Matrix<float> out(count, m_staged.featureCount());
    for (size_t i = 0; i < count;) {
      size_t end = i + 1;
      while (end < count && isStaged(m_pictures[first + end]) == isStaged(m_pictures[first + i])) ++end;
      fill(first + i, out.view().block(i, 0, end - i, out.cols()), progress);
      i = end;
    }
    m_next += count;
    return out;
  }

 private:
  [[nodiscard]] bool isStaged(const std::string& picture) const { return m_rowOf.contains(picture); }

  void fill(size_t first, MatrixView<float> out, ProgressReporter& progress) {
    progress.checkCancelled();
    if (!isStaged(m_pictures[first])) {
      const Matrix<float> made = m_rest->rows(m_nextOfRest, out.rows(), progress);
      for (size_t r = 0; r < out.rows(); ++r) std::ranges::copy(made.row(r), out.row(r).begin());
      m_nextOfRest += out.rows();
      return;
    }
    std::vector<uint32_t> wanted;
    for (size_t r = 0; r < out.rows(); ++r) wanted.push_back(m_rowOf.at(m_pictures[first + r]));
    m_staged.gather(wanted, out);
    progress.advance(out.rows());
  }

  Embedding m_staged;
  std::unique_ptr<EmbeddingSource> m_rest;
  std::vector<std::string> m_pictures;
  std::unordered_map<std::string, uint32_t> m_rowOf;  // of the staged pictures, skipped ones too
  size_t m_next = 0;
  size_t m_nextOfRest = 0;
};

}  // namespace

std::unique_ptr<EmbeddingSource> pooledSource(std::unique_ptr<EmbeddingSource> source, const StoredForm& form) {
  if (form.pool == "none") return source;
  return std::make_unique<PooledSource>(std::move(source), form);
}

std::unique_ptr<EmbeddingSource> projectedSource(std::unique_ptr<EmbeddingSource> source, Reduction reduction) {
  return std::make_unique<ProjectedSource>(std::move(source), std::move(reduction));
}

std::unique_ptr<EmbeddingSource> stagedSource(Embedding staged, std::unique_ptr<EmbeddingSource> rest,
                                              std::vector<std::string> pictures) {
  return std::make_unique<StagedSource>(std::move(staged), std::move(rest), std::move(pictures));
}

}  // namespace corticast
