#pragma once

namespace corticast {

/// In how many goes a panel of the cortex is drawn, one per turn of the event loop: one where that is fast, more where
/// software drawing beside a training run would keep keys and mouse waiting. Learns from how long the goes take.
class DrawPacing {
 public:
  [[nodiscard]] int goes() const { return m_goes; }
  /// `milliseconds` of the longest go of a panel that was drawn in goes().
  void took(double milliseconds);

 private:
  int m_goes = 1;
};

}  // namespace corticast
