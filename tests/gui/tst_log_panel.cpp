#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QToolButton>

#include "tests/gui/gui_testing.h"
#include "tests/gui/snapshots.h"
#include "widgets/tables/log_panel.h"

namespace corticast {
namespace {

using testing::child;
using testing::forEachTheme;
using testing::saveScreenshot;

const QString kId = "01JD0000000000000000000001";

WorkbenchState::RunPointer runWith(const Study& study, size_t events) {
  auto run = testing::sketchRun(study, {.id = kId.toStdString()});
  const std::vector<RunEvent> known = {
      {1764000005, "info", "Worker 4711 on node12: CPU, 2 threads (no CUDA driver)"},
      {1764000006, "warning", "aTL-faces, left hemisphere: this subject has no vertex of it; no model is trained"},
      {1764000020, "info", "OFA LH stopped early at epoch 23: no better for 10 epochs"},
      {1764000041, "error",
       "write checkpoint 40: /data/workspace/runs/01JD/checkpoints: No space left on device; free some space: training "
       "goes on, but what is learnt since checkpoint 30 would be lost in a power cut"}};
  for (size_t i = 0; i < events; ++i)
    run->events.push_back(
        i < known.size() ? known[i]
                         : RunEvent{1764000050 + static_cast<double>(i), "info", "Checkpoint " + std::to_string(i)});
  return run;
}

struct Bench {
  std::shared_ptr<const Study> study;
  WorkbenchState state;
  LogPanel panel{state};
  QTableView* table = child<QTableView>(panel, "logTable");
  QAbstractItemModelTester tester{panel.findChild<LogModel*>(), QAbstractItemModelTester::FailureReportingMode::QtTest};

  explicit Bench(size_t events = 4) {
    static const std::shared_ptr<const Study> kStudy = testing::sketchStudy(100);
    study = kStudy;
    panel.resize(1000, 220);
    panel.show();
    if (events == 0) return;
    state.setRuns({runWith(*study, events)});
    state.setSelectedRuns({kId});
    QTest::qWait(30);
  }
  [[nodiscard]] int rows() const { return table->model()->rowCount(); }
};

}  // namespace

class TestLogPanel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void eventsOfRunAndWorkbenchStandInTheOrderOfTime() {
    Bench bench;
    bench.panel.add(LogLevel::Info, "Opened /data/demo");
    QCOMPARE(bench.rows(), 5);
    QCOMPARE(bench.table->model()->index(0, LogModel::kSource).data().toString(), QString("CLIP-Linear"));
    QCOMPARE(bench.table->model()->index(4, LogModel::kSource).data().toString(), QString("Workbench"));
    QCOMPARE(bench.table->model()->index(3, LogModel::kLevel).data().toString(), QString("Error"));
  }

  void newEventsAreAppendedWithoutAReset() {
    Bench bench;
    QSignalSpy resets(bench.table->model(), &QAbstractItemModel::modelReset);
    bench.state.setRuns({runWith(*bench.study, 9)});
    QCOMPARE(resets.count(), 0);
    QCOMPARE(bench.rows(), 9);
  }

  void theNewestStaysInSightUnlessThePersonReadsElsewhere() {
    Bench bench(40);
    QScrollBar* bar = bench.table->verticalScrollBar();
    QTRY_COMPARE(bar->value(), bar->maximum());
    bench.state.setRuns({runWith(*bench.study, 45)});
    QTest::qWait(50);
    QCOMPARE(bar->value(), bar->maximum());
    bar->setValue(10);
    bench.state.setRuns({runWith(*bench.study, 50)});
    QTest::qWait(50);
    QCOMPARE(bar->value(), 10);
  }

  void levelAndTextFilter() {
    Bench bench;
    auto* level = child<QComboBox>(bench.panel, "logLevel");
    level->setCurrentIndex(1);
    Q_EMIT level->activated(1);
    QCOMPARE(bench.rows(), 2);
    child<QLineEdit>(bench.panel, "logSearch")->setText("no space");
    QCOMPARE(bench.rows(), 1);
    child<QLineEdit>(bench.panel, "logSearch")->setText("nothing like it");
    QCOMPARE(child<QLabel>(bench.panel, "logEmpty")->text(), QString("No event like that"));
    QVERIFY(child<QLabel>(bench.panel, "logEmpty")->isVisible());
  }

  void copyTakesTheSelectedLinesOrAll() {
    Bench bench;
    child<QToolButton>(bench.panel, "copyLog")->click();
    QCOMPARE(QApplication::clipboard()->text().count('\n'), 3);
    bench.table->selectRow(1);
    child<QToolButton>(bench.panel, "copyLog")->click();
    const QString text = QApplication::clipboard()->text();
    QVERIFY(text.contains("\tWarning\tCLIP-Linear\taTL-faces, left hemisphere"));
    QVERIFY(!text.contains('\n'));
  }

  void looksRight() {
    forEachTheme([](const QString& theme) {
      Bench none(0);
      saveScreenshot(none.panel, "log", "empty", theme);
      Bench bench;
      bench.panel.add(LogLevel::Info, "Opened /data/algonauts_2023_challenge_data");
      saveScreenshot(bench.panel, "log", "events", theme);
    });
  }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestLogPanel)
#include "tst_log_panel.moc"
