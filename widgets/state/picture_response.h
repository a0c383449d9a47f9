#pragma once
#include <QImage>
#include <QString>
#include <array>
#include <vector>

namespace corticast {

/// The response of the cortex to one picture, measured or predicted; painted as MapKind::Picture.
struct PictureResponse {
  QString title;                              ///< for the colour bar: "Predicted response"
  QString description;                        ///< what it is of: "cat.jpg, predicted by CLIP-Linear"
  QString subject;                            ///< id
  QImage picture;                             ///< shown beside the cortex
  std::array<std::vector<float>, 2> columns;  ///< [lh, rh], one value per column, NaN where there is none; may be empty
};

}  // namespace corticast
