#include "core/training/vertex_positions.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/data/study.h"
#include "core/formats/freesurfer_surface.h"
#include "core/training/target_group.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

/// The smallest of fsaverage's levels (642 vertices) with made-up surfaces: the golden spiral on a sphere, the white
/// surface an ellipsoid of which lh lies left and rh right.
std::vector<Position> spiral(std::array<double, 3> radius, double centre) {
  std::vector<Position> positions;
  for (int v = 0; v < 642; ++v) {
    const double z = 1 - 2 * (v + 0.5) / 642, flat = std::sqrt(1 - z * z), angle = 2.399963229728653 * v;
    positions.push_back({static_cast<float>(centre + radius[0] * flat * std::cos(angle)),
                         static_cast<float>(radius[1] * flat * std::sin(angle)), static_cast<float>(radius[2] * z)});
  }
  return positions;
}

class VertexPositionsTest : public ::testing::Test {
 protected:
  VertexPositionsTest() {
    std::filesystem::create_directories(folder / "surf");
    for (const Hemisphere hemisphere : kHemispheres) {
      const double side = hemisphere == Hemisphere::Left ? -35 : 35;
      std::vector<Triangle> triangles;
      for (int v = 0; v + 2 < 642; ++v) triangles.push_back({v, v + 1, v + 2});
      const auto write = [&](const char* name, const std::vector<Position>& positions) {
        writeFreesurferSurface(folder / "surf" / (toString(hemisphere) + "." + name), {positions, triangles});
      };
      write("sphere", spiral({100, 100, 100}, 0));
      write("inflated", spiral({50, 90, 60}, 0));
      write("white", spiral({30, 70, 40}, side));
      write("pial", spiral({33, 73, 43}, side));
    }
    for (const char* id : {"subj01", "subj02"}) {
      Subject subject;
      subject.id = id;
      for (const Hemisphere hemisphere : kHemispheres) {
        HemisphereData data;
        data.hemisphere = hemisphere;
        for (uint32_t vertex = 5; vertex < 300; vertex += 3) data.vertices.push_back(vertex);
        subject.hemispheres.push_back(std::move(data));
      }
      study.subjects.push_back(std::move(subject));
    }
  }

  [[nodiscard]] VertexPositions positions(const std::vector<TargetPart>& parts, SurfaceKind kind) const {
    TargetGroup group;
    group.id = "group";
    group.parts = parts;
    for (TargetPart& part : group.parts)
      for (const uint32_t column : part.columns) part.vertices.push_back(5 + 3 * column);
    return vertexPositions(group, fsaverage(), kind);
  }
  [[nodiscard]] Template fsaverage() const { return Template::openFrom(folder.path()); }
  /// Where a column of `lh` or `rh` lies.
  [[nodiscard]] Position at(Hemisphere hemisphere, SurfaceKind kind, uint32_t column) const {
    const Template whole = fsaverage();
    return whole.mesh(hemisphere, kind).positions[5 + 3 * column];
  }

  testing::TempDir folder;
  Study study;
};

TEST_F(VertexPositionsTest, AreRelativeToTheGroup) {
  const std::vector<uint32_t> columns = {2, 3, 20, 47};
  const VertexPositions found = positions({{"subj01", Hemisphere::Left, columns}}, SurfaceKind::White);
  ASSERT_EQ(found.relative.rows(), 4U);
  for (size_t axis = 0; axis < 3; ++axis) {
    float low = 1e9F, high = -1e9F;
    for (const uint32_t column : columns) {
      low = std::min(low, at(Hemisphere::Left, SurfaceKind::White, column)[axis]);
      high = std::max(high, at(Hemisphere::Left, SurfaceKind::White, column)[axis]);
    }
    EXPECT_FLOAT_EQ(found.extentMm[axis], high - low);
    for (size_t i = 0; i < 4; ++i)
      EXPECT_NEAR(found.relative(i, axis),
                  (at(Hemisphere::Left, SurfaceKind::White, columns[i])[axis] - low) / (high - low), 1e-6);
  }
}

TEST_F(VertexPositionsTest, OneVertexIsAtTheOrigin) {
  const VertexPositions found = positions({{"subj01", Hemisphere::Left, {7}}}, SurfaceKind::White);
  for (size_t axis = 0; axis < 3; ++axis) {
    EXPECT_EQ(found.relative(0, axis), 0);
    EXPECT_EQ(found.extentMm[axis], 0);
  }
  EXPECT_EQ(found.order, (std::vector<uint32_t>{0}));
}

