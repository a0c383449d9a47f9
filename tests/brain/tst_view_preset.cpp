#include "widgets/brain/view_preset.h"

#include "tests/testing/testing.h"

using namespace corticast;

TEST(ViewPresets, coverTheNumberKeys) {
  ASSERT_EQ(viewPresets().size(), 6U);
  EXPECT_EQ(findViewPreset("nowhere"), nullptr);
  for (const ViewPreset& preset : viewPresets())
    for (const ViewPanel& panel : preset.panels) {
      EXPECT_LT(panel.row, preset.rows) << preset.id;
      EXPECT_LT(panel.column, preset.columns) << preset.id;
    }
}

TEST(ViewPresets, closeUpWhereAHemisphereIsMissing) {
  const ViewPreset right = restricted(*findViewPreset("lateral-medial"), {Hemisphere::Right});
  ASSERT_EQ(right.panels.size(), 2U);
  EXPECT_EQ(right.columns, 1);
  EXPECT_EQ(right.panels[0].column, 0);
  EXPECT_EQ(right.panels[1].row, 1);
  EXPECT_EQ(restricted(*findViewPreset("ventral"), {Hemisphere::Left}).panels[0].hemispheres.size(), 1U);
}

TEST(CameraFrame, looksAtTheOuterSideFromOutside) {
  EXPECT_EQ(cameraFrame(ViewDirection::Lateral, Hemisphere::Left).toCamera[0], -1);
  EXPECT_EQ(cameraFrame(ViewDirection::Lateral, Hemisphere::Right).toCamera[0], 1);
  EXPECT_EQ(cameraFrame(ViewDirection::Medial, Hemisphere::Left).toCamera[0], 1);
  EXPECT_EQ(cameraFrame(ViewDirection::Posterior, Hemisphere::Left).toCamera[1], -1);
}
