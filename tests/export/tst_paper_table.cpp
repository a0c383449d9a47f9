#include "core/export/paper_table.h"

#include <algorithm>

#include "core/base/text.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

TableRow row(const std::string& run, const std::string& hemisphere, double tLoss) {
  return {.run = run,
          .experiment = "CLIP_" + run,
          .subject = "subj01",
          .hemisphere = hemisphere,
          .focus = "roi",
          .roi = "OFA",
          .config = "learningRate 0.001",
          .architecture = "linear",
          .tLoss = tLoss,
          .vLoss = 1.25,
          .corrMean = -0.0123,
          .corrMedian = {},
          .bestEpoch = {},
          .vertices = 10};
}

}  // namespace

TEST(PaperTable, putsLeftAboveRight) {
  // The right hemisphere comes first here, and runs are mixed.
  const std::vector<TableRow> rows = {row("a", "rh", 0.3), row("b", "lh", 0.5), row("a", "lh", 0.2),
                                      row("b", "rh", 0.6)};
  const auto lines = split(formatPaperTable(rows, TableFormat::Markdown, {}), '\n');
  EXPECT_EQ(lines[0], "| Experiment | Focus | Config | Architecture | T-loss | V-loss | Corr |");
  EXPECT_EQ(lines[1], "| --- | --- | --- | --- | ---: | ---: | ---: |");
  EXPECT_EQ(lines[2], "| CLIP_a | Single ROI | learningRate 0.001 | Linear | .2000 | 1.2500 | -.0123 |");
  EXPECT_EQ(lines[3], "|  |  |  |  | .3000 | 1.2500 | -.0123 |");
  EXPECT_EQ(lines[4].substr(0, 10), "| CLIP_b |");
  EXPECT_THAT(lines[7], HasSubstr("Left hemisphere above right."));
  EXPECT_THAT(lines[7], HasSubstr("Corr: mean Pearson r over the vertices of OFA"));
}

TEST(PaperTable, printsTheMedianWhereAsked) {
  const std::string text =
      formatPaperTable({row("a", "lh", 0.3), row("a", "rh", 0.3)}, TableFormat::Markdown, {.isMedian = true});
  EXPECT_THAT(text, HasSubstr("| absent |"));
  EXPECT_THAT(text, HasSubstr("Corr: median"));
}

TEST(PaperTable, saysWhichHemisphereStandsAlone) {
  EXPECT_THAT(formatPaperTable({row("a", "rh", 0.3)}, TableFormat::Markdown, {}),
              HasSubstr("| Single ROI, right only |"));
}

TEST(PaperTable, namesSubjectsWhereThereAreSeveral) {
  TableRow other = row("a", "lh", 0.4);
  other.subject = "subj02";
  const std::string text = formatPaperTable({row("a", "lh", 0.3), other}, TableFormat::Markdown, {});
  EXPECT_THAT(text, HasSubstr("| Experiment | Subject | Focus |"));
  EXPECT_THAT(text, HasSubstr("| CLIP_a | subj02 |"));
}

TEST(PaperTable, escapesForLatex) {
  const std::string text = formatPaperTable({row("a", "lh", 0.3), row("a", "rh", 0.2)}, TableFormat::Latex, {});
  EXPECT_THAT(text, HasSubstr("\\begin{tabular}{llllrrr}"));
  EXPECT_THAT(text, HasSubstr("CLIP\\_a & Single ROI & learningRate 0.001 & Linear & .3000 & 1.2500 & -.0123 \\\\\n"
                              " &  &  &  & .2000 & 1.2500 & -.0123 \\\\\n\\bottomrule"));
}

// The figures of the paper's table, as they are printed there.
TEST(PaperTable, hasThePapersRows) {
  const auto& rows = publishedRows();
  ASSERT_EQ(rows.size(), 10U);
  const std::string text = formatPaperTable(rows, TableFormat::Markdown, {});
  for (const char* line : {"| .3821 | .4214 | .2726 |", "| .3784 | .4134 | .3257 |", "| .4316 | .4711 | .2747 |",
                           "| .4104 | .4517 | .3274 |", "| .3268 | .4946 | .2157 |", "| .3153 | .4687 | .2835 |",
                           "| .4529 | .4809 | .2528 |", "| .4311 | .4596 | .3180 |", "| .3846 | .4885 | .2545 |",
                           "| .3747 | .4667 | .3125 |"})
    EXPECT_THAT(text, HasSubstr(line));
  EXPECT_EQ(split(text, '\n').size(), 2U + 10 + 1 + 1 + 1);
  EXPECT_THAT(text, HasSubstr("| CLIP-Pos (Resblocks) (paper) | Single ROI |"));
  EXPECT_THAT(text, Not(HasSubstr("only")));
  EXPECT_EQ(rows[0].roi, "OFA");
  EXPECT_FALSE(rows[0].corrMedian);
}

TEST(PaperTable, isForReading) {
  EXPECT_EQ(errorOf([] { (void)formatPaperTable({}, TableFormat::Csv, {}); }).where, "csv");
}

TEST(PaperTable, printsNumbersWithoutTheirZero) {
  EXPECT_EQ(printedNumber(0.38214), ".3821");
  EXPECT_EQ(printedNumber(-0.5), "-.5000");
  EXPECT_EQ(printedNumber(10.25), "10.2500");
  EXPECT_EQ(printedNumber({}), "absent");
}
