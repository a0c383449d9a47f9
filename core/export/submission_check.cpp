#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/export/submission.h"
#include "core/formats/npy.h"
#include "core/formats/zip.h"

namespace corticast {
namespace {

using Verdict = SubmissionCheck::Verdict;
using Checks = std::vector<SubmissionCheck>;

std::string shapeOf(size_t rows, size_t cols) {
  return std::to_string(rows) + " x " + std::to_string(cols);
}

/// Values of a float32 array [rows x cols] as they lie in the archive.
class Prediction {
 public:
  Prediction(std::string bytes, const std::string& name)
      : m_bytes(std::move(bytes)),
        m_header(parseNpyHeader(std::as_bytes(std::span(m_bytes.data(), m_bytes.size())), name)) {}

  [[nodiscard]] const NpyHeader& header() const { return m_header; }
  [[nodiscard]] float at(size_t row, size_t col) const {
    float value = 0;
    const size_t index = row * m_header.shape[1] + col;
    std::memcpy(&value, m_bytes.data() + m_header.dataOffset + index * sizeof(float), sizeof value);
    return value;
  }

 private:
  std::string m_bytes;
  NpyHeader m_header;
};

void checkValues(const Prediction& prediction, const std::string& name, Checks& checks) {
  const size_t rows = prediction.header().shape[0], cols = prediction.header().shape[1];
  size_t notFinite = 0, constant = 0, zero = 0;
  for (size_t col = 0; col < cols; ++col) {
    const float first = prediction.at(0, col);
    bool varies = false;
    for (size_t row = 0; row < rows; ++row) {
      const float value = prediction.at(row, col);
      notFinite += std::isfinite(value) ? 0 : 1;
      varies |= value != first;
    }
    constant += varies ? 0 : 1;
    zero += !varies && first == 0 ? 1 : 0;
  }
  checks.push_back({notFinite == 0 ? Verdict::Good : Verdict::Bad, name + ": values",
                    notFinite == 0 ? "all are finite" : thousands(notFinite) + " are NaN or infinite"});
  checks.push_back({constant == 0 ? Verdict::Good : Verdict::Warning, name + ": coverage",
                    thousands(cols - constant) + " of " + thousands(cols) + " vertices vary with the picture" +
                        (constant == 0 ? "" : "; the others score 0 (" + thousands(zero) + " are left at 0)")});
}

void checkPrediction(const ZipReader& zip, const Subject& subject, const HemisphereData& hemisphere, Checks& checks) {
  const std::string name = submissionEntry(subject.id, hemisphere.hemisphere);
  if (!zip.has(name)) {
    checks.push_back({Verdict::Bad, name, "is missing"});
    return;
  }
  checks.push_back({Verdict::Good, name, "is there"});
  const size_t rows = subject.testImages.size(), cols = hemisphere.vertices.size();
  try {
    const Prediction prediction(zip.read(name), name);
    const NpyHeader& header = prediction.header();
    const bool isFloat = header.type == NpyType::Float32 && !header.isByteSwapped && !header.isFortranOrder;
    checks.push_back({isFloat ? Verdict::Good : Verdict::Bad, name + ": type",
                      isFloat ? "float32 in C order" : toString(header.type) + "; float32 in C order is needed"});
    const bool fits = header.shape == std::vector<size_t>{rows, cols};
    checks.push_back({fits ? Verdict::Good : Verdict::Bad, name + ": shape",
                      fits ? shapeOf(rows, cols) + ", as the study needs"
                           : "is " + header.shapeText() + "; the study needs " + shapeOf(rows, cols)});
    if (isFloat && fits && rows > 0) checkValues(prediction, name, checks);
  } catch (const Error& error) {
    checks.push_back({Verdict::Bad, name, error.parts().why});
  }
}

}  // namespace

std::vector<SubmissionCheck> checkSubmission(const std::filesystem::path& path, const Study& study) {
  const ZipReader zip(path);
  Checks checks;
  std::vector<std::string> expected;
  for (const Subject& subject : study.subjects)
    for (const HemisphereData& hemisphere : subject.hemispheres) {
      expected.push_back(submissionEntry(subject.id, hemisphere.hemisphere));
      checkPrediction(zip, subject, hemisphere, checks);
    }
  for (const ZipEntry& entry : zip.entries())
    if (!entry.isFolder && std::ranges::find(expected, entry.name) == expected.end())
      checks.push_back({Verdict::Warning, entry.name, "is not part of a submission"});
  return checks;
}

}  // namespace corticast
