#pragma once

class QWidget;

namespace corticast {

class CortexPanel;
class WorkbenchState;

/// Opens the figure dialog on what the cortex shows now.
void openFigureDialog(const WorkbenchState& state, const CortexPanel& cortex, QWidget* parent);

/// Opens the submission dialog on the study's finished runs, the chosen ones ticked.
void openSubmissionDialog(const WorkbenchState& state, QWidget* parent);

}  // namespace corticast
