#include <QComboBox>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/runs/run_snapshot.h"
#include "tests/comparison/finished_run.h"
#include "tests/gui/gui_testing.h"
#include "tests/testing/small_study.h"
#include "widgets/compare/compare_cortex.h"
#include "widgets/compare/compare_panel.h"
#include "widgets/compare/plan_table.h"
#include "widgets/compare/roi_verdict_model.h"
#include "widgets/compare/scatter_plot.h"
#include "widgets/cortex/brain_view.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/state/stall_meter.h"

namespace corticast {
namespace {

using testing::child;
using testing::FinishedModel;
using testing::FinishedRunOptions;
using testing::forEachTheme;
using testing::saveScreenshot;

constexpr size_t kImages = 80, kLeft = 900, kRight = 940;

/// A study whose responses the runs predict but for noise; vertices differ in how well.
std::shared_ptr<const Study> studyIn(const std::filesystem::path& folder) {
  testing::makeSmallStudy(folder, {.images = kImages, .testImages = 0, .leftVertices = kLeft, .rightVertices = kRight});
  return std::make_shared<const Study>(openStudy(folder));
}

struct RunWish {
  std::string name;
  float noise = 1;             ///< standard deviation of the prediction's error
  size_t first = 0, end = 60;  ///< pictures that it validated on
  double learningRate = 1e-4;
  RunStatus status = RunStatus::Done;
};

FinishedModel modelOf(const RunWish& wish, Hemisphere hemisphere, size_t columns) {
  const size_t rows = wish.end - wish.first;
  FinishedModel model{.group = "subj01-" + toString(hemisphere) + "-hemisphere",
                      .roiClass = "",
                      .roi = "",
                      .hemisphere = hemisphere,
                      .columns = {},
                      .predictions = Matrix<float>(rows, columns),
                      .correlation = std::vector<float>(columns, 0.5F)};
  for (uint32_t column = 0; column < columns; ++column) model.columns.push_back(column);
  for (size_t row = 0; row < rows; ++row) {
    Philox random(streamOf(wish.name), row * 2 + (hemisphere == Hemisphere::Left ? 0 : 1));
    for (size_t column = 0; column < columns; ++column) {
      const float own = 0.6F + 1.4F * static_cast<float>(column) / static_cast<float>(columns);
      model.predictions(row, column) = testing::responseAt(0, hemisphere, wish.first + row, column) +
                                       wish.noise * own * static_cast<float>(random.normal());
    }
  }
  return model;
}

struct Bench {
  static const Study& study() { return *sharedStudy(); }
  static std::shared_ptr<const Study> sharedStudy() {
    static QTemporaryDir folder;
    static const auto kStudy = studyIn(folder.filePath("study").toStdString());
    return kStudy;
  }

  QTemporaryDir folder;
  Workspace workspace = Workspace::openOrCreate(folder.filePath("workspace").toStdString());
  WorkbenchState state;
  ComparePanel panel{state};
  QStringList ids;

