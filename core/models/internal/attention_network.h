#pragma once
#include <memory>

#include "core/models/architecture.h"
#include "core/models/internal/position_encoding.h"

namespace corticast {

struct AttentionShape {
  int width = 64;  ///< values per vertex and per token; a multiple of `heads`
  int heads = 4;
  int layers = 2;
  int forwardWidth = 256;  ///< of the two-layer network in each layer
  double dropout = 0.1;
  PositionEncoding encoding;
};

/// With the encoded positions p [N x P] and the picture's tokens T [S x C] (a map C x H x W: one per place; [S x C]:
/// the rows; a vector: one token):
///
///     t = token(T),  h = vertex(p)
///     each layer, pre-norm (Xiong et al. 2020), multi-head attention as in Vaswani et al. 2017:
///       h = h + drop(out(attention(query(norm1(h)), key(t), value(t))))
///       h = h + drop(down(gelu(up(norm2(h)))))
///     value of the vertex = answer(norm(h))
///
/// The first layer's queries are computed once, not per picture. Vertices do not see each other, so the order is of no
/// matter. Modules: `token`, `vertex`, `layer<i>.{norm1,query,key,value,out,norm2,up,down}`, `norm`, `answer`; buffer
/// `positions` [N x P]. Throws Error when the width is no multiple of the heads.
[[nodiscard]] std::shared_ptr<Network> attentionNetwork(const NetworkInput& input, const AttentionShape& shape);
[[nodiscard]] ModelCost attentionCost(const NetworkInput& input, const AttentionShape& shape);

}  // namespace corticast
