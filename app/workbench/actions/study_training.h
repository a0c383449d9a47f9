#pragma once

class QWidget;

namespace corticast {

class Session;

/// Asks which trainings of a published study to queue, for all subjects of the open study. Nothing without a study.
void openStudyPlanDialog(Session& session, QWidget* parent);

}  // namespace corticast
