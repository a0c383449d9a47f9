#include "core/export/results_table.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using ::testing::HasSubstr;

namespace {

TableRow example() {
  return {.run = "01J",
          .experiment = "CLIP-Linear, 2nd \"try\"",
          .subject = "subj01",
          .hemisphere = "lh",
          .focus = "roi",
          .roi = "FFA_1|x",
          .config = "learningRate 0.0003",
          .architecture = "linear",
          .tLoss = 0.4316,
          .vLoss = 0.47114,
          .corrMean = 0.27472,
          .corrMedian = {},
          .bestEpoch = 7,
          .vertices = 355};
}

}  // namespace

TEST(ResultsTable, writesCsvThatReadsBack) {
  const auto text = formatTable({example()}, TableFormat::Csv);
  const auto lines = split(text, '\n');
  EXPECT_EQ(lines[0],
            "run,experiment,subject,hemisphere,focus,roi,config,architecture,t_loss,v_loss,corr_mean,corr_median,"
            "best_epoch,vertices");
  EXPECT_EQ(lines[1],
            "01J,\"CLIP-Linear, 2nd \"\"try\"\"\",subj01,lh,roi,FFA_1|x,learningRate 0.0003,linear,0.4316,0.47114,"
            "0.27472,,7,355");
}

TEST(ResultsTable, printsForPeople) {
  const auto text = formatTable({example()}, TableFormat::Markdown);
  EXPECT_THAT(text, HasSubstr("| FFA_1\\|x |"));
  EXPECT_THAT(text, HasSubstr("| 0.4316 | 0.4711 | 0.275 | absent | 7 | 355 |"));
}

TEST(ResultsTable, escapesForLatex) {
  const auto text = formatTable({example()}, TableFormat::Latex);
  EXPECT_THAT(text, HasSubstr("FFA\\_1|x & learningRate 0.0003 & linear & 0.4316 & 0.4711 & 0.275 & absent"));
  EXPECT_THAT(text, HasSubstr("\\begin{tabular}{llllllllrrrrrr}"));
}

TEST(ResultsTable, hasNullForAbsentNumbersInJson) {
  const Json row = tableToJson({example()}).at(0);
  EXPECT_TRUE(row.at("corr_median").is_null());
  EXPECT_EQ(row.at("t_loss"), 0.4316);
  EXPECT_EQ(row.size(), 14U);
}

TEST(ResultsTable, knowsItsFormats) {
  EXPECT_EQ(tableFormatFrom("latex"), TableFormat::Latex);
  EXPECT_EQ(errorOf([] { (void)tableFormatFrom("xlsx"); }).where, "xlsx");
}
