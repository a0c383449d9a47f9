#include "app/workbench/actions/close_question.h"

#include <QBoxLayout>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>

namespace corticast {

CloseQuestion::CloseQuestion(int runs, QWidget* parent) : QDialog(parent) {
  setObjectName("closeQuestion");
  setAttribute(Qt::WA_DeleteOnClose);
  setModal(true);
  setWindowTitle(tr("Training is under way"));
  auto* title =
      new QLabel(runs == 1 ? tr("A run is being trained.") : tr("%1 runs are being trained or wait.").arg(runs), this);
  QFont bold = title->font();
  bold.setBold(true);
  title->setFont(bold);
  auto* text = new QLabel(tr("It can go on without this window; open Corticast again at any time and it is there. "
                             "Stopping saves a checkpoint, from which the run can be resumed."),
                          this);
  text->setWordWrap(true);
  auto* buttons = new QDialogButtonBox(this);
  auto* keep = buttons->addButton(tr("Keep training in the background"), QDialogButtonBox::AcceptRole);
  auto* stop = buttons->addButton(tr("Stop training"), QDialogButtonBox::DestructiveRole);
  auto* cancel = buttons->addButton(QDialogButtonBox::Cancel);
  keep->setObjectName("closeKeep");
  stop->setObjectName("closeStop");
  cancel->setObjectName("closeCancel");
  keep->setDefault(true);
  auto* layout = new QVBoxLayout(this);
  layout->setSpacing(12);
  layout->addWidget(title);
  layout->addWidget(text);
  layout->addWidget(buttons);
  setMinimumWidth(480);
  connect(keep, &QPushButton::clicked, this, [this] {
    accept();
    Q_EMIT answered(Answer::KeepTraining);
  });
  connect(stop, &QPushButton::clicked, this, [this] {
    accept();
    Q_EMIT answered(Answer::StopTraining);
  });
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
}

}  // namespace corticast