TEST_F(VertexPositionsTest, HemispheresOfAPairLieSideBySide) {
  const std::vector<uint32_t> columns = {2, 3, 20, 47};
  const std::vector<TargetPart> pair = {{"subj01", Hemisphere::Left, columns}, {"subj01", Hemisphere::Right, columns}};
  for (const SurfaceKind kind : {SurfaceKind::White, SurfaceKind::Pial, SurfaceKind::Inflated, SurfaceKind::Sphere}) {
    const VertexPositions found = positions(pair, kind);
    ASSERT_EQ(found.relative.rows(), 8U);
    float rightmostLeft = 0, leftmostRight = 1;
    for (size_t i = 0; i < 4; ++i) {
      rightmostLeft = std::max(rightmostLeft, found.relative(i, 0));
      leftmostRight = std::min(leftmostRight, found.relative(4 + i, 0));
      EXPECT_FLOAT_EQ(found.relative(i, 1), found.relative(4 + i, 1));  // the made-up hemispheres are alike
    }
    EXPECT_LT(rightmostLeft, leftmostRight) << toString(kind);
    EXPECT_EQ(*std::ranges::max_element(found.relative.values()), 1);
    EXPECT_EQ(*std::ranges::min_element(found.relative.values()), 0);
  }
}

TEST_F(VertexPositionsTest, TheOrderIsAlongTheSurfaceHemisphereByHemisphere) {
  std::vector<uint32_t> columns(90);
  std::iota(columns.begin(), columns.end(), 0U);
  const VertexPositions found =
      positions({{"subj01", Hemisphere::Right, columns}, {"subj01", Hemisphere::Left, columns}}, SurfaceKind::White);
  std::vector<uint32_t> sorted = found.order;
  std::ranges::sort(sorted);
  for (uint32_t i = 0; i < 180; ++i) EXPECT_EQ(sorted[i], i);
  for (size_t i = 0; i < 90; ++i) EXPECT_GE(found.order[i], 90U) << "lh, the second part, comes first";
}

TEST_F(VertexPositionsTest, SubjectsThatShareAHeadShareItsPositions) {
  const std::vector<TargetPart> parts = {
      {.subject = "subj01", .hemisphere = Hemisphere::Left, .columns = {2, 3, 20}, .outputs = {0, 1, 2}},
      {.subject = "subj02", .hemisphere = Hemisphere::Left, .columns = {3, 20, 40}, .outputs = {1, 2, 3}}};
  const VertexPositions shared = positions(parts, SurfaceKind::White);
  const VertexPositions one =
      positions({{.subject = "subj01", .hemisphere = Hemisphere::Left, .columns = {2, 3, 20, 40}}}, SurfaceKind::White);
  EXPECT_TRUE(std::ranges::equal(shared.relative.values(), one.relative.values()));
  EXPECT_EQ(shared.order, one.order);
}

TEST_F(VertexPositionsTest, SubjectsWithAHeadEachSeeEveryVertexOnce) {
  const std::vector<TargetPart> parts = {{.subject = "subj01", .hemisphere = Hemisphere::Left, .columns = {2, 3, 20}},
                                         {.subject = "subj01", .hemisphere = Hemisphere::Right, .columns = {3}},
                                         {.subject = "subj02", .hemisphere = Hemisphere::Left, .columns = {3, 20, 40}}};
  const VertexPositions found = positions(parts, SurfaceKind::White);
  const VertexPositions one = positions({{.subject = "subj01", .hemisphere = Hemisphere::Left, .columns = {2, 3, 20}},
                                         {.subject = "subj01", .hemisphere = Hemisphere::Right, .columns = {3}},
                                         {.subject = "subj01", .hemisphere = Hemisphere::Left, .columns = {40}}},
                                        SurfaceKind::White);
  EXPECT_TRUE(std::ranges::equal(found.relative.values(), one.relative.values()));
  EXPECT_EQ(found.order, one.order);
  EXPECT_EQ(found.heads, 2);
  // Vertex * 2 + subject, the vertices being 2, 3, 20 of lh, 3 of rh, 40 of lh.
  EXPECT_EQ(found.answers, (std::vector<int64_t>{0, 2, 4, 6, 3, 5, 9}));
  EXPECT_EQ(one.heads, 1);
  EXPECT_TRUE(one.answers.empty());
}

TEST_F(VertexPositionsTest, TheLevelIsThatOfTheStudysVertices) {
  EXPECT_EQ(levelOf(study), SurfaceLevel::Fsaverage5);
  study.subjects[1].hemispheres[0].vertices.push_back(10241);
  EXPECT_EQ(levelOf(study), SurfaceLevel::Fsaverage5);
  study.subjects[1].hemispheres[0].vertices.push_back(10242);
  EXPECT_EQ(levelOf(study), SurfaceLevel::Fsaverage);
}

TEST_F(VertexPositionsTest, AVertexBeyondFsaverageIsNamed) {
  EXPECT_THAT(testing::errorOf([&] {
                (void)positions({{"subj01", Hemisphere::Left, {213}}}, SurfaceKind::White);
              }).where,
              ::testing::HasSubstr("lh vertex 644"));
}

}  // namespace
}  // namespace corticast
