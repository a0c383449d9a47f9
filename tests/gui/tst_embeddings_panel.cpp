#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>
#include <QWheelEvent>
#include <nlohmann/json.hpp>

#include "core/linalg/device.h"
#include "core/runs/embed_job.h"
#include "core/runs/process_identity.h"
#include "core/runs/workspace.h"
#include "tests/gui/gui_testing.h"
#include "tests/testing/small_study.h"
#include "widgets/embeddings/embeddings_model.h"
#include "widgets/embeddings/embeddings_panel.h"
#include "widgets/state/workbench_state.h"

namespace corticast {
namespace {

using testing::child;
using testing::forEachTheme;
using testing::saveScreenshot;

const QString kJob = "01JD0000000000000000000001";

std::shared_ptr<const Study> smallStudy() {
  static QTemporaryDir folder;
  static const std::shared_ptr<const Study> study = [] {
    const std::filesystem::path root = folder.path().toStdString();
    testing::makeSmallStudy(root, {.subjects = 2, .images = 60, .pictureSize = 48});
    return std::make_shared<const Study>(openStudy(root));
  }();
  return study;
}

/// The panel on a study of 64 pictures a subject.
struct Bench {
  QTemporaryDir folder;
  std::filesystem::path workspace = folder.filePath("ws").toStdString();
  WorkbenchState state;
  EmbeddingsPanel panel{state};
  QPushButton* button = child<QPushButton>(panel, "embedButton");
  QTableView* table = child<QTableView>(panel, "embeddingsTable");
  QAbstractItemModelTester tester{panel.findChild<EmbeddingsModel*>(),
                                  QAbstractItemModelTester::FailureReportingMode::QtTest};

  Bench() {
    (void)Workspace::openOrCreate(workspace);
    panel.resize(440, 860);
    panel.show();
    (void)QTest::qWaitForWindowExposed(&panel);
  }
  void open() {
    state.setWorkspace(workspace);
    state.setStudy(smallStudy());
  }
  void embed(const StoredForm& form = {}) const {
    ProgressReporter silent;
    (void)embedStudy(*smallStudy(), {.subjects = {"subj01"}, .workspace = workspace, .form = form}, silent);
  }
  /// A job as its process left it.
  void writeJob(const Json& progress, const EmbedOptions& options = {}) const {
    const auto job = workspace / "embed-jobs" / kJob.toStdString();
    std::filesystem::create_directories(job);
    writeJsonFile(job / "job.json",
                  {{"version", 1}, {"dataset", smallStudy()->root.string()}, {"options", toJson(options)}});
    Json all = progress;
    all["process"] = toJson(thisProcess());
    writeJsonFile(job / "state.json", all);
  }
  [[nodiscard]] QString estimate() const { return child<QLabel>(panel, "embeddingEstimate")->text(); }
  [[nodiscard]] bool waitForEstimate() const {
    return QTest::qWaitFor([&] { return estimate().contains("on disk"); }, 20000);
  }
  [[nodiscard]] bool waitForRows(int rows) const {
    panel.findChild<EmbeddingWatcher*>()->refresh();
    return QTest::qWaitFor([&] { return table->model()->rowCount() == rows; }, 10000);
  }
};

}  // namespace

class TestEmbeddingsPanel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void saysWhatIsMissingFirst() {
    Bench bench;
    QCOMPARE(bench.estimate(), QString("Open a study first."));
    QVERIFY(!bench.button->isEnabled());
  }

  void tellsDiskAndTimeBeforeItStarts() {
    Bench bench;
    bench.open();
    QVERIFY(bench.waitForEstimate());
    QVERIFY2(bench.estimate().contains("64 pictures"), qPrintable(bench.estimate()));
    QVERIFY2(bench.estimate().contains("on this machine"), qPrintable(bench.estimate()));
    QVERIFY(bench.button->isEnabled());
    QCOMPARE(bench.button->text(), QString("Embed 64 pictures"));
    QSignalSpy requests(&bench.panel, &EmbeddingsPanel::embedRequested);
    QTest::mouseClick(bench.button, Qt::LeftButton);
    QCOMPARE(requests.count(), 1);
    const auto options = requests.front().front().value<EmbedOptions>();
    QCOMPARE(options.backbone, std::string("gabor"));
    QCOMPARE(options.subjects, std::vector<std::string>{"subj01"});
  }

