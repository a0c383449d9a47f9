#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolButton>
#include <cmath>

#include "tests/gui/gui_testing.h"
#include "tests/gui/snapshots.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/decimate.h"

namespace corticast {
namespace {

using testing::child;
using testing::forEachTheme;
using testing::RunSketch;
using testing::saveScreenshot;
using testing::sketchRun;
using Runs = std::vector<RunSketch>;

const RunSketch kFirst{};
const RunSketch kSecond{.id = "01JD0000000000000000000002", .name = "AlexNet-Linear", .quality = 0.35, .seed = 5};

/// A window with the panel on a state with a study and a run.
struct Bench {
  std::shared_ptr<const Study> study;
  WorkbenchState state;
  CurvesPanel panel{state};

  explicit Bench(const std::vector<RunSketch>& sketches = {kFirst}) {
    static const std::shared_ptr<const Study> kStudy = testing::sketchStudy();
    study = kStudy;
    state.setStudy(study);
    std::vector<WorkbenchState::RunPointer> runs;
    QStringList ids;
    for (const RunSketch& sketch : sketches) {
      runs.insert(runs.begin(), sketchRun(*study, sketch));
      ids << QString::fromStdString(sketch.id);
    }
    state.setRuns(runs);
    state.setSelectedRuns(ids);
    panel.resize(1000, 290);
    panel.show();
    settle();
  }
  void settle() { QTest::qWait(120); }
  void choose(const QString& combo, int index) {
    auto* box = child<QComboBox>(panel, combo);
    box->setCurrentIndex(index);
    Q_EMIT box->activated(index);
    settle();
  }
  [[nodiscard]] const std::vector<Curve>& curves() const { return panel.plot().curves().curves; }
  [[nodiscard]] size_t count(CurveWeight weight) const {
    return static_cast<size_t>(std::ranges::count(curves(), weight, &Curve::weight));
  }
};

RoiKey roi(const char* roiClass, const char* name, Hemisphere h = Hemisphere::Left) {
  return {h, roiClass, name};
}

}  // namespace

class TestCurvesPanel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void sayWhatToDoWhenThereIsNothingToShow() {
    Bench bench(Runs{});
    QCOMPARE(bench.panel.plot().emptyText(), QString("Choose ROIs, press Train"));
    bench.state.setRuns({sketchRun(*bench.study, {.status = RunStatus::Queued})});
    bench.settle();
    QCOMPARE(bench.panel.plot().emptyText(), QString("Select a run to see how it learns"));
    bench.state.setSelectedRuns({QString::fromStdString(kFirst.id)});
    bench.settle();
    QCOMPARE(bench.panel.plot().emptyText(), QString("CLIP-Linear waits in the queue"));
    bench.state.setRuns({sketchRun(*bench.study, {.epochs = 0})});
    bench.settle();
    QCOMPARE(bench.panel.plot().emptyText(), QString("CLIP-Linear: waiting for the first epoch"));
  }

  void currentRoiIsOnTopInBothHemispheres() {
    Bench bench;
    bench.state.setCurrentRoi(roi("floc-faces", "FFA-1"));
    bench.settle();
    // Training and validation, left and right.
    QCOMPARE(bench.count(CurveWeight::Strong), size_t{4});
    QVERIFY(bench.count(CurveWeight::Quiet) > 30);
    const Curve& top = bench.curves().back();
    QCOMPARE(top.roi->name, std::string("FFA-1"));
    QVERIFY(top.bestEpoch > 0);
    QVERIFY(bench.panel.plot().emptyText().isEmpty());
  }

  void manyModelsAreShownByTheirMean() {
    Bench bench;
    QCOMPARE(bench.count(CurveWeight::Strong), size_t{2});
    QVERIFY(bench.curves().back().model.startsWith("mean of "));
  }

  void uncheckedRoisAreLeftOut() {
    Bench bench;
    bench.state.setSelectedRois({roi("floc-faces", "OFA"), roi("floc-faces", "OFA", Hemisphere::Right)});
    bench.settle();
    QCOMPARE(bench.curves().size(), size_t{4});
    bench.state.setHemispheres({Hemisphere::Left});
    bench.settle();
    QCOMPARE(bench.curves().size(), size_t{2});
    child<QCheckBox>(bench.panel, "showTraining")->click();
    QCOMPARE(bench.curves().size(), size_t{1});
    QVERIFY(!bench.curves().front().isTraining);
  }

  void meanKeepsTheEndedAndEndsWithTheYoungest() {
    GroupCurve ended, young, waiting;
    ended.trainLoss = {4, 2};
    ended.progress = GroupProgress::Stopped;
    young.trainLoss = {8, 6, 5};
    young.progress = GroupProgress::Training;
    const auto mean = meanOver({&ended, &young, &waiting}, &GroupCurve::trainLoss);
    QCOMPARE(mean, (std::vector<double>{6, 4, 3.5}));
    GroupCurve younger;
    younger.trainLoss = {1};
    younger.progress = GroupProgress::Training;
    QCOMPARE(meanOver({&ended, &young, &younger}, &GroupCurve::trainLoss).size(), size_t{1});
  }

