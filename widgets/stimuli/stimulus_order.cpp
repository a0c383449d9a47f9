#include "widgets/stimuli/stimulus_order.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticast {

float PictureNumbers::of(PictureSort sort, size_t picture) const {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  const auto at = [&](const std::vector<float>& values) { return picture < values.size() ? values[picture] : kNone; };
  switch (sort) {
    case PictureSort::Measured:
      return at(measured);
    case PictureSort::Predicted:
      return at(predicted);
    case PictureSort::Difference:
      return at(predicted) - at(measured);
    case PictureSort::Similarity:
      return at(similarity);
    default:
      return kNone;
  }
}

bool isMeant(const BrowsedPicture& picture, const QString& typed) {
  QString text = typed.trimmed();
  if (text.isEmpty() || picture.file.contains(text, Qt::CaseInsensitive)) return true;
  if (text.startsWith("nsd", Qt::CaseInsensitive)) text = text.mid(3).remove('-').trimmed();
  bool isNumber = false;
  const int id = text.toInt(&isNumber);
  return isNumber && id == picture.nsdId;
}

std::vector<int> orderOf(std::span<const BrowsedPicture> pictures, const PictureNumbers& numbers, PictureSort sort,
                         bool isReversed, const QString& typed) {
  std::vector<int> order;
  for (size_t i = 0; i < pictures.size(); ++i)
    if (isMeant(pictures[i], typed)) order.push_back(static_cast<int>(i));
  if (sort == PictureSort::Name || sort == PictureSort::NsdId) {
    if (sort == PictureSort::NsdId)
      std::ranges::stable_sort(order, {}, [&](int i) { return pictures[static_cast<size_t>(i)].nsdId; });
    if (isReversed) std::ranges::reverse(order);
    return order;
  }
  const auto value = [&](int i) {
    const float number = numbers.of(sort, static_cast<size_t>(i));
    return sort == PictureSort::Difference ? std::abs(number) : number;
  };
  const auto without = std::ranges::stable_partition(order, [&](int i) { return !std::isnan(value(i)); });
  std::stable_sort(order.begin(), without.begin(),
                   [&](int a, int b) { return isReversed ? value(a) < value(b) : value(a) > value(b); });
  return order;
}

}  // namespace corticast
