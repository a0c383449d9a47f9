#pragma once
#include <QDialog>

namespace corticast {

/// Version, licence, and the libraries that the program stands on.
class AboutBox : public QDialog {
  Q_OBJECT

 public:
  explicit AboutBox(QWidget* parent);
};

}  // namespace corticast
