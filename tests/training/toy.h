#pragma once
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/training/prepare.h"

namespace corticast::testing {

/// A small training problem in memory.
struct Toy {
  std::vector<TargetGroup> groups;
  Matrix<float> features;  ///< those of `data`
  CohortData data;
};

struct ToyShape {
  size_t train = 70;
  size_t validation = 25;
  size_t features = 9;
  std::vector<size_t> columns = {5, 140, 1};
  int batchSize = 16;
};

inline TargetGroup toyGroup(const std::string& id, int batchSize) {
  TargetGroup group;
  group.id = id;
  group.settings.batchSize = batchSize;
  group.settings.learningRate = 1e-2;
  group.settings.patience = 0;
  return group;
}

/// Responses are a linear function of the features plus noise. Group g draws its own numbers, whatever the others are.
inline Toy makeToy(const ToyShape& shape = {}) {
  Toy toy;
  const size_t rows = shape.train + shape.validation;
  toy.features = Matrix<float>(rows, shape.features);
  Philox random(3);
  for (float& value : toy.features.values()) value = static_cast<float>(random.normal());
  toy.data.features = featureSource(toy.features);
  for (uint32_t row = 0; row < rows; ++row)
    (row < shape.train ? toy.data.split.train : toy.data.split.validation).push_back(row);
  for (size_t g = 0; g < shape.columns.size(); ++g) {
    toy.groups.push_back(toyGroup("group" + std::to_string(g), shape.batchSize));
    Philox own(4, g);
    Matrix<float> response(rows, shape.columns[g]);
    for (size_t c = 0; c < shape.columns[g]; ++c) {
      std::vector<double> weight(shape.features);
      for (double& value : weight) value = 0.3 * own.normal();
      for (size_t i = 0; i < rows; ++i) {
        double sum = 0.2 + 0.5 * own.normal();
        for (size_t f = 0; f < shape.features; ++f) sum += weight[f] * static_cast<double>(toy.features(i, f));
        response(i, c) = static_cast<float>(sum);
      }
    }
    toy.data.sources.push_back(targetSource(std::move(response)));
  }
  return toy;
}

}  // namespace corticast::testing
