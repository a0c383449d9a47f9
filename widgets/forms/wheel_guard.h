#pragma once

class QWidget;

namespace corticast {

/// Lets the wheel scroll the form although the pointer is over one of the fields in `form`: a choice that is passed
/// over while scrolling must not change. For the fields that are there when it is called.
void keepWheelForScrolling(QWidget& form);

}  // namespace corticast
