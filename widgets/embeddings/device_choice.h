#pragma once
#include <QComboBox>
#include <string>

namespace corticast {

/// Where to compute: what there is, found out in the background. Without a CUDA device it says why in the tooltips.
/// objectName "device".
class DeviceChoice : public QComboBox {
  Q_OBJECT

 public:
  explicit DeviceChoice(QWidget* parent = nullptr);

  /// As chooseDevice takes it: "auto", "cpu", "cuda:0".
  [[nodiscard]] std::string request() const;

 private:
  void addCuda();
};

}  // namespace corticast
