#pragma once
#include "core/surface/mesh.h"

namespace corticast::testing {

[[nodiscard]] Mesh tetrahedron();
/// The icosahedron, every triangle split in four `splits` times, on a sphere of `radius`: 12, 42, 162, 642, ...
/// vertices, nested as fsaverage's levels are.
[[nodiscard]] Mesh icosphere(int splits, double radius);
/// `size` x `size` vertices at distance 1 in the plane z = 0, each square cut in two.
[[nodiscard]] Mesh grid(int size);

}  // namespace corticast::testing
