#pragma once
#include <QString>
#include <functional>

class QWidget;

namespace corticast {

/// How the train panel asks for files; empty answers mean that the person thought better of it. Tests answer
/// themselves.
struct TrainFiles {
  std::function<QString(QWidget* parent)> openPlan;
  std::function<QString(QWidget* parent, const QString& suggested)> savePlan;
  /// `what` is the dialog's title.
  std::function<QString(QWidget* parent, const QString& what, const QString& filter)> openFile;
  std::function<QString(QWidget* parent)> openFolder;

  /// The desktop's dialogs.
  [[nodiscard]] static TrainFiles desktop();
};

}  // namespace corticast
