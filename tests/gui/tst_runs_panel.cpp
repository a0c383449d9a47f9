#include <QAbstractItemModelTester>
#include <QAction>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <nlohmann/json.hpp>

#include "core/runs/workspace.h"
#include "tests/gui/gui_testing.h"
#include "tests/gui/snapshots.h"
#include "widgets/tables/runs_model.h"
#include "widgets/tables/runs_panel.h"

namespace corticast {
namespace {

using testing::child;
using testing::forEachTheme;
using testing::RunSketch;
using testing::saveScreenshot;
using testing::sketchRun;

const QString kTraining = "01JD0000000000000000000005";
const QString kQueued = "01JD0000000000000000000006";
const QString kDone = "01JD0000000000000000000004";
const QString kFailed = "01JD0000000000000000000003";
const QString kCrashed = "01JD0000000000000000000002";
const QString kPaused = "01JD0000000000000000000001";

RunSketch sketchOf(const QString& id) {
  RunSketch sketch{.id = id.toStdString()};
  if (id == kQueued) sketch.name = "CLIP-Linear, LR 3e-4", sketch.status = RunStatus::Queued;
  if (id == kDone)
    sketch.name = "CLIP-Linear, all ROIs", sketch.status = RunStatus::Done, sketch.note = "Baseline of Fig. 2";
  if (id == kFailed) {
    sketch.name = "SAM-Linear";
    sketch.status = RunStatus::Failed;
    sketch.epochs = 12;
    sketch.reason =
        "write epoch 13: /data/workspace/runs/x/epochs: No space left on device; free some space, then resume";
  }
  if (id == kCrashed) sketch.name = "AlexNet-Linear", sketch.epochs = 31, sketch.quality = 0.3;
  if (id == kPaused)
    sketch.name = "Gabor-Ridge", sketch.status = RunStatus::Paused, sketch.epochs = 8, sketch.quality = 0.2;
  return sketch;
}

std::shared_ptr<RunSnapshot> runOf(const Study& study, const QString& id, int epochs = 0) {
  RunSketch sketch = sketchOf(id);
  if (epochs > 0) sketch.epochs = epochs;
  auto run = sketchRun(study, sketch);
  run->state.started += id.last(1).toInt() * 3700;
  if (id == kQueued) run->state.started = 0;
  if (id == kCrashed) {
    run->isWorkerAlive = false;
    run->isCrashed = true;
    run->secondsLeft.reset();
    run->lastCheckpoint = run->state.started + 50;
  }
  return run;
}

struct Bench {
  std::shared_ptr<const Study> study;
  WorkbenchState state;
  RunsPanel panel{state};
  QTableView* table = child<QTableView>(panel, "runsTable");
  RunsModel* model = panel.findChild<RunsModel*>();
  QAbstractItemModelTester tester{model, QAbstractItemModelTester::FailureReportingMode::QtTest};
  QAbstractItemModelTester sortedTester{table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest};

  explicit Bench(bool isEmpty = false) {
    static const std::shared_ptr<const Study> kStudy = testing::sketchStudy(300);
    study = kStudy;
    state.setStudy(study);
    panel.resize(1260, 290);
    panel.show();
    if (isEmpty) return;
    std::vector<WorkbenchState::RunPointer> runs;
    for (const QString& id : {kQueued, kTraining, kDone, kFailed, kCrashed, kPaused}) runs.push_back(runOf(*study, id));
    state.setRuns(runs);
    QTest::qWait(30);
  }
  /// The table's texts of one column, from top to bottom.
  [[nodiscard]] QStringList column(int which) const {
    QStringList texts;
    for (int row = 0; row < table->model()->rowCount(); ++row)
      texts << table->model()->index(row, which).data().toString();
    return texts;
  }
  void replace(const QString& id, int epochs) {
    std::vector<WorkbenchState::RunPointer> runs = state.runs();
    for (auto& run : runs)
      if (run->id == id.toStdString()) run = runOf(*study, id, epochs);
    state.setRuns(runs);
  }
  void trigger(const char* action) { child<QAction>(panel, action)->trigger(); }
};

}  // namespace

class TestRunsPanel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyRunIsListedNewestFirst() {
    const Bench bench;
    QCOMPARE(bench.column(RunsModel::kName),
             QStringList({"CLIP-Linear, LR 3e-4", "CLIP-Linear", "CLIP-Linear, all ROIs", "SAM-Linear",
                          "AlexNet-Linear", "Gabor-Ridge"}));
    const QStringList states = bench.column(RunsModel::kState);
    QCOMPARE(states[0], QString("Queued"));
    QCOMPARE(states[1], QString("Training"));
    QCOMPARE(states[2], QString("Done"));
    QVERIFY(states[3].startsWith("Failed: write epoch 13"));
    QCOMPARE(states[4], QString("Crashed"));
    QCOMPARE(states[5], QString("Paused"));
    QCOMPARE(bench.column(RunsModel::kEpoch)[1], QString("40 / 100"));
    QCOMPARE(bench.column(RunsModel::kTimeLeft)[1], QString("1:36"));
  }

