#include "core/training/internal/epoch_order.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/random.h"

namespace corticast {

std::vector<uint32_t> epochOrder(const TrainerOptions& options, int epoch, size_t rows) {
  std::vector<uint32_t> order =
      options.order ? options.order(epoch, rows) : Philox(options.seed, static_cast<uint64_t>(epoch)).permutation(rows);
  std::vector<bool> isSeen(rows);
  for (const uint32_t row : order)
    if (row < rows) isSeen[row] = true;
  if (order.size() != rows || std::ranges::find(isSeen, false) != isSeen.end())
    throw Error({.what = "order the pictures of an epoch",
                 .where = "epoch " + std::to_string(epoch),
                 .why = "the order given is no permutation of the " + std::to_string(rows) + " training rows",
                 .remedy = "give every row once"});
  return order;
}

size_t commonBatchSize(const std::vector<TargetGroup>& groups) {
  const int batch = groups.front().settings.batchSize;
  for (const TargetGroup& group : groups)
    if (group.settings.batchSize != batch)
      throw Error({.what = "prepare a training",
                   .where = group.id,
                   .why = "its batch size is " + std::to_string(group.settings.batchSize) + ", that of " +
                          groups.front().id + " is " + std::to_string(batch),
                   .remedy = "train groups of different batch sizes in separate cohorts"});
  return static_cast<size_t>(batch);
}

}  // namespace corticast
