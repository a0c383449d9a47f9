#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/runs/workspace.h"
#include "tests/gui/gui_testing.h"
#include "tests/gui/snapshots.h"
#include "widgets/tables/results_model.h"
#include "widgets/tables/results_panel.h"

namespace corticast {
namespace {

using testing::child;
using testing::forEachTheme;
using testing::saveScreenshot;

TableRow row(const std::string& run, const std::string& hemisphere, double tLoss, double vLoss, double r,
             const std::string& config = "learningRate 0.001, patience 5") {
  return {.run = run,
          .experiment = "Run " + run,
          .subject = "subj01",
          .hemisphere = hemisphere,
          .focus = run == "c" ? "hemisphere" : "roi",
          .roi = "OFA",
          .config = config,
          .architecture = "linear",
          .tLoss = tLoss,
          .vLoss = vLoss,
          .corrMean = r,
          .corrMedian = 1 - r,
          .bestEpoch = {},
          .vertices = 1200};
}

const std::vector<TableRow> kRows = {row("a", "lh", 0.5, 0.6, 0.30), row("a", "rh", 0.4, 0.5, 0.35),
                                     row("b", "lh", 0.3, 0.7, 0.32, "learningRate 0.01, patience 5"),
                                     row("b", "rh", 0.45, 0.4, 0.20, "learningRate 0.01, patience 5"),
                                     row("c", "lh", 0.9, 0.9, 0.1)};

/// The table as text, one line per row, groups in brackets.
QStringList textOf(const ResultsModel& model, int column) {
  QStringList lines;
  for (int top = 0; top < model.rowCount(); ++top) {
    const QModelIndex index = model.index(top, column);
    const int below = model.rowCount(model.index(top, 0));
    lines << (below > 0 ? "[" + model.index(top, 0).data().toString() + "]" : index.data().toString());
    for (int i = 0; i < below; ++i) lines << model.index(i, column, model.index(top, 0)).data().toString();
  }
  return lines;
}

}  // namespace

class TestResultsPanel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void modelKeepsItsPromises() {
    ResultsModel model;
    QAbstractItemModelTester tester(&model);
    model.setRows(kRows, false);
    model.setView({.grouping = ResultsModel::Grouping::Experiment});
    model.sort(ResultsModel::kValidationLoss, Qt::DescendingOrder);
    model.setRows({kRows.begin(), kRows.begin() + 2}, false);
    model.setView({});
    model.setRows({}, false);
  }

  void bestOfEachHemisphereIsMarked() {
    ResultsModel model;
    model.setRows(kRows, false);
    QCOMPARE(textOf(model, ResultsModel::kTrainLoss),
             QStringList({"0.5000", "★ 0.4000", "★ 0.3000", "0.4500", "0.9000"}));
    QCOMPARE(textOf(model, ResultsModel::kValidationLoss),
             QStringList({"★ 0.6000", "0.5000", "0.7000", "★ 0.4000", "0.9000"}));
    QCOMPARE(textOf(model, ResultsModel::kCorrelation), QStringList({"0.300", "★ 0.350", "★ 0.320", "0.200", "0.100"}));
    // The median turns the order around.
    model.setView({.isMedian = true});
    QCOMPARE(textOf(model, ResultsModel::kCorrelation), QStringList({"0.700", "0.650", "0.680", "★ 0.800", "★ 0.900"}));
  }

  void sortsWithWhatIsAbsentLast() {
    ResultsModel model;
    auto rows = kRows;
    rows[0].vLoss.reset();
    model.setRows(rows, false);
    model.sort(ResultsModel::kValidationLoss, Qt::AscendingOrder);
    QCOMPARE(textOf(model, ResultsModel::kValidationLoss),
             QStringList({"★ 0.4000", "0.5000", "★ 0.7000", "0.9000", "absent"}));
    model.sort(ResultsModel::kValidationLoss, Qt::DescendingOrder);
    QCOMPARE(textOf(model, ResultsModel::kValidationLoss).back(), QString("absent"));
  }

