#include "core/surface/template.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/formats/freesurfer_curv.h"
#include "core/formats/freesurfer_surface.h"
#include "tests/surface/small_meshes.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;

namespace {

/// A FreeSurfer folder of level 4 whose surfaces are spheres.
void writeSmallTemplate(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder / "surf");
  for (const Hemisphere hemisphere : kHemispheres) {
    const auto path = [&](const std::string& name) { return folder / "surf" / (toString(hemisphere) + "." + name); };
    const float side = hemisphere == Hemisphere::Left ? 1.0f : -1.0f;
    for (const auto& [name, radius] :
         {std::pair{"sphere", 100.0}, {"white", 50.0}, {"pial", 53.0}, {"inflated", 60.0}}) {
      const Mesh mesh = icosphere(4, radius);
      writeFreesurferSurface(path(name), {mesh.positions, mesh.triangles});
    }
    std::vector<float> values(2562);
    for (size_t v = 0; v < values.size(); ++v) values[v] = side * static_cast<float>(v);
    writeFreesurferCurv(path("curv"), values, 5120);
    writeFreesurferCurv(path("sulc"), values, 5120);
    const Mesh unit = icosphere(4, 1);
    for (size_t v = 0; v < values.size(); ++v) values[v] = unit.positions[v][2] > 0.9f ? 0.1f : 2.5f;
    writeFreesurferCurv(path("thickness"), values, 5120);
  }
}

}  // namespace

TEST(Template, OpensAFreesurferFolderAtItsLevelOrACoarserOne) {
  const TempDir folder;
  writeSmallTemplate(folder.path());
  const auto whole = Template::openFrom(folder.path());
  EXPECT_EQ(whole.level(), SurfaceLevel::Fsaverage4);
  const auto coarse = Template::openFrom(folder.path(), SurfaceLevel::Fsaverage3);
  EXPECT_EQ(coarse.vertexCount(), 642u);
  const Mesh& pial = coarse.mesh(Hemisphere::Right, SurfaceKind::Pial);
  EXPECT_EQ(pial.positions, icosphere(3, 53).positions);
  EXPECT_TRUE(inspect(pial).isClosed());
  EXPECT_EQ(coarse.curvature(Hemisphere::Right).size(), 642u);
  EXPECT_EQ(coarse.sulc(Hemisphere::Right)[5], -5.0f);
  EXPECT_EQ(coarse.neighbours(Hemisphere::Left).vertexCount(), 642u);
  EXPECT_EQ(&coarse.mesh(Hemisphere::Right, SurfaceKind::Pial), &pial) << "read once";
}

TEST(Template, WithoutALabelThinCortexIsMedialWall) {
  const TempDir folder;
  writeSmallTemplate(folder.path());
  const auto fsaverage = Template::openFrom(folder.path());
  const auto& isCortex = fsaverage.isCortex(Hemisphere::Left);
  const auto& sphere = fsaverage.mesh(Hemisphere::Left, SurfaceKind::Sphere);
  for (size_t v = 0; v < isCortex.size(); ++v) EXPECT_EQ(isCortex[v], sphere.positions[v][2] <= 90.0f);
}

TEST(Template, TheLabelOfTheCortexIsUsedWhereItIs) {
  const TempDir folder;
  writeSmallTemplate(folder.path());
  writeFile(folder / "label/lh.cortex.label", "#!ascii label\n2\n3 0 0 0 0\n700 0 0 0 0\n");
  const auto fsaverage = Template::openFrom(folder.path(), SurfaceLevel::Fsaverage3);
  const auto& isCortex = fsaverage.isCortex(Hemisphere::Left);
  EXPECT_EQ(std::count(isCortex.begin(), isCortex.end(), true), 1);
  EXPECT_TRUE(isCortex[3]);
}

