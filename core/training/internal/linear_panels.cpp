#include "core/training/internal/linear_panels.h"

#include <algorithm>

namespace corticast {
namespace {

using kernels::kPanelColumns;

constexpr size_t kTransposed = 16;  // features at a time: a cache line of each column

template <typename Move>
void forEachTransposed(size_t columns, size_t features, const Move& move) {
  for (size_t first = 0; first < features; first += kTransposed)
    for (size_t c = 0; c < columns; ++c)
      for (size_t f = first; f < std::min(features, first + kTransposed); ++f) move(c, f);
}

void copyIn(const LinearWeights& from, size_t first, size_t columns, AlignedMatrix& weight, AlignedMatrix& bias) {
  forEachTransposed(columns, weight.rows(),
                    [&](size_t c, size_t f) { weight.row(f)[c] = from.weight.row(first + c)[f]; });
  std::copy_n(from.bias.data() + first, columns, bias.row(0).data());
}

void copyOut(const AlignedMatrix& weight, const AlignedMatrix& bias, size_t columns, LinearWeights& to, size_t first) {
  forEachTransposed(columns, weight.rows(),
                    [&](size_t c, size_t f) { to.weight.row(first + c)[f] = weight.row(f)[c]; });
  std::copy_n(bias.row(0).data(), columns, to.bias.data() + first);
}

kernels::PanelWeights panelOf(AlignedMatrix& weight, AlignedMatrix& moment1, AlignedMatrix& moment2) {
  return {.weight = weight.view().data(), .moment1 = moment1.view().data(), .moment2 = moment2.view().data()};
}

}  // namespace

LinearPanels::Panel::Panel(size_t panelColumns, size_t features, size_t pictures)
    : columns(panelColumns),
      weight(features, kPanelColumns),
      moment1(features, kPanelColumns),
      moment2(features, kPanelColumns),
      residual(pictures, kPanelColumns),
      bias(1, kPanelColumns),
      biasMoment1(1, kPanelColumns),
      biasMoment2(1, kPanelColumns),
      sums(1, kPanelColumns),
      squares(1, kPanelColumns) {
  for (size_t c = 0; c < kPanelColumns; ++c) kernels::setColumn(step, c, {});
}

LinearPanels::LinearPanels(size_t columns, size_t features, size_t pictures) {
  for (size_t first = 0; first < columns; first += kPanelColumns)
    m_panels.emplace_back(std::min(kPanelColumns, columns - first), features, pictures);
}

void LinearPanels::load(const LinearState& state, size_t first) {
  for (Panel& panel : m_panels) {
    copyIn(state.now, first, panel.columns, panel.weight, panel.bias);
    copyIn(state.moment1, first, panel.columns, panel.moment1, panel.biasMoment1);
    copyIn(state.moment2, first, panel.columns, panel.moment2, panel.biasMoment2);
    first += panel.columns;
  }
}

void LinearPanels::store(LinearState& state, size_t first) const {
  for (const Panel& panel : m_panels) {
    copyOut(panel.weight, panel.bias, panel.columns, state.now, first);
    copyOut(panel.moment1, panel.biasMoment1, panel.columns, state.moment1, first);
    copyOut(panel.moment2, panel.biasMoment2, panel.columns, state.moment2, first);
    first += panel.columns;
  }
}

void LinearPanels::takeResiduals(MatrixView<const float> features, MatrixView<const float> response,
                                 std::span<const uint32_t> rows, bool isMasked) {
  size_t first = 0;
  for (Panel& panel : m_panels) {
    float* const values = panel.residual.view().data();
    kernels::predictPanel(features, panel.weight.view().data(), values);
    kernels::residualPanel(
        values,
        {.values = response.block(0, first, response.rows(), panel.columns), .rows = rows, .isMasked = isMasked},
        panel.bias.row(0).data(), panel.sums.row(0).data(), panel.squares.row(0).data());
    first += panel.columns;
  }
}

double LinearPanels::squares(size_t firstColumn, size_t count) const {
  double sum = 0;
  for (size_t c = firstColumn; c < firstColumn + count; ++c)
    sum += static_cast<double>(m_panels[c / kPanelColumns].squares.row(0)[c % kPanelColumns]);
  return sum;
}

void LinearPanels::setStep(size_t firstColumn, size_t count, const kernels::AdamwStep& step) {
  for (size_t c = firstColumn; c < firstColumn + count; ++c)
    kernels::setColumn(m_panels[c / kPanelColumns].step, c % kPanelColumns, step);
}

void LinearPanels::descend(MatrixView<const float> features) {
  for (Panel& panel : m_panels) {
    kernels::descendPanel(features, panel.residual.view().data(), panel.step,
                          panelOf(panel.weight, panel.moment1, panel.moment2));
    kernels::stepPanelRow(panel.step, panel.sums.row(0).data(),
                          panelOf(panel.bias, panel.biasMoment1, panel.biasMoment2));
  }
}

}  // namespace corticast