  void runsHaveTheirOwnColourPatternAndMark() {
    Bench bench({kFirst, kSecond});
    bench.state.setCurrentRoi(roi("floc-faces", "OFA"));
    bench.settle();
    QCOMPARE(bench.count(CurveWeight::Quiet), size_t{0});
    const Curve &one = bench.curves().front(), &other = bench.curves().back();
    QVERIFY(one.run != other.run);
    QVERIFY(one.colour != other.colour);
    QVERIFY(one.dashes != other.dashes);
    QVERIFY(one.marker != other.marker);
  }

  void axesGrowInStepsWhileFitted() {
    Bench bench(Runs{{.epochs = 9}});
    CurvePlot& plot = bench.panel.plot();
    const double before = plot.xAxis->range().upper;
    bench.state.setRuns({sketchRun(*bench.study, {.epochs = 10})});
    bench.settle();
    QCOMPARE(plot.xAxis->range().upper, before);
    bench.state.setRuns({sketchRun(*bench.study, {.epochs = 11})});
    bench.settle();
    QVERIFY(plot.xAxis->range().upper > before);
  }

  void axesStayWhereThePersonHasZoomed() {
    Bench bench(Runs{{.epochs = 9}});
    CurvePlot& plot = bench.panel.plot();
    const QPoint start(plot.axisRect()->left() + 40, plot.axisRect()->top() + 20);
    QTest::mousePress(&plot, Qt::LeftButton, {}, start);
    QTest::mouseMove(&plot, start + QPoint(60, 30));
    QTest::mouseMove(&plot, start + QPoint(120, 70));
    QTest::mouseRelease(&plot, Qt::LeftButton, {}, start + QPoint(120, 70));
    QVERIFY(!plot.isFitted());
    const QCPRange zoomed = plot.xAxis->range();
    QVERIFY(zoomed.size() < 5);
    bench.state.setRuns({sketchRun(*bench.study, {.epochs = 60})});
    bench.settle();
    QCOMPARE(plot.xAxis->range().upper, zoomed.upper);
    QCOMPARE(plot.xAxis->range().lower, zoomed.lower);
    QTest::mouseDClick(&plot, Qt::LeftButton, {}, start);
    QVERIFY(plot.isFitted());
    QVERIFY(plot.xAxis->range().upper > 30);
  }

  void middleButtonMoves() {
    Bench bench;
    CurvePlot& plot = bench.panel.plot();
    const QCPRange before = plot.xAxis->range();
    const QPoint start = plot.axisRect()->center();
    QTest::mousePress(&plot, Qt::MiddleButton, {}, start);
    QMouseEvent move(QEvent::MouseMove, start + QPoint(50, 0), plot.mapToGlobal(start + QPoint(50, 0)), Qt::NoButton,
                     Qt::MiddleButton, {});
    QApplication::sendEvent(&plot, &move);
    QTest::mouseRelease(&plot, Qt::MiddleButton, {}, start + QPoint(50, 0));
    QVERIFY(plot.xAxis->range().lower < before.lower - 1);
    QVERIFY(std::abs(plot.xAxis->range().size() - before.size()) < 1e-9);
    QVERIFY(child<QToolButton>(bench.panel, "fitCurves")->isEnabled());
  }

  void valueUnderTheCursorIsRead() {
    Bench bench;
    bench.state.setCurrentRoi(roi("floc-faces", "OFA"));
    bench.choose("curveGrouping", static_cast<int>(CurveGrouping::CurrentRoi));
    CurvePlot& plot = bench.panel.plot();
    const Curve& curve = bench.curves().back();
    const QPoint place(qRound(plot.xAxis->coordToPixel(8)), qRound(plot.yAxis->coordToPixel(curve.points[7])));
    QTest::mouseMove(&plot, place);
    bench.settle();
    const QString text = child<QLabel>(bench.panel, "curveReadout")->text();
    QVERIFY2(text.startsWith("Epoch 8 · OFA"), qPrintable(text));
    QVERIFY2(text.contains("loss 0."), qPrintable(text));
  }

  void clickOnACurveSelectsItsRoiEverywhere() {
    Bench bench;
    bench.state.setSelectedRois({roi("floc-faces", "OFA"), roi("floc-places", "PPA")});
    bench.settle();
    CurvePlot& plot = bench.panel.plot();
    const auto curve = std::ranges::find_if(
        bench.curves(), [](const Curve& c) { return c.roi && c.roi->name == "PPA" && !c.isTraining; });
    QVERIFY(curve != bench.curves().end());
    const auto index = static_cast<size_t>(curve->bestEpoch) - 1;
    const QPoint place(qRound(plot.xAxis->coordToPixel(curve->bestEpoch)),
                       qRound(plot.yAxis->coordToPixel(curve->points[index])));
    QTest::mouseClick(&plot, Qt::LeftButton, {}, place);
    QVERIFY(bench.state.currentRoi().has_value());
    QCOMPARE(bench.state.currentRoi()->name, std::string("PPA"));
  }

