#pragma once
#include <memory>
#include <optional>
#include <span>

#include "widgets/brain/colour_map.h"
#include "widgets/brain/cortex_geometry.h"
#include "widgets/brain/drawn_part.h"

class vtkRenderer;

namespace corticast {

/// How a map is turned into colour. The same for all hemispheres and panels of a view.
struct MapColours {
  std::string colourMap = "vik";
  double low = -1;       ///< value of the colour map's low end
  double high = 1;       ///< value of its high end
  double threshold = 0;  ///< |value| below it fades (or vanishes); 0 = none
  bool fadeBelowThreshold = true;
  double strength = 1;  ///< opacity of the map over the folding, 0..1
  bool operator==(const MapColours&) const = default;
};

/// A colour of its own for one vertex; opacity 0 leaves it bare.
struct Paint {
  Rgb colour;
  float opacity = 0;
};

/// Closed or open borders drawn on the surface in one colour, as points half-way along mesh edges.
struct Outline {
  struct EdgePoint {
    int32_t a, b;  ///< the point lies in the middle of vertices a and b
  };
  std::vector<std::array<EdgePoint, 2>> segments;
  Rgb colour;
  double width = 2;  ///< pixels at 100 %
};

/// The border of a vertex set: a segment across every triangle that has vertices inside and outside.
[[nodiscard]] Outline outlineOf(std::span<const Triangle> triangles, const std::vector<bool>& isInside, Rgb colour);

/// One hemisphere as VTK draws it: curvature underneath, a map on top by a fragment shader, outlines above.
/// Values are changed in place, so that a new map uploads one array. UI thread only.
class HemisphereActor {
 public:
  HemisphereActor();
  ~HemisphereActor();
  HemisphereActor(const HemisphereActor&) = delete;
  HemisphereActor& operator=(const HemisphereActor&) = delete;

  void setGeometry(const CortexGeometry& geometry);
  /// Other positions for the same triangles (another surface, or a step of a morph).
  void setPositions(std::span<const Position> positions);
  /// One value per vertex; NaN where there is none. An empty span removes the map.
  void setMap(std::span<const float> values);
  /// One colour per vertex over folding and map, e.g. ROI labels. An empty span removes it.
  void setPaint(std::span<const Paint> paint);
  void setColours(const MapColours& colours);
  void setFoldingColours(Rgb gyrus, Rgb sulcus);
  void setOutlines(std::vector<Outline> outlines);
  /// A marked vertex, drawn as a small ball; none removes it.
  void setMarker(std::optional<uint32_t> vertex, Rgb colour);
  /// Draws the coarse mesh, if there is one, instead of the whole.
  void setCoarse(bool isCoarse);
  /// Which part of the whole mesh is drawn; lines and marker come with each part.
  void setPart(DrawnPart part);
  void setShift(double x);
  void setVisible(bool isVisible);

  void addTo(vtkRenderer& renderer);

  [[nodiscard]] bool hasGeometry() const;
  [[nodiscard]] std::span<const Position> positions() const;
  [[nodiscard]] double shift() const;
  /// Least and greatest coordinates of the drawn vertices, shift included: x0, x1, y0, y1, z0, z1.
  [[nodiscard]] std::array<double, 6> bounds() const;

  struct Hit {
    uint32_t vertex;  ///< nearest corner of the triangle that was hit
    double distance;  ///< along the ray, 0 at `from`, 1 at `to`
  };
  /// First triangle that the ray meets, in the shifted coordinates of the scene.
  [[nodiscard]] std::optional<Hit> pick(const double from[3], const double to[3]) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace corticast
