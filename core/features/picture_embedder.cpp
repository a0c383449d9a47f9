#include "core/features/picture_embedder.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/features/backbones.h"
#include "core/features/embedding_source.h"
#include "core/formats/half.h"
#include "core/formats/safetensors.h"

namespace corticast {
namespace {

Error cannotEmbed(const EmbeddingInfo& info, const std::string& why, const std::string& remedy) {
  return Error({.what = "embed another picture", .where = info.path.string(), .why = why, .remedy = remedy});
}

std::filesystem::path weightsOf(const EmbeddingInfo& info, const std::filesystem::path& given) {
  if (info.weights.empty()) return {};
  const std::filesystem::path file = given.empty() ? std::filesystem::path(info.weightsFile) : given;
  std::error_code ignored;
  if (file.empty() || !std::filesystem::exists(file, ignored))
    throw cannotEmbed(info, "its weights are no longer at " + (file.empty() ? "the place they had" : file.string()),
                      "put the file back where it was");
  if (sha256OfFile(file) != info.weights)
    throw cannotEmbed(info, file.string() + " holds other weights than it was made with (sha256 differs)",
                      "put the file back that it was made with");
  return file;
}

}  // namespace

PictureEmbedder::PictureEmbedder(EmbeddingInfo info, const std::filesystem::path& weights) : m_info(std::move(info)) {
  if (m_info.backbone == kPrecomputed)
    throw cannotEmbed(m_info, "it was made elsewhere, so nothing here can embed another picture the same way",
                      "choose a run on an embedding by one of the backbones");
  m_backbone =
      backbone(m_info.backbone)
          .make({.layer = m_info.layer, .parameters = m_info.parameters, .weights = weightsOf(m_info, weights)});
  if (m_info.form.pca > 0)
    m_components = Reduction::fromTensors(SafetensorsFile(m_info.path / "reduction.safetensors").readAll());
}

Matrix<float> PictureEmbedder::embed(std::span<const Image> pictures) {
  Matrix<float> rows = m_backbone->embed(pictures);
  if (m_info.form.pool != "none") rows = pooled(rows.view(), m_backbone->shape(), m_info.form);
  if (m_components) rows = m_components->apply(rows.view());
  if (m_info.form.dtype == "float16")
    for (float& value : rows.values()) value = halfToFloat(floatToHalf(value));
  return rows;
}

}  // namespace corticast
