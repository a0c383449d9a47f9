#pragma once
#include "core/linalg/torch_scope.h"

namespace corticast {

/// onDevice with what one can do about a training.
template <typename Work>
auto onDevice(const Device& device, const char* what, const Work& work) {
  return onDevice(device, what,
                  {.whenFull = "train fewer ROIs at once, use smaller batches, or use the device cpu",
                   .otherwise = "resume the run; if it fails again, use the device cpu"},
                  work);
}

}  // namespace corticast
