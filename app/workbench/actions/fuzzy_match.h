#pragma once
#include <QString>
#include <optional>

namespace corticast {

/// How well typed letters fit a text in which they occur in this order, whatever stands between: higher is better;
/// none when they do not. Beginnings of words and letters in a row count more ("ffr" fits "Frame current ROI" less than
/// "frame" does). Case does not matter.
[[nodiscard]] std::optional<int> fuzzyMatch(const QString& typed, const QString& text);

}  // namespace corticast
