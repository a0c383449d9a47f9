#include "widgets/embeddings/device_choice.h"

#include <QStandardItemModel>

#include "core/base/text.h"
#include "core/linalg/device.h"
#include "widgets/state/background_job.h"

namespace corticast {

DeviceChoice::DeviceChoice(QWidget* parent) : QComboBox(parent) {
  setObjectName("device");
  addItem(tr("Automatic"), "auto");
  setItemData(0, tr("A CUDA device where there is one, else the processor."), Qt::ToolTipRole);
  addItem(tr("Processor"), "cpu");
  setToolTip(tr("Looking for devices…"));
  auto* job = new BackgroundJob(this);
  connect(job, &BackgroundJob::finished, this, [this, job] {
    addCuda();
    job->deleteLater();
  });
  job->start([](ProgressReporter&) { (void)cudaStatus(); });  // loads a library of 2 GB where there is a device
}

void DeviceChoice::addCuda() {
  const CudaStatus& cuda = cudaStatus();
  for (const CudaDevice& device : cuda.devices) {
    addItem(tr("CUDA %1: %2").arg(device.index).arg(QString::fromStdString(device.name)),
            QString("cuda:%1").arg(device.index));
    setItemData(count() - 1, QString::fromStdString(byteSize(device.memoryBytes)), Qt::ToolTipRole);
  }
  setToolTip(tr("Where the network is computed. The numbers are the same to rounding."));
  if (!cuda.devices.empty()) return;
  const QString why = tr("Not to be had: %1").arg(QString::fromStdString(cuda.reason));
  addItem(tr("CUDA"), "cuda");
  setItemData(count() - 1, why, Qt::ToolTipRole);
  if (auto* items = qobject_cast<QStandardItemModel*>(model())) items->item(count() - 1)->setEnabled(false);
  setToolTip(tr("Where the network is computed. CUDA is not to be had: %1").arg(QString::fromStdString(cuda.reason)));
}

std::string DeviceChoice::request() const {
  return currentData().toString().toStdString();
}

}  // namespace corticast
