#include "core/training/target_source.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/data/study.h"
#include "core/training/internal/cross_source.h"
#include "core/training/target_group.h"

namespace corticast {
namespace {

class ResponseSource final : public TargetSource {
 public:
  struct Part {
    std::shared_ptr<const Responses> responses;
    std::vector<uint32_t> columns;
  };
  explicit ResponseSource(std::vector<Part> parts) : m_parts(std::move(parts)) {
    for (const Part& part : m_parts) m_columns += part.columns.size();
  }
  size_t rows() const override { return m_parts.front().responses->rows(); }
  size_t columns() const override { return m_columns; }

  void gather(std::span<const uint32_t> rows, size_t firstColumn, MatrixView<float> out) const override {
    size_t partFirst = 0;
    for (const Part& part : m_parts) {
      const size_t from = std::max(firstColumn, partFirst);
      const size_t until = std::min(firstColumn + out.cols(), partFirst + part.columns.size());
      if (from < until)
        part.responses->gather(rows, std::span(part.columns).subspan(from - partFirst, until - from),
                               out.block(0, from - firstColumn, rows.size(), until - from));
      partFirst += part.columns.size();
    }
  }
  void release() const override {
    for (const Part& part : m_parts) part.responses->release();
  }

 private:
  std::vector<Part> m_parts;
  size_t m_columns = 0;
};

std::shared_ptr<const Responses> responsesOf(const TargetGroup& group, const TargetPart& part, const Study& study) {
  const HemisphereData* hemisphere = study.subject(part.subject).hemisphere(part.hemisphere);
  if (!hemisphere)
    throw Error({.what = "find responses",
                 .where = group.id,
                 .why = part.subject + " has no usable hemisphere " + toString(part.hemisphere),
                 .remedy = "run `corticast-cli info` on the study to see what is wrong with it"});
  return hemisphere->training;
}

std::shared_ptr<const TargetSource> crossSource(const TargetGroup& group, const Study& study,
                                                const std::vector<std::string>& subjects) {
  std::vector<size_t> rows;
  for (const std::string& id : subjects) rows.push_back(study.subject(id).trainingImages.size());
  std::vector<CrossSource::Part> parts;
  for (size_t p = 0; p < group.parts.size(); ++p) {
    const TargetPart& part = group.parts[p];
    const auto subject = static_cast<size_t>(std::ranges::find(subjects, part.subject) - subjects.begin());
    parts.push_back({subject, responsesOf(group, part, study), part.columns, group.outputsOf(p)});
  }
  return std::make_shared<CrossSource>(std::move(parts), std::move(rows), group.outputCount());
}

}  // namespace

std::shared_ptr<const TargetSource> targetSource(const TargetGroup& group, const Study& study,
                                                 const std::vector<std::string>& subjects) {
  if (group.parts.empty())
    throw Error({.what = "find responses",
                 .where = group.id,
                 .why = "the group has no parts",
                 .remedy = "this is a fault of the program; please report it"});
  if (subjects.size() > 1) return crossSource(group, study, subjects);
  std::vector<ResponseSource::Part> parts;
  for (const TargetPart& part : group.parts) parts.push_back({responsesOf(group, part, study), part.columns});
  return std::make_shared<ResponseSource>(std::move(parts));
}

}  // namespace corticast
