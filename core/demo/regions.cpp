#include "core/demo/internal/regions.h"

namespace corticast::demo {

const std::vector<Region>& regions() {
  static const std::vector<Region> all{
      {"prf-visualrois", 1, "V1v", {{8, -93, -6}, {8, -84, -4}, {11, -74, 2}}, 850},
      {"prf-visualrois", 2, "V1d", {{9, -97, 5}, {8, -88, 8}, {13, -72, 9}}, 700},
      {"prf-visualrois", 3, "V2v", {{14, -92, -12}, {12, -80, -10}, {14, -68, -5}}, 1000},
      {"prf-visualrois", 4, "V2d", {{15, -98, 13}, {12, -94, 20}, {14, -82, 24}}, 850},
      {"prf-visualrois", 5, "V3v", {{22, -88, -14}, {18, -76, -12}, {20, -66, -9}}, 1000},
      {"prf-visualrois", 6, "V3d", {{22, -96, 15}, {20, -92, 24}, {20, -82, 32}}, 850},
      {"prf-visualrois", 7, "hV4", {{28, -76, -14}, {27, -70, -12}}, 500},
      {"floc-bodies", 1, "EBA", {{46, -72, 4}}, 900, 0.85},
      {"floc-bodies", 2, "FBA-1", {{42, -58, -18}}, 220, 0.8},
      {"floc-bodies", 3, "FBA-2", {{42, -46, -22}}, 280},
      {"floc-bodies", 4, "mTL-bodies", {{38, -30, -24}}, 130},
      {"floc-faces", 1, "OFA", {{40, -78, -12}}, 350, 0.8},
      {"floc-faces", 2, "FFA-1", {{40, -60, -18}}, 320, 0.75},
      {"floc-faces", 3, "FFA-2", {{40, -46, -20}}, 300, 0.75},
      {"floc-faces", 4, "mTL-faces", {{36, -28, -26}}, 130},
      {"floc-faces", 5, "aTL-faces", {{34, -8, -36}}, 200},
      {"floc-places", 1, "OPA", {{34, -82, 20}}, 550},
      {"floc-places", 2, "PPA", {{28, -46, -8}}, 650},
      {"floc-places", 3, "RSC", {{16, -56, 12}}, 400},
      {"floc-words", 1, "OWFA", {{40, -78, -10}}, 260, 1.6},
      {"floc-words", 2, "VWFA-1", {{42, -60, -14}}, 220, 1.9},
      {"floc-words", 3, "VWFA-2", {{44, -48, -16}}, 200, 1.9},
      {"floc-words", 4, "mfs-words", {{40, -42, -18}}, 120, 1.6},
      {"floc-words", 5, "mTL-words", {{42, -28, -22}}, 100, 1.4},
      {"streams",
       1,
       "early",
       {{9, -94, 0}, {10, -82, 2}, {16, -90, -12}, {14, -76, -8}, {18, -96, 16}, {15, -82, 24}},
       3600},
      {"streams", 2, "midventral", {{28, -76, -14}, {30, -84, -14}}, 700},
      {"streams", 3, "midlateral", {{36, -88, 2}, {34, -88, -4}}, 700},
      {"streams", 4, "midparietal", {{26, -84, 26}, {30, -80, 22}}, 650},
      {"streams", 5, "ventral", {{30, -62, -12}, {38, -56, -18}, {36, -42, -20}, {28, -46, -8}}, 2600},
      {"streams", 6, "lateral", {{46, -72, 4}, {50, -62, 6}, {46, -76, -6}}, 2200},
      {"streams", 7, "parietal", {{24, -66, 44}, {28, -72, 36}, {24, -60, 54}}, 2000},
  };
  return all;
}

std::string nameOf(const std::string& roiClass, int64_t label) {
  for (const Region& region : regions())
    if (region.roiClass == roiClass && region.label == label) return region.name;
  return {};
}

}  // namespace corticast::demo