  void whatIsNotThereYetIsEmptyAndNotZero() {
    const Bench bench;
    for (const int column : {RunsModel::kEpoch, RunsModel::kTimeLeft, RunsModel::kCorrelation, RunsModel::kTrainLoss,
                             RunsModel::kValidationLoss, RunsModel::kStarted})
      QCOMPARE(bench.column(column)[0], QString());
  }

  void theNewestRunIsChosenToStartWith() {
    const Bench bench;
    QCOMPARE(bench.state.selectedRuns(), QStringList({kQueued}));
  }

  void selectionGoesBothWays() {
    Bench bench;
    bench.table->selectRow(2);
    QCOMPARE(bench.state.selectedRuns(), QStringList({kDone}));
    bench.table->selectionModel()->setCurrentIndex(bench.table->model()->index(4, 0),
                                                   QItemSelectionModel::Select | QItemSelectionModel::Rows);
    QCOMPARE(bench.state.selectedRuns(), QStringList({kCrashed, kDone}));
    bench.state.setSelectedRuns({kFailed});
    QCOMPARE(bench.table->selectionModel()->selectedRows().size(), 1);
    QCOMPARE(bench.table->currentIndex().data(RunsModel::kIdRole).toString(), kFailed);
  }

  void newsChangesCellsAndNothingElse() {
    Bench bench;
    bench.state.setSelectedRuns({kTraining});
    QSignalSpy resets(bench.table->model(), &QAbstractItemModel::modelReset);
    QSignalSpy moves(bench.table->model(), &QAbstractItemModel::layoutChanged);
    QSignalSpy changes(bench.model, &QAbstractItemModel::dataChanged);
    bench.replace(kTraining, 41);
    QCOMPARE(resets.count() + moves.count(), 0);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(bench.column(RunsModel::kEpoch)[1], QString("41 / 100"));
    QCOMPARE(bench.state.selectedRuns(), QStringList({kTraining}));
  }

  void rowsDoNotMoveWhileTheTableIsWorkedIn() {
    Bench bench;
    bench.panel.activateWindow();
    bench.table->setFocus();
    QTRY_VERIFY(bench.table->hasFocus());
    bench.table->sortByColumn(RunsModel::kEpoch, Qt::AscendingOrder);
    const QStringList order = bench.column(RunsModel::kName);
    bench.replace(kPaused, 90);
    QTest::qWait(1700);
    QCOMPARE(bench.column(RunsModel::kName), order);
    bench.table->clearFocus();
    QTRY_VERIFY_WITH_TIMEOUT(bench.column(RunsModel::kName) != order, 3000);
  }

  void aRunComesAndGoes() {
    Bench bench;
    bench.state.setSelectedRuns({kDone, kFailed});
    std::vector<WorkbenchState::RunPointer> runs = bench.state.runs();
    std::erase_if(runs, [](const auto& run) { return run->id == kDone.toStdString(); });
    bench.state.setRuns(runs);
    QCOMPARE(bench.model->rowCount(), 5);
    QCOMPARE(bench.state.selectedRuns(), QStringList({kFailed}));
    bench.state.setRuns({});
    QCOMPARE(bench.model->rowCount(), 0);
    QVERIFY(child<QLabel>(bench.panel, "runsEmpty")->isVisible());
  }

  void buttonsAskForWhatTheSelectedRunsCanDo() {
    Bench bench;
    QSignalSpy pause(&bench.panel, &RunsPanel::pauseRequested), resume(&bench.panel, &RunsPanel::resumeRequested),
        stop(&bench.panel, &RunsPanel::stopRequested), remove(&bench.panel, &RunsPanel::deleteRequested);
    bench.state.setSelectedRuns({kTraining, kPaused, kCrashed});
    bench.trigger("pauseRuns");
    bench.trigger("resumeRuns");
    bench.trigger("stopRuns");
    bench.trigger("deleteRuns");
    QCOMPARE(pause.count(), 1);
    QCOMPARE(pause[0][0].toString(), kTraining);
    QCOMPARE(resume.count(), 2);
    QCOMPARE(stop.count(), 2);
    QCOMPARE(remove.count(), 1);
    QCOMPARE(remove[0][0].toStringList(), QStringList({kPaused, kCrashed}));
    bench.state.setSelectedRuns({kDone});
    QVERIFY(!child<QAction>(bench.panel, "pauseRuns")->isEnabled());
    QVERIFY(!child<QAction>(bench.panel, "resumeRuns")->isEnabled());
    QVERIFY(!child<QAction>(bench.panel, "stopRuns")->isEnabled());
    QVERIFY(child<QAction>(bench.panel, "deleteRuns")->isEnabled());
  }