  void groupsAndFilters() {
    ResultsModel model;
    model.setRows(kRows, false);
    model.setView({.grouping = ResultsModel::Grouping::Focus});
    QCOMPARE(textOf(model, ResultsModel::kExperiment), QStringList({"[Single ROI  (4)]", "Run a", "Run a", "Run b",
                                                                    "Run b", "[Whole hemisphere  (1)]", "Run c"}));
    model.setView({.filter = "LH 0.001"});
    QCOMPARE(textOf(model, ResultsModel::kExperiment), QStringList({"Run a", "Run c"}));
    model.setView({.runs = {"b"}});
    QCOMPARE(model.shownRows().size(), size_t{2});
  }

  void onlyWhatDiffersIsSaid() {
    ResultsModel model;
    model.setRows(kRows, false);
    model.setView({.runs = {"a", "b"}, .isDifferOnly = true});
    QCOMPARE(textOf(model, ResultsModel::kConfig),
             QStringList({"learningRate 0.001", "learningRate 0.001", "learningRate 0.01", "learningRate 0.01"}));
    const std::set<int> differing = model.differingColumns();
    QVERIFY(differing.contains(ResultsModel::kConfig) && differing.contains(ResultsModel::kTrainLoss));
    QVERIFY(!differing.contains(ResultsModel::kFocus) && !differing.contains(ResultsModel::kSubject));
  }

  void rowsThatAreWatchedKeepTheirPlaces() {
    ResultsModel model;
    model.setRows(kRows, false);
    model.sort(ResultsModel::kTrainLoss, Qt::AscendingOrder);
    const QStringList before = textOf(model, ResultsModel::kExperiment);
    auto rows = kRows;
    rows[4].tLoss = 0.01;
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.setRows(rows, true);
    QCOMPARE(textOf(model, ResultsModel::kExperiment), before);
    model.setRows(rows, false);
    QCOMPARE(textOf(model, ResultsModel::kExperiment).front(), QString("Run c"));
  }

  void thePapersRowsStandBesideOnes() {
    Bench bench;
    auto* paper = child<QToolButton>(bench.panel, "resultsPaper");
    const size_t before = bench.panel.model().shownRows().size();
    paper->click();
    QCOMPARE(bench.panel.model().shownRows().size(), before + 10);
    QVERIFY(textOf(bench.panel.model(), ResultsModel::kExperiment).contains("CLIP-DM (paper)"));
    // They are of other data: the best mark stays among the person's own runs.
    for (int i = 0; i < bench.panel.model().rowCount(); ++i)
      for (int column = 0; column < ResultsModel::kColumnCount; ++column) {
        const QModelIndex index = bench.panel.model().index(i, column);
        if (index.data(ResultsModel::kRunRole).toString() == "chimisso-2023")
          QVERIFY(!index.data(ResultsModel::kBestRole).toBool());
      }
  }

  void selectingRowsSelectsRunsEverywhere() {
    Bench bench;
    auto* table = child<QTreeView>(bench.panel, "resultsTable");
    table->setCurrentIndex(bench.panel.model().index(0, 0));
    QCOMPARE(bench.state.selectedRuns().size(), 1);
    const QString first = bench.state.selectedRuns().front();
    bench.state.setSelectedRuns({bench.ids[1]});
    QVERIFY(bench.state.selectedRuns().front() != first);
    for (const QModelIndex& index : table->selectionModel()->selectedRows())
      QCOMPARE(index.data(ResultsModel::kRunRole).toString(), bench.ids[1]);
    QCOMPARE(table->selectionModel()->selectedRows().size(), 2);
  }

  void selectedRunsStayShownWhenOneOfThemIsClicked() {
    Bench bench;
    bench.state.setSelectedRuns({bench.ids[0], bench.ids[1]});
    child<QToolButton>(bench.panel, "resultsChosen")->click();
    QCOMPARE(bench.panel.model().shownRows().size(), size_t{4});
    child<QTreeView>(bench.panel, "resultsTable")->setCurrentIndex(bench.panel.model().index(0, 0));
    QCOMPARE(bench.panel.model().shownRows().size(), size_t{4});
  }

