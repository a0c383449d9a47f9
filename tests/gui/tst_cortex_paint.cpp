#include <QColor>
#include <QTest>
#include <random>

#include "tests/gui/gui_testing.h"
#include "tests/gui/snapshots.h"
#include "widgets/cortex/cortex_paint.h"

namespace corticast {
namespace {

/// Triangles at random: borders do not ask whether they make a surface.
std::vector<Triangle> triangles(size_t vertices, size_t count) {
  std::minstd_rand random(3);
  std::vector<Triangle> made;
  for (size_t i = 0; i < count; ++i) {
    Triangle t{};
    for (int32_t& corner : t) corner = static_cast<int32_t>(random() % vertices);
    made.push_back(t);
  }
  return made;
}

}  // namespace

class TestCortexPaint : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void bordersAreThoseOfEachRoiAlone() {
    constexpr size_t kVertices = 2500;
    const auto study = testing::sketchStudy(300);
    const HemisphereData& left = *study->subjects.front().hemisphere(Hemisphere::Left);
    const auto mesh = triangles(kVertices, 20000);
    std::set<RoiKey> all;
    for (const Roi& roi : left.rois)
      if (!roi.isAbsent()) all.insert({Hemisphere::Left, roi.roiClass, roi.name});
    const auto outlines = outlineRois(left, all, std::nullopt, mesh, kVertices);
    QCOMPARE(outlines.size(), all.size());
    size_t place = 0, segments = 0;
    for (const Roi& roi : left.rois) {
      if (roi.isAbsent()) continue;
      std::vector<bool> isInside(kVertices);
      for (const uint32_t column : roi.columns)
        if (left.vertices[column] < kVertices) isInside[left.vertices[column]] = true;
      const Outline alone = outlineOf(mesh, isInside, {});
      const Outline& together = outlines[place++];
      QCOMPARE(together.segments.size(), alone.segments.size());
      for (size_t i = 0; i < alone.segments.size(); ++i)
        for (size_t end = 0; end < 2; ++end) {
          QCOMPARE(together.segments[i][end].a, alone.segments[i][end].a);
          QCOMPARE(together.segments[i][end].b, alone.segments[i][end].b);
        }
      segments += alone.segments.size();
    }
    QVERIFY(segments > 1000);
  }

  void theCurrentRoiComesLastAndWider() {
    const auto study = testing::sketchStudy(300);
    const HemisphereData& left = *study->subjects.front().hemisphere(Hemisphere::Left);
    const RoiKey current{Hemisphere::Left, "floc-faces", "FFA-1"};
    const auto outlines =
        outlineRois(left, {{Hemisphere::Left, "floc-faces", "OFA"}, current}, current, triangles(2500, 20000), 2500);
    QCOMPARE(outlines.size(), size_t{2});
    QVERIFY(outlines[1].width > outlines[0].width);
  }
};

}  // namespace corticast

QTEST_GUILESS_MAIN(corticast::TestCortexPaint)
#include "tst_cortex_paint.moc"
