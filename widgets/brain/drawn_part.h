#pragma once

namespace corticast {

/// A part of something that is drawn in several goes.
struct DrawnPart {
  int number = 0;  ///< 0 .. count - 1
  int count = 1;

  [[nodiscard]] bool isLast() const { return number == count - 1; }
};

}  // namespace corticast
