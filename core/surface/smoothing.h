#pragma once
#include <span>
#include <vector>

#include "core/surface/mesh.h"
#include "core/surface/topology.h"

/// Smoothing of maps on a surface. NaN means absent: such vertices keep their NaN and give nothing to others. The same
/// holds for vertices without `isInside` (empty: all are inside), which keep their values.
namespace corticast {

/// `iterations` times: each vertex becomes the mean of itself and its neighbours, as FreeSurfer's
/// `mri_surf2surf --nsmooth-out` does.
[[nodiscard]] std::vector<float> smoothByNeighbours(const Neighbours& neighbours, std::span<const float> values,
                                                    int iterations, const std::vector<bool>& isInside = {});

/// Heat flow on the surface for as long as makes a Gaussian kernel of `fwhmMm` full width at half maximum:
/// time = FWHM^2 / (16 ln 2). Cotangent Laplacian (Pinkall & Polthier 1993; negative weights of obtuse triangles
/// set to 0) with vertex areas as masses, implicit in time. The area-weighted mean is kept, and a constant map too.
[[nodiscard]] std::vector<float> smoothByHeat(const Mesh& mesh, const Neighbours& neighbours,
                                              std::span<const float> values, float fwhmMm,
                                              const std::vector<bool>& isInside = {});

/// Smoothness of a noise map as FWHM in mm, from the variance of differences along edges:
/// mean edge * sqrt(-2 ln 2 / ln(1 - var(difference) / (2 var(value)))) (Forman et al. 1995; Hagler et al. 2006, as
/// FreeSurfer's mris_fwhm computes it). NaN for a constant map, and 0 for neighbours that do not agree at all.
[[nodiscard]] double estimateFwhm(const Mesh& mesh, const Neighbours& neighbours, std::span<const float> values,
                                  const std::vector<bool>& isInside = {});

}  // namespace corticast