  void decimationKeepsEndsExtremesAndGaps() {
    std::vector<double> values(100'000);
    for (size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<double>(i) / 900);
    values[43'210] = 7;
    values[50'001] = -7;
    values[60'000] = std::nan("");
    const CurvePoints points = decimate(values, 1000);
    QVERIFY(points.x.size() <= 1010);
    QVERIFY(std::ranges::count(points.y, 7.0) == 1 && std::ranges::count(points.y, -7.0) == 1);
    QVERIFY(std::ranges::any_of(points.y, [](double y) { return std::isnan(y); }));
    QCOMPARE(points.x.front(), 1.0);
    QCOMPARE(points.x.back(), 100'000.0);
    QVERIFY(std::ranges::is_sorted(points.x));
    QCOMPARE(decimate({3, 2}).y, (std::vector<double>{3, 2}));
  }

  void logAxisIsNotOfferedForCorrelation() {
    Bench bench;
    QCheckBox* box = child<QCheckBox>(bench.panel, "logAxis");
    box->click();
    QCOMPARE(bench.panel.plot().yAxis->scaleType(), QCPAxis::stLogarithmic);
    bench.choose("curveQuantity", static_cast<int>(CurveQuantity::Correlation));
    QVERIFY(!box->isVisible());
    QCOMPARE(bench.panel.plot().yAxis->scaleType(), QCPAxis::stLinear);
    QCOMPARE(bench.panel.plot().yAxis->label(), QString("Validation correlation r"));
  }

  void exportsPicturesAndNumbers() {
    Bench bench;
    QTemporaryDir folder;
    QString suggested;
    bench.panel.setFileChooser([&](QWidget*, const FileQuestion& question) {
      suggested = question.suggested;
      return folder.filePath(question.suggested);
    });
    QSignalSpy exported(&bench.panel, &CurvesPanel::exported);
    const auto file = [&](const char* action) {
      child<QAction>(bench.panel, action)->trigger();
      QFile written(folder.filePath(suggested));
      return written.open(QIODevice::ReadOnly) ? written.readAll() : QByteArray();
    };
    const QByteArray png = file("curvesExportPng2");
    const QImage image = QImage::fromData(png);
    QCOMPARE(image.width(), 2 * bench.panel.plot().width());
    QCOMPARE(image.pixelColor(2, 2), QColor(Qt::white));
    QVERIFY(file("curvesExportSvg").contains("</svg>"));
    QVERIFY(file("curvesExportPdf").startsWith("%PDF"));
    const QByteArray csv = file("curvesExportCsv");
    QVERIFY(csv.startsWith("run,name,model,quantity,epoch,value\r\n"));
    qsizetype points = 0;
    for (const Curve& curve : bench.curves()) points += static_cast<qsizetype>(curve.points.size());
    QCOMPARE(csv.count("\r\n"), points + 1);
    QCOMPARE(exported.count(), 4);
  }

  void aFolderThatRefusesIsSaid() {
    Bench bench;
    bench.panel.setFileChooser([](QWidget*, const FileQuestion&) { return QString("/proc/no/curves.png"); });
    QSignalSpy failed(&bench.panel, &CurvesPanel::failed);
    child<QAction>(bench.panel, "curvesExportPng")->trigger();
    QCOMPARE(failed.count(), 1);
    QVERIFY(failed.front().at(1).toString().contains("/proc/no"));
  }

  void looksRight() {
    forEachTheme([](const QString& theme) {
      Bench none(Runs{});
      saveScreenshot(none.panel, "curves", "empty", theme);
      Bench bench;
      saveScreenshot(bench.panel, "curves", "mean", theme);
      bench.state.setCurrentRoi(roi("floc-faces", "FFA-1"));
      bench.settle();
      const Curve& curve = bench.curves().back();
      CurvePlot& plot = bench.panel.plot();
      QTest::mouseMove(
          &plot, QPoint(qRound(plot.xAxis->coordToPixel(17)), qRound(plot.yAxis->coordToPixel(curve.points[16]))));
      saveScreenshot(bench.panel, "curves", "roi", theme);
      bench.choose("curveQuantity", 1);
      saveScreenshot(bench.panel, "curves", "correlation", theme);
      bench.choose("curveQuantity", 2);
      child<QCheckBox>(bench.panel, "logAxis")->click();
      saveScreenshot(bench.panel, "curves", "learning-rate-log", theme);
      Bench two({kFirst, kSecond});
      two.state.setCurrentRoi(roi("floc-faces", "FFA-1"));
      two.settle();
      saveScreenshot(two.panel, "curves", "two-runs", theme);
      Bench few;
      few.state.setSelectedRois({roi("floc-faces", "OFA"), roi("floc-faces", "FFA-1"), roi("floc-places", "PPA"),
                                 roi("prf-visualrois", "V1v")});
      few.state.setHemispheres({Hemisphere::Left});
      few.settle();
      saveScreenshot(few.panel, "curves", "few-rois", theme);
    });
  }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestCurvesPanel)
#include "tst_curves_panel.moc"
