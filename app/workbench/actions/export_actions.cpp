#include "app/workbench/actions/export_actions.h"

#include <algorithm>

#include "widgets/cortex/cortex_panel.h"
#include "widgets/figures/figure_dialog.h"
#include "widgets/figures/submission_dialog.h"

namespace corticast {
namespace {

/// The epoch on the cortex as a number, so that the figure stays what it was while the run goes on.
int shownEpoch(const WorkbenchState& state) {
  const auto run = state.currentRun();
  if (!run || state.epoch() > 0) return state.epoch();
  if (run->state.status == RunStatus::Done) return 0;
  return newestEpoch(*run);
}

Figure figureOf(const WorkbenchState& state, const CortexPanel& cortex) {
  const CortexViewSettings& view = cortex.settings();
  const MapColours colours = cortex.colours();
  Figure figure;
  figure.dataset = state.study()->root;
  figure.subject = state.subject().toStdString();
  // A figure can be drawn again from what is on disk; the response to a picture cannot, so its run is shown.
  figure.map = state.map() == MapKind::Picture ? MapKind::Correlation : state.map();
  if (const auto run = state.currentRun(); run && figure.map == MapKind::Correlation) {
    figure.run = run->path;
    figure.epoch = shownEpoch(state);
  } else if (figure.map == MapKind::Correlation) {
    figure.map = MapKind::None;  // no run is chosen: the cortex is bare
  }
  figure.surface = view.surface;
  figure.morph = view.morph;
  figure.views = view.views;
  figure.hemispheres.assign(state.hemispheres().begin(), state.hemispheres().end());
  if (figure.map == state.map() && (figure.map == MapKind::Correlation || figure.map == MapKind::Ceiling)) {
    figure.colourMap = colours.colourMap;
    figure.range = ValueRange{colours.low, colours.high};
    figure.threshold = colours.threshold;
  }
  if (figure.map != MapKind::None)
    for (const RoiKey& key : state.selectedRois())
      if (state.hemispheres().contains(key.hemisphere)) figure.rois.push_back(key);
  return figure;
}

}  // namespace

void openFigureDialog(const WorkbenchState& state, const CortexPanel& cortex, QWidget* parent) {
  if (!state.study()) return;
  auto* dialog = new FigureDialog(figureOf(state, cortex), parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->show();
}

void openSubmissionDialog(const WorkbenchState& state, QWidget* parent) {
  if (!state.study()) return;
  auto* dialog = new SubmissionDialog(state.study(), state.runs(), state.selectedRuns(), parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->show();
}

}  // namespace corticast
