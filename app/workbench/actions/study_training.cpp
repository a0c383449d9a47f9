#include "app/workbench/actions/study_training.h"

#include "app/workbench/session.h"
#include "core/data/study.h"
#include "widgets/forms/study_plan_dialog.h"

namespace corticast {

void openStudyPlanDialog(Session& session, QWidget* parent) {
  const auto study = session.state().study();
  if (!study) return;
  std::vector<std::string> subjects;
  for (const Subject& subject : study->subjects) subjects.push_back(subject.id);
  auto* dialog =
      new StudyPlanDialog(studyPlans().front(), study, std::move(subjects), session.state().workspace(), parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  QObject::connect(dialog, &QDialog::accepted, &session, [&session, dialog] { session.startRuns(dialog->plans()); });
  dialog->show();
}

}  // namespace corticast