  explicit Bench(const std::vector<RunWish>& wishes) {
    std::vector<WorkbenchState::RunPointer> runs;
    for (const RunWish& wish : wishes) {
      FinishedRunOptions options{
          .name = wish.name,
          .images = {},
          .models = {modelOf(wish, Hemisphere::Left, kLeft), modelOf(wish, Hemisphere::Right, kRight)},
          .leftColumns = kLeft,
          .rightColumns = kRight,
          .dataset = study().root.string(),
          .status = wish.status,
          .learningRate = wish.learningRate};
      for (size_t row = wish.first; row < wish.end; ++row)
        options.images.push_back(study().subjects[0].trainingImages[row].file);
      runs.insert(runs.begin(), RunReader(makeFinishedRun(workspace, options)).read());
      ids << QString::fromStdString(runs.front()->id);
    }
    state.setStudy(sharedStudy());
    state.setRuns(runs);
    panel.resize(1500, 460);
    panel.show();
    QSignalSpy loaded(&panel.cortex(), &CompareCortex::surfacesLoaded);
    state.setSelectedRuns(ids);
    settle();
    if (loaded.isEmpty()) loaded.wait(8000);
  }
  void settle() {
    QSignalSpy shown(&panel, &ComparePanel::shown);
    shown.wait(10000);
    QTest::qWait(50);
  }
  void choose(const QString& name, int index) {
    auto* box = child<QComboBox>(panel, name);
    box->setCurrentIndex(index);
    Q_EMIT box->activated(index);
    settle();
  }
  [[nodiscard]] QString advice() const { return child<QLabel>(panel, "compareAdvice")->text(); }
  [[nodiscard]] QTableView* verdicts() const { return child<QTableView>(panel, "verdictTable"); }
};

const std::vector<RunWish> kTwo = {{.name = "Linear 1e-4", .noise = 1},
                                   {.name = "Linear 1e-2", .noise = 2, .learningRate = 1e-2}};
const std::vector<RunWish> kThree = {{.name = "Linear 1e-4", .noise = 1},
                                     {.name = "Ridge", .noise = 1.02F},
                                     {.name = "Linear 1e-2", .noise = 2, .learningRate = 1e-2}};

}  // namespace

class TestComparePanel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void mapsShareOneScaleAndDifferenceHasItsOwn() {
    Bench bench(kTwo);
    const CompareCortex& cortex = bench.panel.cortex();
    QCOMPARE(cortex.views().size(), size_t{3});
    const auto a = cortex.mapOf(0, Hemisphere::Left), b = cortex.mapOf(1, Hemisphere::Left);
    const auto difference = cortex.mapOf(2, Hemisphere::Left);
    size_t defined = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      if (std::isnan(a[i])) continue;
      ++defined;
      QCOMPARE(difference[i], a[i] - b[i]);
    }
    QCOMPARE(defined, kLeft);
    QCOMPARE(cortex.range().low, -cortex.range().high);
    QVERIFY(cortex.differenceRange().high < cortex.range().high);
  }

  void camerasTurnAsOne() {
    Bench bench(kTwo);
    const auto& views = bench.panel.cortex().views();
    const auto rayOf = [](BrainView& view) {
      const double ratio = view.devicePixelRatioF();
      return view.scene().rayThrough(0, view.width() / 4.0 * ratio, view.height() * 0.75 * ratio);
    };
    const auto before = rayOf(*views[2]);
    BrainView& turned = *views[1];
    QTest::mousePress(&turned, Qt::LeftButton, {}, QPoint(20, 60));
    for (int step = 1; step <= 5; ++step) QTest::mouseMove(&turned, QPoint(20 + 12 * step, 60 + 7 * step));
    QTest::mouseRelease(&turned, Qt::LeftButton, {}, QPoint(80, 95));
    QTest::qWait(60);
    const auto other = rayOf(*views[0]), last = rayOf(*views[2]);
    double moved = 0;
    for (int axis = 0; axis < 3; ++axis) {
      // Views differ by a pixel in width at most.
      QVERIFY(std::abs(other.from[axis] - last.from[axis]) < 3);
      moved = std::max(moved, std::abs(last.from[axis] - before.from[axis]));
    }
    QVERIFY(moved > 20);
    // Once it rests, nothing is drawn any more.
    QTest::qWait(400);
    const int frames = views[0]->frameCount() + views[2]->frameCount();
    QTest::qWait(200);
    QCOMPARE(views[0]->frameCount() + views[2]->frameCount(), frames);
  }

  void clickOnAnyCortexSelectsTheVertexEverywhere() {
    Bench bench(kTwo);
    BrainView& view = *bench.panel.cortex().views()[2];
    QSignalSpy changed(&bench.state, &WorkbenchState::vertexChanged);
    QTest::mouseClick(&view, Qt::LeftButton, {}, QPoint(view.width() / 4, view.height() / 4));
    QCOMPARE(changed.count(), 1);
    QVERIFY(bench.state.vertex().has_value());
    QVERIFY(child<QLabel>(bench.panel, "compareReadout")->text().startsWith("Vertex "));
  }

  void theBetterRunWinsTheRois() {
    Bench bench(kTwo);
    const auto result = bench.panel.source().result();
    QVERIFY(result);
    QVERIFY(result->pair.count(RoiVerdict::Won) > 30);
    QCOMPARE(result->pair.count(RoiVerdict::Lost), size_t{0});
    QVERIFY(child<QLabel>(bench.panel, "compareSummary")->text().contains("A wins"));
    // The table and the numbers agree.
    QCOMPARE(bench.verdicts()->model()->rowCount(), static_cast<int>(result->pair.rois.size()));
    QCOMPARE(bench.verdicts()->model()->index(0, RoiVerdictModel::kVerdict).data().toString(), QString("A wins"));
  }

  void swappingTurnsTheVerdictsAround() {
    Bench bench(kTwo);
    const size_t won = bench.panel.source().result()->pair.count(RoiVerdict::Won);
    child<QToolButton>(bench.panel, "compareSwap")->click();
    bench.settle();
    QCOMPARE(bench.panel.source().result()->pair.count(RoiVerdict::Lost), won);
    QCOMPARE(child<QComboBox>(bench.panel, "compareFirst")->currentText(), QString("Linear 1e-2"));
  }

  void barsHaveIntervalsAroundTheirValues() {
    Bench bench(kTwo);
    const RoiBars& bars = bench.panel.bars().bars();
    QCOMPARE(bars.runs.size(), size_t{2});
    QVERIFY(!bars.rois.empty());
    for (const RoiBarGroup& roi : bars.rois)
      for (const auto& run : roi.runs)
        for (size_t side = 0; side < 2; ++side) {
          if (roi.vertexCount[side] == 0) continue;
          const auto& interval = run[side].intervalOf(RoiStatistic::Mean);
          QVERIFY(interval && interval->low < *run[side].correlation.mean &&
                  interval->high > *run[side].correlation.mean);
        }
  }

  void oneRoiIsSelectedEverywhere() {
    Bench bench(kTwo);
    const RoiKey ofa{Hemisphere::Right, "floc-faces", "OFA"};
    bench.state.setCurrentRoi(ofa);
    const QModelIndex row = bench.verdicts()->currentIndex();
    QCOMPARE(row.siblingAtColumn(RoiVerdictModel::kRoi).data().toString(), QString("OFA"));
    QCOMPARE(row.siblingAtColumn(RoiVerdictModel::kHemisphere).data().toString(), QString("RH"));
    bench.verdicts()->setCurrentIndex(bench.verdicts()->model()->index(2, 0));
    QVERIFY(bench.state.currentRoi() != ofa);
  }

  void boxInTheScatterPicksVerticesOnTheCortex() {
    Bench bench(kTwo);
    child<QTabWidget>(bench.panel, "compareTabs")->setCurrentIndex(2);
    QTest::qWait(60);
    ScatterPlot& plot = bench.panel.scatter();
    const ScatterPoint& point = plot.points().points[plot.points().points.size() / 2];
    const QPoint place = plot.placeOf(point).toPoint();
    QTest::mousePress(&plot, Qt::LeftButton, {}, place - QPoint(25, 25));
    QTest::mouseMove(&plot, place);
    QTest::mouseMove(&plot, place + QPoint(25, 25));
    QTest::mouseRelease(&plot, Qt::LeftButton, {}, place + QPoint(25, 25));
    QVERIFY(std::ranges::count(plot.brushed(), point.vertex) == 1);
    QVERIFY(plot.brushed().size() < plot.points().points.size());
    saveScreenshot(bench.panel, "compare", "brushed", "light");
    QTest::mouseClick(&plot, Qt::LeftButton, {}, place);
    QVERIFY(bench.state.vertex().has_value());
  }

  void scatterPointsCarryTheirRoi() {
    Bench bench(kTwo);
    bench.state.setSelectedRois({{Hemisphere::Left, "floc-faces", "OFA"}});
    QTest::qWait(20);
    const ScatterPoints& points = bench.panel.scatter().points();
    const auto& ofa = Bench::study().subjects[0].hemisphere(Hemisphere::Left)->roi("OFA")->columns;
    QCOMPARE(points.points.size(), ofa.size());
    QVERIFY(std::ranges::all_of(points.points, [](const ScatterPoint& point) { return point.roi == 0; }));
  }

  void settingsThatDifferAreListed() {
    Bench bench(kTwo);
    auto* table = child<PlanTable>(bench.panel, "planTable");
    QCOMPARE(table->rowCount(), 1);
    QCOMPARE(table->item(0, 1)->text(), QString("Learning rate"));
    QCOMPARE(table->item(0, 3)->text(), QString("0.01"));
  }

  void threeRunsStandSideBySide() {
    Bench bench(kThree);
    QCOMPARE(bench.panel.cortex().views().size(), size_t{4});
    QCOMPARE(bench.panel.bars().bars().runs.size(), size_t{3});
    bench.choose("compareSecond", 2);
    QCOMPARE(bench.panel.source().result()->pair.options.second, size_t{2});
    // A chosen as B swaps them.
    bench.choose("compareFirst", 2);
    QCOMPARE(bench.panel.source().result()->pair.options.first, size_t{2});
    QCOMPARE(bench.panel.source().result()->pair.options.second, size_t{0});
  }

  void runsOfOtherSplitsAreComparedOnCommonPictures() {
    Bench bench({{.name = "a", .first = 0, .end = 50}, {.name = "b", .first = 20, .end = 70}});
    QVERIFY(child<QLabel>(bench.panel, "compareSummary")->text().contains("30 pictures in common"));
  }

  void whatCannotBeComparedSaysWhy() {
    Bench apart({{.name = "a", .first = 0, .end = 40}, {.name = "b", .first = 40, .end = 80}});
    QVERIFY2(apart.advice().contains("0 validation pictures in common"), qPrintable(apart.advice()));
    Bench running({{.name = "a"}, {.name = "b", .status = RunStatus::Running}});
    QVERIFY2(running.advice().startsWith("b is not done yet"), qPrintable(running.advice()));
    running.state.setSelectedRuns({running.ids[0]});
    running.settle();
    QVERIFY2(running.advice().startsWith("Select two or more runs"), qPrintable(running.advice()));
    saveScreenshot(running.panel, "compare", "empty", "light");
  }

  void savesTheVerdicts() {
    Bench bench(kTwo);
    bench.panel.setFileChooser(
        [&](QWidget*, const FileQuestion& question) { return bench.folder.filePath(question.suggested); });
    child<QToolButton>(bench.panel, "verdictsExport")->click();
    QFile file(bench.folder.filePath("comparison.csv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray csv = file.readAll();
    QVERIFY(csv.startsWith("subject,hemisphere,roi_class,roi,vertices,a,a_low,"));
    QCOMPARE(csv.count('\n'), 1 + bench.verdicts()->model()->rowCount());
  }

  void theWindowNeverWaits() {
    Bench bench(kThree);
    StallMeter meter;
    QTest::qWait(30);
    meter.restart();
    // Another test per vertex: everything is resampled again.
    child<QComboBox>(bench.panel, "compareTest")->setCurrentIndex(1);
    Q_EMIT child<QComboBox>(bench.panel, "compareTest")->activated(1);
    QSignalSpy progressed(&bench.panel.source(), &ComparisonSource::progressed);
    QTest::qWait(250);
    QVERIFY(bench.panel.source().isRunning() || bench.panel.source().result());
    // Software OpenGL draws four cortices in the same thread; computing must not be part of the stall.
    QVERIFY2(meter.longestMilliseconds() < 400, qPrintable(QString::number(meter.longestMilliseconds())));
    bench.settle();
  }

  void looksRight() {
    forEachTheme([](const QString& theme) {
      Bench bench(kTwo);
      saveScreenshot(bench.panel, "compare", "two-runs", theme);
      child<QTabWidget>(bench.panel, "compareTabs")->setCurrentIndex(1);
      saveScreenshot(bench.panel, "compare", "verdicts", theme);
      child<QTabWidget>(bench.panel, "compareTabs")->setCurrentIndex(2);
      saveScreenshot(bench.panel, "compare", "scatter", theme);
      child<QTabWidget>(bench.panel, "compareTabs")->setCurrentIndex(4);
      saveScreenshot(bench.panel, "compare", "settings", theme);
      Bench three(kThree);
      three.choose("compareSignificance", 1);
      saveScreenshot(three.panel, "compare", "three-runs", theme);
    });
  }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestComparePanel)
#include "tst_compare_panel.moc"