  void correlationIsThatOfTheChosenRoi() {
    Bench bench;
    auto* roi = child<QComboBox>(bench.panel, "resultsRoi");
    QCOMPARE(roi->currentData().toString(), QString("OFA"));
    const QStringList inOfa = textOf(bench.panel.model(), ResultsModel::kCorrelation);
    roi->setCurrentIndex(roi->findData("PPA"));
    Q_EMIT roi->activated(roi->currentIndex());
    bench.settle();
    QVERIFY(textOf(bench.panel.model(), ResultsModel::kCorrelation) != inOfa);
  }

  void savesWhatIsShown() {
    Bench bench;
    bench.panel.setFileChooser(
        [&](QWidget*, const FileQuestion& question) { return bench.folder.filePath(question.suggested); });
    child<QAction>(bench.panel, "resultsExportLatex")->trigger();
    child<QAction>(bench.panel, "resultsExportCsv")->trigger();
    QFile latex(bench.folder.filePath("results.tex")), csv(bench.folder.filePath("results.csv"));
    QVERIFY(latex.open(QIODevice::ReadOnly) && csv.open(QIODevice::ReadOnly));
    QVERIFY(latex.readAll().contains("Experiment & Focus & Config & Architecture & T-loss & V-loss & Corr"));
    QCOMPARE(csv.readAll().count('\n'), 1 + static_cast<int>(bench.panel.model().shownRows().size()));
  }

  void anEmptyWorkspaceSaysWhatToDo() {
    WorkbenchState state;
    ResultsPanel panel(state);
    panel.show();
    QVERIFY(child<QLabel>(panel, "resultsEmpty")->isVisible());
  }

  void looksRight() {
    forEachTheme([](const QString& theme) {
      Bench bench;
      bench.panel.resize(1300, 300);
      child<QToolButton>(bench.panel, "resultsPaper")->click();
      saveScreenshot(bench.panel, "results", "with-paper", theme);
      child<QComboBox>(bench.panel, "resultsGrouping")->setCurrentIndex(3);
      Q_EMIT child<QComboBox>(bench.panel, "resultsGrouping")->activated(3);
      child<QToolButton>(bench.panel, "resultsDiffer")->click();
      saveScreenshot(bench.panel, "results", "grouped", theme);
    });
  }

 private:
  /// Three made-up runs whose journals and maps are on disk.
  struct Bench {
    QTemporaryDir folder;
    WorkbenchState state;
    ResultsPanel panel{state};
    QStringList ids;

    Bench() {
      static const std::shared_ptr<const Study> kStudy = testing::sketchStudy();
      std::vector<WorkbenchState::RunPointer> runs;
      const Workspace workspace = Workspace::openOrCreate(folder.filePath("workspace").toStdString());
      for (unsigned i = 0; i < 3; ++i) {
        const double rate = 1e-4 * (i + 1);
        const RunFolder run = workspace.createRun({{"version", 1},
                                                   {"name", "CLIP-Linear " + std::to_string(i + 1)},
                                                   {"dataset", "/nowhere"},
                                                   {"focus", "roi"},
                                                   {"defaults", {{"learningRate", rate}}}},
                                                  RunStatus::Done);
        testing::writeRun(*testing::sketchRun(*kStudy, {.epochs = 6, .quality = 0.3 + 0.1 * i, .seed = i + 1}), run);
        runs.insert(runs.begin(), RunReader(run).read());
        ids << QString::fromStdString(run.id());
      }
      state.setStudy(kStudy);
      state.setRuns(runs);
      panel.resize(1200, 260);
      panel.show();
      settle();
    }
    void settle() {
      QSignalSpy measured(&panel, &ResultsPanel::measured);
      measured.wait(4000);
      QTest::qWait(20);
    }
  };
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestResultsPanel)
#include "tst_results_panel.moc"