  // In the window's dock at 1280 x 800.
  void nothingSticksOutOfANarrowPanel() {
    Bench bench;
    bench.open();
    bench.panel.resize(330, 470);
    for (QComboBox* choice = child<QComboBox>(bench.panel, "backbone"); const QString id : {"gabor", "clip-vit-b32"}) {
      choice->setCurrentIndex(choice->findData(id));
      QTest::qWait(50);
      const auto* view = bench.panel.findChild<QScrollArea*>()->viewport();
      for (const char* name : {"backbone", "layer", "weights", "weightsBrowse", "subjects", "skipBroken", "device"}) {
        const auto* field = bench.panel.findChild<QWidget*>(name);
        if (!field->isVisible()) continue;
        QVERIFY2(field->mapTo(view, QPoint(field->width(), 0)).x() <= view->width(), name);
      }
      QVERIFY(bench.panel.rect().contains(bench.button->geometry()));
      QVERIFY(bench.button->visibleRegion().boundingRect().size() == bench.button->size());
    }
  }

  void theWheelScrollsAndChoosesNothing() {
    Bench bench;
    bench.open();
    for (const char* name : {"backbone", "param-dtype"}) {
      auto* choice = bench.panel.findChild<QComboBox*>(name);
      QVERIFY2(choice, name);
      const int before = choice->currentIndex();
      const QPointF middle(choice->rect().center());
      QWheelEvent turn(middle, choice->mapToGlobal(middle), {}, QPoint(0, -120), Qt::NoButton, Qt::NoModifier,
                       Qt::NoScrollPhase, false);
      QApplication::sendEvent(choice, &turn);
      QCOMPARE(choice->currentIndex(), before);
    }
  }

