#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <cmath>

#include "tests/gui/gui_testing.h"
#include "tests/gui/snapshots.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/roi_bars_panel.h"

namespace corticast {
namespace {

using testing::child;
using testing::forEachTheme;
using testing::mapValue;
using testing::RunSketch;
using testing::saveScreenshot;
using testing::sketchRun;
using Runs = std::vector<RunSketch>;

const RunSketch kFirst{.epochs = 20};
const RunSketch kSecond{
    .id = "01JD0000000000000000000002", .name = "AlexNet-Linear", .epochs = 20, .quality = 0.35, .seed = 5};

struct Bench {
  QTemporaryDir folder;
  std::shared_ptr<const Study> study;
  WorkbenchState state;
  RoiBarsPanel panel{state};
  std::vector<std::shared_ptr<RunSnapshot>> runs;

  explicit Bench(const std::vector<RunSketch>& sketches = {kFirst}, bool hasFiles = true) {
    static const std::shared_ptr<const Study> kStudy = testing::sketchStudy();
    study = kStudy;
    std::vector<WorkbenchState::RunPointer> known;
    QStringList ids;
    for (const RunSketch& sketch : sketches) {
      runs.push_back(sketchRun(*study, sketch));
      const std::filesystem::path own = folder.filePath(QString::fromStdString(sketch.id)).toStdString();
      if (hasFiles)
        testing::writeMaps(*runs.back(), own);
      else
        runs.back()->path = own;
      known.insert(known.begin(), runs.back());
      ids << QString::fromStdString(sketch.id);
    }
    state.setStudy(study);
    state.setRuns(known);
    panel.resize(1200, 300);
    panel.show();
    QSignalSpy measured(&panel, &RoiBarsPanel::measured);
    state.setSelectedRuns(ids);
    settle();
  }
  void settle() {
    QSignalSpy measured(&panel, &RoiBarsPanel::measured);
    measured.wait(1500);
    QTest::qWait(80);
  }
  [[nodiscard]] const RoiBarGroup& roi(const std::string& name) const {
    return *std::ranges::find(panel.plot().bars().rois, name, &RoiBarGroup::name);
  }
};

}  // namespace

class TestRoiBarsPanel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void meanMedianAndCeilingAreThoseOfTheVertices() {
    Bench bench;
    const RunSnapshot& run = *bench.runs.front();
    const auto& groups = run.layout->cohorts[0].groups;
    const auto index =
        static_cast<size_t>(std::ranges::find(groups, std::string("subj01-rh-PPA"), &RunGroup::id) - groups.begin());
    std::vector<double> values;
    for (size_t column = 0; column < groups[index].columnCount(); ++column)
      values.push_back(mapValue(run, index, column, run.curves[0][index].bestEpoch));
    double sum = 0;
    for (const double value : values) sum += value;
    std::ranges::sort(values);
    const size_t n = values.size();
    const double median = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;

    const RoiScore& score = bench.roi("PPA").runs[0][1];
    QCOMPARE(score.bestEpoch, run.curves[0][index].bestEpoch);
    QCOMPARE(score.correlation.vertices, n);
    QVERIFY(std::abs(*score.correlation.mean - sum / static_cast<double>(n)) < 1e-6);
    QVERIFY(std::abs(*score.correlation.median - median) < 1e-6);

    const Roi& roi = *bench.study->subjects.front().hemisphere(Hemisphere::Right)->roi("PPA");
    double ceiling = 0;
    for (const uint32_t column : roi.columns)
      ceiling += std::sqrt(bench.study->subjects.front().hemisphere(Hemisphere::Right)->noiseCeiling[column]);
    QVERIFY(std::abs(*bench.roi("PPA").ceiling[1].mean - ceiling / static_cast<double>(roi.columns.size())) < 1e-6);
  }

  void undefinedCorrelationsAreLeftOutAndCounted() {
    const VertexSummary summary = summarise({0.1F, std::nanf(""), 0.3F, 0.8F}, {0, 1, 2, 3});
    QCOMPARE(summary.vertices, size_t{3});
    QCOMPARE(summary.undefined, size_t{1});
    QVERIFY(std::abs(*summary.mean - 0.4) < 1e-7);
    QVERIFY(std::abs(*summary.median - 0.3) < 1e-7);
    QVERIFY(!summarise({std::nanf("")}, {0}).mean);
  }