TEST(Template, MissingFilesAreNamedWithTheCommandThatFetchesThem) {
  const TempDir folder;
  ::setenv("CORTICAST_DEPS", folder.path().c_str(), 1);
  for (const SurfaceLevel level : kSurfaceLevels) {
    const auto error = errorOf([&] { static_cast<void>(Template::open(level)); });
    EXPECT_THAT(error.remedy, ::testing::HasSubstr("./bootstrap"));
    EXPECT_THAT(error.where, ::testing::StartsWith(folder.path().string()));
  }
  ::unsetenv("CORTICAST_DEPS");
  writeSmallTemplate(folder.path());
  EXPECT_THAT(errorOf([&] { static_cast<void>(Template::openFrom(folder.path(), SurfaceLevel::Fsaverage5)); }).why,
              ::testing::HasSubstr("coarser"));
  std::filesystem::remove(folder / "surf/rh.white");
  const auto opened = Template::openFrom(folder.path());
  EXPECT_THAT(errorOf([&] { static_cast<void>(opened.mesh(Hemisphere::Right, SurfaceKind::White)); }).where,
              ::testing::HasSubstr("rh.white"));
}

TEST(Template, FilesOfAnotherLevelAreRefused) {
  const TempDir folder;
  writeSmallTemplate(folder.path());
  const Mesh mesh = icosphere(3, 50);
  writeFreesurferSurface(folder / "surf/lh.white", {mesh.positions, mesh.triangles});
  const auto opened = Template::openFrom(folder.path());
  EXPECT_THAT(errorOf([&] { static_cast<void>(opened.mesh(Hemisphere::Left, SurfaceKind::White)); }).why,
              ::testing::HasSubstr("642"));
  writeFreesurferCurv(folder / "surf/lh.curv", std::vector<float>(5), 6);
  EXPECT_FALSE(errorOf([&] { static_cast<void>(opened.curvature(Hemisphere::Left)); }).why.empty());
}

TEST(Template, RealFsaverage5IsWhole) {
  if (!std::filesystem::exists(Template::dataFolder() / "fsaverage5/sphere_left.gii.gz"))
    GTEST_SKIP() << "fsaverage5 is not in " << Template::dataFolder() << " (./bootstrap deps fetches it)";
  const auto fsaverage = Template::open(SurfaceLevel::Fsaverage5);
  for (const Hemisphere hemisphere : kHemispheres) {
    for (const SurfaceKind kind : {SurfaceKind::White, SurfaceKind::Pial, SurfaceKind::Inflated, SurfaceKind::Sphere}) {
      const MeshReport report = inspect(fsaverage.mesh(hemisphere, kind));
      EXPECT_EQ(report.eulerCharacteristic, 2) << toString(kind);
      EXPECT_TRUE(report.isClosed());
    }
    for (const Position& p : fsaverage.mesh(hemisphere, SurfaceKind::Sphere).positions)
      EXPECT_NEAR(std::hypot(p[0], p[1], p[2]), 100, 0.01);
    EXPECT_EQ(fsaverage.flatPatch(hemisphere).vertices.size(), hemisphere == Hemisphere::Left ? 9465u : 9537u);
    EXPECT_EQ(fsaverage.sulc(hemisphere).size(), 10242u);
    const auto& isCortex = fsaverage.isCortex(hemisphere);
    const auto wall = std::count(isCortex.begin(), isCortex.end(), false);
    EXPECT_GT(wall, 400);
    EXPECT_LT(wall, 1000);
  }
  const auto coarse = Template::open(SurfaceLevel::Fsaverage3);
  EXPECT_TRUE(inspect(coarse.mesh(Hemisphere::Left, SurfaceKind::Inflated)).isClosed());
  // A triangle across a cut of the flat map would be several times longer than any other.
  const Mesh& flat = coarse.mesh(Hemisphere::Left, SurfaceKind::Flat);
  for (const auto& [a, b, c] : flat.triangles)
    for (const auto& [from, to] : {std::pair{a, b}, {b, c}, {c, a}}) {
      const Position& p = flat.positions[static_cast<size_t>(from)];
      const Position& q = flat.positions[static_cast<size_t>(to)];
      EXPECT_LT(std::hypot(p[0] - q[0], p[1] - q[1]), 40) << from << " to " << to;
    }
}
