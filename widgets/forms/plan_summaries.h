#pragma once

namespace corticast {

class ParamForm;

/// What the folded sections of a form of planParams() say of themselves: "AdamW 1e-4, x 0.75 every 10 epochs".
void addPlanSummaries(ParamForm& form);

}  // namespace corticast