  void absentRoisAndMissingModelsAreSaid() {
    Bench bench(Runs{{.rois = {"OFA"}, .epochs = 5}});
    BarPlot& plot = bench.panel.plot();
    const auto place = [&](const char* name) {
      return static_cast<size_t>(&bench.roi(name) - plot.bars().rois.data());
    };
    // The small study has no aTL-faces in the left hemisphere.
    QVERIFY(plot.describe(place("aTL-faces"), Hemisphere::Left, 0).contains("absent"));
    QVERIFY(plot.describe(place("PPA"), Hemisphere::Left, 0).contains("no model"));
    QVERIFY(plot.describe(place("OFA"), Hemisphere::Left, 0).contains("mean r 0."));
    QCOMPARE(bench.roi("OFA").runs[0][0].isPredicted, true);
  }

  void onlyCheckedRoisHaveBarsUnlessAllAreAsked() {
    Bench bench;
    bench.state.setSelectedRois({{Hemisphere::Left, "floc-places", "PPA"}, {Hemisphere::Right, "floc-places", "RSC"}});
    bench.settle();
    QCOMPARE(bench.panel.plot().bars().rois.size(), size_t{2});
    auto* box = child<QComboBox>(bench.panel, "roiChoice");
    box->setCurrentIndex(1);
    Q_EMIT box->activated(1);
    bench.settle();
    QVERIFY(bench.panel.plot().bars().rois.size() > 25);
  }

  void clickSelectsTheRoiEverywhere() {
    Bench bench;
    const RoiKey key{Hemisphere::Right, "floc-faces", "FFA-2"};
    const auto place = bench.panel.plot().barAt(key);
    QVERIFY(place.has_value());
    QTest::mouseClick(&bench.panel.plot(), Qt::LeftButton, {}, place->toPoint());
    QCOMPARE(bench.state.currentRoi().value(), key);
  }

  void aRunWithoutItsFilesSaysWhy() {
    Bench bench({kFirst}, false);
    const QLabel* failure = child<QLabel>(bench.panel, "roiBarsFailure");
    QVERIFY(failure->isVisible());
    QVERIFY2(!failure->text().isEmpty(), qPrintable(failure->text()));
  }

  void sayWhatToDoWhenThereIsNothingToShow() {
    Bench bench(Runs{});
    QCOMPARE(bench.panel.plot().emptyText(), QString("Choose ROIs, press Train"));
    bench.state.setStudy(nullptr);
    bench.settle();
    QCOMPARE(bench.panel.plot().emptyText(), QString("Open a study to see its ROIs"));
  }

  void exportsTheNumbers() {
    Bench bench({kFirst, kSecond});
    bench.panel.setFileChooser(
        [&](QWidget*, const FileQuestion& question) { return bench.folder.filePath(question.suggested); });
    child<QAction>(bench.panel, "roisExportCsv")->trigger();
    QFile file(bench.folder.filePath("rois.csv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray csv = file.readAll();
    QVERIFY(csv.startsWith("run,name,class,roi,hemisphere,vertices,r_mean,"));
    const auto rois = static_cast<qsizetype>(bench.panel.plot().bars().rois.size());
    QCOMPARE(csv.count("\r\n"), 1 + 2 * 2 * rois);
    QVERIFY(csv.contains(",aTL-faces,lh,0,,,,,\r\n"));
  }

  void looksRight() {
    forEachTheme([](const QString& theme) {
      Bench none(Runs{});
      saveScreenshot(none.panel, "roi-bars", "empty", theme);
      Bench bench;
      bench.state.setCurrentRoi(RoiKey{Hemisphere::Left, "floc-faces", "FFA-1"});
      saveScreenshot(bench.panel, "roi-bars", "one-run", theme);
      Bench two({kFirst, kSecond});
      saveScreenshot(two.panel, "roi-bars", "two-runs", theme);
      Bench few(Runs{{.rois = {"OFA", "FFA-1"}, .epochs = 10}});
      few.state.setSelectedRois({{Hemisphere::Left, "floc-faces", "OFA"},
                                 {Hemisphere::Left, "floc-faces", "FFA-1"},
                                 {Hemisphere::Left, "floc-places", "PPA"}});
      few.settle();
      saveScreenshot(few.panel, "roi-bars", "few-rois", theme);
    });
  }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestRoiBarsPanel)
#include "tst_roi_bars_panel.moc"