  void storedFormChangesTheEstimate() {
    Bench bench;
    bench.open();
    QVERIFY(bench.waitForEstimate());
    const QString before = bench.estimate();
    auto* line = child<QLineEdit>(bench.panel, "param-pca");
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, "20");
    QTest::keyClick(line, Qt::Key_Return);
    QVERIFY(QTest::qWaitFor([&] { return bench.estimate().contains("until it is finished"); }, 20000));
    QVERIFY(bench.estimate() != before);
    QCOMPARE(bench.panel.form().options().form.pca, 20);
  }

  void ownArrayAsksForItsFile() {
    Bench bench;
    bench.open();
    auto* backbone = child<QComboBox>(bench.panel, "backbone");
    backbone->setCurrentIndex(backbone->count() - 1);
    QCOMPARE(bench.estimate(), QString("Choose the array's file."));
    bench.panel.form().setFileQuestioner(
        [](QWidget*, const QString&, const QString&) { return QString("/no/such.npy"); });
    QTest::mouseClick(child<QToolButton>(bench.panel, "weightsBrowse"), Qt::LeftButton);
    QCOMPARE(child<QLineEdit>(bench.panel, "weights")->text(), QString("/no/such.npy"));
    QCOMPARE(bench.estimate(), QString("There is no file /no/such.npy."));
    QVERIFY(!bench.button->isEnabled());
  }

  void offersTheDevicesThatThereAre() {
    Bench bench;
    auto* backbone = child<QComboBox>(bench.panel, "backbone");
    auto* device = child<QComboBox>(bench.panel, "device");
    QVERIFY(!device->isVisible());  // a Gabor pyramid takes the processor
    backbone->setCurrentIndex(backbone->findData("alexnet"));
    QVERIFY(device->isVisible());
    QCOMPARE(bench.panel.form().options().device, std::string("auto"));
    device->setCurrentIndex(device->findData("cpu"));
    QCOMPARE(bench.panel.form().options().device, std::string("cpu"));
    QVERIFY(QTest::qWaitFor([&] { return device->count() > 2; }, 20000));
    if (cudaStatus().devices.empty()) {
      QVERIFY2(device->toolTip().endsWith(QString::fromStdString(cudaStatus().reason)), qPrintable(device->toolTip()));
      QVERIFY(!(device->model()->flags(device->model()->index(2, 0)) & Qt::ItemIsEnabled));
    } else {
      QCOMPARE(device->itemData(2).toString(), QString("cuda:0"));
    }
    QCOMPARE(bench.panel.form().options().device, std::string("cpu"));
    backbone->setCurrentIndex(0);
    QCOMPARE(bench.panel.form().options().device, std::string("auto"));
  }

  void listsWhatIsThereAndAsksToDeleteIt() {
    Bench bench;
    bench.open();
    bench.embed();
    bench.embed({.dtype = "float16"});
    QVERIFY(bench.waitForRows(2));
    QSignalSpy requests(&bench.panel, &EmbeddingsPanel::deleteRequested);
    bench.table->selectRow(0);
    auto* remove = child<QToolButton>(bench.panel, "deleteEmbedding");
    QVERIFY(remove->isEnabled());
    QTest::mouseClick(remove, Qt::LeftButton);
    QCOMPARE(requests.count(), 1);
    const QString folder = requests.front().front().toStringList().front();
    (void)moveEmbeddingToTrash(bench.workspace, folder.toStdString());
    QVERIFY(bench.waitForRows(1));
  }

  void theListNeverScrollsSideways() {
    Bench bench;
    bench.open();
    bench.embed();
    QVERIFY(bench.waitForRows(1));
    const auto shown = [&] {
      int width = 0;
      for (int column = 0; column < EmbeddingsModel::kColumnCount; ++column)
        width += bench.table->isColumnHidden(column) ? 0 : bench.table->columnWidth(column);
      return width;
    };
    for (const int width : {440, 700, 1100}) {
      bench.panel.resize(width, 860);
      QTRY_COMPARE(shown(), bench.table->viewport()->width());
      QVERIFY(bench.table->columnWidth(EmbeddingsModel::kName) >= 140);
      QVERIFY(!bench.table->isColumnHidden(EmbeddingsModel::kSize));
      QVERIFY(bench.table->isColumnHidden(EmbeddingsModel::kOrigin) || width > 440);
      QVERIFY(!bench.table->isColumnHidden(EmbeddingsModel::kOrigin) || width < 1100);
    }
    bench.panel.resize(440, 860);
    forEachTheme([&](const QString& theme) { saveScreenshot(bench.panel, "embeddings", "list", theme); });
  }

  void showsWhatIsBeingMade() {
    Bench bench;
    bench.writeJob({{"status", "running"},
                    {"text", "embed pictures of subj01: 32 of 64 pictures"},
                    {"fraction", 0.5},
                    {"secondsLeft", 72.0}});
    bench.open();
    bench.embed({.pca = 20});
    QVERIFY(bench.waitForRows(1));
    QVERIFY(QTest::qWaitFor([&] { return bench.panel.findChild<QWidget*>("job-" + kJob); }, 10000));
    const QString state = child<QLabel>(bench.panel, "jobState-" + kJob)->text();
    QCOMPARE(state, QString("Embed pictures of subj01: 32 of 64 pictures, 1:12 left"));
    QVERIFY(bench.waitForEstimate());
    forEachTheme([&](const QString& theme) { saveScreenshot(bench.panel, "embeddings", "running", theme); });
    QSignalSpy pauses(&bench.panel, &EmbeddingsPanel::pauseRequested);
    QTest::mouseClick(child<QToolButton>(bench.panel, "jobPause-" + kJob), Qt::LeftButton);
    QCOMPARE(pauses.count(), 1);
    QCOMPARE(child<QLabel>(bench.panel, "jobState-" + kJob)->text(), QString("Pausing…"));

    bench.writeJob({{"status", "failed"},
                    {"text", ""},
                    {"fraction", 0.5},
                    {"reason", "read picture: /data/train-0042_nsd-00613.png: the file is cut; restore it"}});
    QVERIFY(bench.waitForRows(1));
    auto* resume = child<QToolButton>(bench.panel, "jobResume-" + kJob);
    QVERIFY(QTest::qWaitFor([&] { return resume->isVisible(); }, 10000));
    QVERIFY(child<QLabel>(bench.panel, "jobState-" + kJob)->text().contains("train-0042"));
  }

  void takesADoneExtractionOffTheList() {
    Bench bench;
    QSignalSpy removals(&bench.panel, &EmbeddingsPanel::removeRequested);
    bench.writeJob({{"status", "done"}, {"text", ""}, {"fraction", 1.0}});
    bench.open();
    QVERIFY(QTest::qWaitFor([&] { return removals.count() > 0; }, 10000));
    QVERIFY(!bench.panel.findChild<QWidget*>("job-" + kJob));
  }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestEmbeddingsPanel)
#include "tst_embeddings_panel.moc"
