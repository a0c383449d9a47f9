#include "core/training/trainer.h"

#include <array>

#include "core/base/error.h"

namespace corticast {
namespace {
constexpr std::array kStates = {"training", "stopped", "finished", "failed"};
}  // namespace

std::string toString(GroupState state) {
  return kStates.at(static_cast<size_t>(state));
}

GroupState groupStateFrom(const std::string& text) {
  for (size_t i = 0; i < kStates.size(); ++i)
    if (text == kStates[i]) return static_cast<GroupState>(i);
  throw Error({.what = "read the state of a target group",
               .where = text,
               .why = "there is no such state",
               .remedy = "known ones are training, stopped, finished, failed"});
}

}  // namespace corticast
