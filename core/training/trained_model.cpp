#include "core/training/trained_model.h"

#include "core/base/error.h"
#include "core/models/architecture.h"
#include "core/training/internal/network_forward.h"
#include "core/training/internal/torch_scope.h"
#include "core/training/position_check.h"

namespace corticast {

struct TrainedModel::Impl {
  std::string id;
  std::vector<int64_t> shape;
  size_t features = 0;
  VertexPositions positions;  // of a position check only
  std::shared_ptr<Network> network;
};

TrainedModel::TrainedModel(const TargetGroup& group, Parts parts) : m_impl(std::make_unique<Impl>()) {
  const bool isCheck = PositionCheckTrainer::isMeant(group.settings);
  // A check asks for the place of a vertex, three values whoever is asked.
  const size_t targets = isCheck ? 3 * parts.positions.relative.rows() : group.outputCount();
  m_impl->id = group.id;
  m_impl->shape.assign(parts.imageShape.begin(), parts.imageShape.end());
  if (isCheck) {
    m_impl->positions = parts.positions;
    parts.positions.heads = 1;
    parts.positions.answers.clear();
  }
  onDevice({}, "read a model", [&] {
    const NetworkInput input{.imageShape = m_impl->shape,
                             .targets = static_cast<int64_t>(targets),
                             .positions = std::move(parts.positions.relative),
                             .order = std::move(parts.positions.order),
                             .heads = parts.positions.heads,
                             .answers = std::move(parts.positions.answers)};
    m_impl->features = static_cast<size_t>(input.features());
    m_impl->network = networkWith(architecture(group.settings.architecture).build(input, group.settings.model),
                                  parts.tensors, parts.prefix);
  });
}

TrainedModel::~TrainedModel() = default;
TrainedModel::TrainedModel(TrainedModel&&) noexcept = default;
TrainedModel& TrainedModel::operator=(TrainedModel&&) noexcept = default;

Matrix<float> TrainedModel::predict(MatrixView<const float> features) const {
  if (features.cols() != m_impl->features)
    throw Error({.what = "predict",
                 .where = m_impl->id,
                 .why = "the model takes " + std::to_string(m_impl->features) + " features, it was given " +
                        std::to_string(features.cols()),
                 .remedy = "use the embedding and reduction that the model was trained with"});
  return onDevice({}, "predict", [&] {
    Matrix<float> answers = predictAll(*m_impl->network, features, m_impl->shape, c10::kCPU, false);
    return m_impl->positions.relative.empty() ? std::move(answers) : distancesMm(answers.view(), m_impl->positions);
  });
}

}  // namespace corticast
