#pragma once
#include <QObject>
#include <QString>

#include "widgets/state/background_job.h"

namespace corticast {

/// Makes the demo study where it is missing, in the background.
class DemoMaker : public QObject {
  Q_OBJECT

 public:
  explicit DemoMaker(QObject* parent = nullptr);

  /// $XDG_DATA_HOME/corticast/demo
  [[nodiscard]] static QString folder();
  /// ready() comes at once when the study is there.
  void start();
  void cancel() { m_job.cancel(); }

 Q_SIGNALS:
  void progressed(const QString& text, double fraction);
  void ready(const QString& folder);
  void failed(const QString& reason);
  void cancelled();

 private:
  BackgroundJob m_job;
};

}  // namespace corticast