  void renamingHappensInPlaceAndNewsDoesNotDisturbIt() {
    Bench bench;
    bench.state.setSelectedRuns({kTraining});
    QSignalSpy renamed(&bench.panel, &RunsPanel::renameRequested);
    bench.trigger("renameRun");
    auto* editor = bench.table->viewport()->findChild<QLineEdit*>();
    QVERIFY(editor);
    QCOMPARE(editor->text(), QString("CLIP-Linear"));
    editor->setText("My best");
    bench.replace(kTraining, 42);
    QCOMPARE(editor->text(), QString("My best"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(renamed.count(), 1);
    QCOMPARE(renamed[0][0].toString(), kTraining);
    QCOMPARE(renamed[0][1].toString(), QString("My best"));
    QVERIFY(bench.column(RunsModel::kName).contains("My best"));
  }

  void aNoteIsWrittenInPlace() {
    Bench bench;
    bench.state.setSelectedRuns({kDone});
    QSignalSpy noted(&bench.panel, &RunsPanel::noteRequested);
    bench.trigger("noteRun");
    auto* editor = bench.table->viewport()->findChild<QLineEdit*>();
    QVERIFY(editor);
    QCOMPARE(editor->text(), QString("Baseline of Fig. 2"));
    editor->setText("Baseline");
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(noted.count(), 1);
    QCOMPARE(noted[0][1].toString(), QString("Baseline"));
  }

  void failureAndCrashSayWhyAndWhatToDo() {
    Bench bench;
    const QLabel* details = child<QLabel>(bench.panel, "runDetailsText");
    bench.state.setSelectedRuns({kFailed});
    QVERIFY(details->isVisible());
    QVERIFY(details->text().contains("No space left on device; free some space"));
    bench.state.setSelectedRuns({kCrashed});
    QVERIFY(details->text().contains("Resume goes on from the last checkpoint"));
    QVERIFY(child<QAction>(bench.panel, "resumeRuns")->isEnabled());
    bench.state.setSelectedRuns({kDone});
    QVERIFY(!details->isVisible());
  }

  void exportsTheResultsTable_data() {
    QTest::addColumn<QString>("action");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("csv") << "runsExportCsv" << QByteArray("run,");
    QTest::newRow("latex") << "runsExportLatex" << QByteArray("\\toprule");
    QTest::newRow("markdown") << "runsExportMarkdown" << QByteArray("|");
  }
  void exportsTheResultsTable() {
    QFETCH(QString, action);
    QFETCH(QByteArray, text);
    QTemporaryDir folder;
    const Workspace workspace = Workspace::openOrCreate(folder.filePath("ws").toStdString());
    const RunFolder made = workspace.createRun(Json{{"version", 1}, {"dataset", "/nowhere"}});
    Bench bench(true);
    bench.state.setRuns({RunReader(made).read()});
    QString file;
    bench.panel.setFileChooser(
        [&](QWidget*, const FileQuestion& question) { return file = folder.filePath(question.suggested); });
    QSignalSpy exported(&bench.panel, &RunsPanel::exported);
    child<QAction>(bench.panel, action)->trigger();
    QVERIFY(exported.wait(3000));
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QVERIFY(written.readAll().contains(text));
  }

  void aTableThatCannotBeWrittenIsSaid() {
    Bench bench;
    bench.state.setSelectedRuns({kDone});
    bench.panel.setFileChooser([](QWidget*, const FileQuestion&) { return QString("/proc/no/results.csv"); });
    QSignalSpy failed(&bench.panel, &RunsPanel::failed);
    bench.trigger("runsExportCsv");
    QVERIFY(failed.wait(3000));
  }

  void looksRight() {
    forEachTheme([](const QString& theme) {
      Bench none(true);
      saveScreenshot(none.panel, "runs", "empty", theme);
      Bench bench;
      bench.state.setSelectedRuns({kTraining, kDone});
      saveScreenshot(bench.panel, "runs", "two-selected", theme);
      bench.state.setSelectedRuns({kFailed});
      saveScreenshot(bench.panel, "runs", "failed", theme);
      bench.state.setSelectedRuns({kCrashed});
      saveScreenshot(bench.panel, "runs", "crashed", theme);
    });
  }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestRunsPanel)
#include "tst_runs_panel.moc"
