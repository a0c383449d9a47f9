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

TEST(PanelLabels, standOnTheSideWhereTheHemisphereIsSeen) {
  const auto labels = [](const char* preset, bool isFlat = false) {
    return labelsOf(findViewPreset(preset)->panels.front(), isFlat);
  };
  EXPECT_EQ(labels("lateral"), (PanelLabels{"LH lateral", ""}));
  EXPECT_EQ(labels("dorsal"), (PanelLabels{"LH dorsal", "RH dorsal"}));
  EXPECT_EQ(labels("posterior"), (PanelLabels{"LH posterior", "RH posterior"}));
  EXPECT_EQ(labels("ventral"), (PanelLabels{"RH ventral", "LH ventral"})) << "seen from below";
  EXPECT_EQ(labels("ventral", true), (PanelLabels{"LH", "RH"})) << "a flat patch is seen from above";
  EXPECT_EQ(labels("lateral", true), (PanelLabels{"LH", ""}));
}

TEST(CameraFrame, looksAtTheOuterSideFromOutside) {
  EXPECT_EQ(cameraFrame(ViewDirection::Lateral, Hemisphere::Left).toCamera[0], -1);
  EXPECT_EQ(cameraFrame(ViewDirection::Lateral, Hemisphere::Right).toCamera[0], 1);
  EXPECT_EQ(cameraFrame(ViewDirection::Medial, Hemisphere::Left).toCamera[0], 1);
  EXPECT_EQ(cameraFrame(ViewDirection::Posterior, Hemisphere::Left).toCamera[1], -1);
}
