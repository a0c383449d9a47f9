#pragma once
#include <QColor>
#include <QList>
#include <QString>
#include <optional>
#include <vector>

#include "widgets/state/workbench_state.h"
#include "widgets/style/run_styles.h"

namespace corticast {

enum class CurveQuantity {
  Loss,          ///< training and validation loss, mean squared error
  Correlation,   ///< mean r over the model's vertices, validation images
  LearningRate,  ///< of the optimiser
};

/// Which models a curve is drawn for.
enum class CurveGrouping {
  Automatic,   ///< the current ROI on top of the others; without one, each ROI, or their mean when there are many
  EachRoi,     ///< every checked ROI
  CurrentRoi,  ///< the ROI that was clicked last
  Mean,        ///< one curve per run
};

struct CurveOptions {
  CurveQuantity quantity = CurveQuantity::Loss;
  CurveGrouping grouping = CurveGrouping::Automatic;
  bool hasValidation = true;
  bool hasTraining = true;
};

enum class CurveWeight { Quiet, Normal, Strong };

/// One line of the plot.
struct Curve {
  QString run;      ///< id
  QString runName;  ///< for people
  QString model;    ///< "OFA LH", "mean of 12 models"
  QString values;   ///< what the numbers are: "validation loss"
  std::optional<RoiKey> roi;
  bool isTraining = false;
  CurveWeight weight = CurveWeight::Normal;
  QColor colour;         ///< not valid: the palette's text colour
  bool isToned = false;  ///< a right hemisphere: the colour moved a little towards the text colour
  QList<qreal> dashes;   ///< the run's pattern
  RunMarker marker = RunMarker::Disc;
  std::vector<double> points;  ///< entry i is epoch i + 1; NaN where undefined
  int bestEpoch = 0;           ///< 1-based; 0: no mark
  int stopEpoch = 0;           ///< last epoch of a model that stopped early or failed; 0: went on
  bool isFailed = false;
  QString reason;  ///< why it stopped
};

/// All that the plot shows, strong curves last.
struct CurveSet {
  std::vector<Curve> curves;
  CurveQuantity quantity = CurveQuantity::Loss;
  QString axisLabel;    ///< of the values, with unit
  QString emptyReason;  ///< what to do, when there is no curve
  bool hasSeveralRuns = false;
};

/// What the state asks for: the selected runs' models of the checked ROIs (of the chosen subject and hemispheres).
[[nodiscard]] CurveSet chooseCurves(const WorkbenchState& state, const CurveOptions& options);

/// Mean over models per epoch. A model that has ended stays in with its last value; the curve ends where the first
/// model that is still being trained is, and models that have not begun are left out.
[[nodiscard]] std::vector<double> meanOver(const std::vector<const GroupCurve*>& models,
                                           std::vector<double> GroupCurve::*values);

/// Every point of every curve as CSV (RFC 4180): run, name, model, quantity, epoch, value.
[[nodiscard]] std::string curvesAsCsv(const CurveSet& set);

}  // namespace corticast
