#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>
#include <nlohmann/json.hpp>

#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/training/target_group.h"
#include "tests/gui/gui_testing.h"
#include "tests/testing/small_study.h"
#include "widgets/forms/override_model.h"
#include "widgets/forms/train_panel.h"
#include "widgets/state/workbench_state.h"

namespace corticast {
namespace {

using testing::child;
using testing::forEachTheme;
using testing::saveScreenshot;

std::shared_ptr<const Study> smallStudy() {
  static QTemporaryDir folder;
  static const std::shared_ptr<const Study> study = [] {
    const std::filesystem::path root = folder.path().toStdString();
    testing::makeSmallStudy(root, {.subjects = 2});
    return std::make_shared<const Study>(openStudy(root));
  }();
  return study;
}

/// The panel on a study of 24 pictures, with answers for its file dialogs.
struct Bench {
  QTemporaryDir workspace;
  WorkbenchState state;
  QString planFile = workspace.filePath("plan.json");
  std::vector<Plan> plans;
  std::vector<EmbedOptions> embeddings;
  TrainPanel panel;
  QPushButton* button;

  enum class Start { NoStudy, Bare, Embedded };

  explicit Bench(Start start = Start::Bare, int panelWidth = 420)
      : panel(state, {.openPlan = [this](QWidget*) { return planFile; },
                      .savePlan = [this](QWidget*, const QString&) { return planFile; },
                      .openFile = [](QWidget*, const QString&, const QString&) { return QString(); },
                      .openFolder = [](QWidget*) { return QString(); }}),
        button(child<QPushButton>(panel, "trainButton")) {
    QObject::connect(&panel, &TrainPanel::trainRequested, &panel, [this](const Plan& plan) { plans.push_back(plan); });
    QObject::connect(&panel, &TrainPanel::embedRequested, &panel,
                     [this](const EmbedOptions& options) { embeddings.push_back(options); });
    panel.resize(panelWidth, 760);
    panel.show();
    (void)QTest::qWaitForWindowExposed(&panel);
    if (start == Start::NoStudy) return;
    state.setWorkspace(workspace.path().toStdString());
    if (start == Start::Embedded) (void)embedBefore();
    state.setStudy(smallStudy());
  }

  void embedNow() {
    ProgressReporter silent;
    EmbedOptions options = embeddings.back();
    options.workspace = state.workspace();
    (void)embedStudy(*state.study(), options, silent);
    panel.embedEnded(true, {});
  }
  /// Returns its folder.
  std::string embedBefore(const StoredForm& form = {}) {
    ProgressReporter silent;
    const EmbedOptions options{
        .backbone = "gabor", .subjects = {"subj01"}, .workspace = state.workspace(), .form = form};
    return embedStudy(*smallStudy(), options, silent).front().info().path.string();
  }
  void press(const QString& name) { QTest::mouseClick(child<QToolButton>(panel, name), Qt::LeftButton); }
  void open(const QString& section) { press("section-" + section); }
  void type(const QString& id, const QString& text) {
    auto* line = child<QLineEdit>(panel, "param-" + id);
    child<QScrollArea>(panel, "trainScroll")->ensureWidgetVisible(line);
    QTest::mouseClick(line, Qt::LeftButton);
    line->selectAll();
    QTest::keyClicks(line, text);
  }
  [[nodiscard]] QTableView* table() { return child<QTableView>(panel, "overrideTable"); }
  int rowOf(const QString& roi) {
    for (int row = 0; row < table()->model()->rowCount(); ++row)
      if (table()->model()->index(row, 0).data().toString() == roi) return row;
    return -1;
  }
  void typeCell(const QString& roi, int column, const QString& text) {
    const QModelIndex cell = table()->model()->index(rowOf(roi), column);
    table()->scrollTo(cell);
    child<QScrollArea>(panel, "trainScroll")->ensureWidgetVisible(table());
    const QPoint place = table()->visualRect(cell).center();
    QTest::mouseClick(table()->viewport(), Qt::LeftButton, {}, place);
    QTest::mouseDClick(table()->viewport(), Qt::LeftButton, {}, place);
    auto* editor = table()->viewport()->findChild<QLineEdit*>();
    QVERIFY(editor);
    editor->selectAll();
    QTest::keyClick(editor, Qt::Key_Delete);
    QTest::keyClicks(editor, text);
    QTest::keyClick(editor, Qt::Key_Return);
    QTest::qWait(1);
  }
  [[nodiscard]] QString reason() const {
    auto* label = child<QLabel>(panel, "trainReason");
    return label->isVisibleTo(&panel) ? label->text() : QString();
  }
  bool waitForButton(const QString& text) {
    return QTest::qWaitFor([&] { return button->text() == text && button->isEnabled(); }, 8000);
  }
};

int modelsOf(const Plan& plan) {
  return static_cast<int>(cutTargetGroups(plan, *smallStudy()).groups.size());
}

}  // namespace

class TestTrainPanel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void withoutAStudyItSaysSo() {
    Bench bench(Bench::Start::NoStudy);
    QVERIFY(!bench.button->isEnabled());
    QVERIFY(bench.reason().contains("Open a study first"));
  }

  void missingEmbeddingIsMadeFirst() {
    Bench bench;
    QVERIFY2(QTest::qWaitFor([&] { return bench.button->text().startsWith("Embed 24 pictures, train "); }, 8000),
             qPrintable(bench.button->text() + bench.reason()));
    QVERIFY(bench.button->isEnabled());
    QTest::mouseClick(bench.button, Qt::LeftButton);
    QCOMPARE(bench.embeddings.size(), size_t{1});
    QCOMPARE(bench.embeddings.front().backbone, std::string("gabor"));
    QCOMPARE(bench.embeddings.front().subjects, std::vector<std::string>{"subj01"});
    QVERIFY(bench.plans.empty());
    QVERIFY(!bench.button->isEnabled());
    bench.panel.showEmbedProgress("Embedding pictures: 12 of 24", 0.5);
    QCOMPARE(child<QProgressBar>(bench.panel, "embedProgress")->value(), 500);
    bench.embedNow();
    QCOMPARE(bench.plans.size(), size_t{1});
    QCOMPARE(bench.plans.front().defaults.at("backbone").get<std::string>(), std::string("gabor"));
    QVERIFY(bench.waitForButton(QString("Train %1 models").arg(modelsOf(bench.plans.front()))));
  }

  void stoppedOrFailedEmbeddingTrainsNothing() {
    Bench bench;
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
    QTest::mouseClick(bench.button, Qt::LeftButton);
    QSignalSpy stopped(&bench.panel, &TrainPanel::embedStopRequested);
    bench.press("embedStop");
    QCOMPARE(stopped.count(), 1);
    bench.panel.embedEnded(false, {});
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
    QTest::mouseClick(bench.button, Qt::LeftButton);
    QVERIFY(QTest::qWaitFor([&] { return bench.embeddings.size() == 2; }, 8000));
    bench.panel.embedEnded(false, "No space left on device");
    QVERIFY(bench.reason().contains("No space left on device"));
    QVERIFY(bench.plans.empty());
  }

  void aVariantOfAnEmbeddingIsChosenByItsContent() {
    Bench bench(Bench::Start::NoStudy);
    bench.state.setWorkspace(bench.workspace.path().toStdString());
    bench.embedBefore();
    const std::string components = bench.embedBefore({.pca = 3});
    bench.state.setStudy(smallStudy());
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
    auto* choice = child<QComboBox>(bench.panel, "embedding");
    QCOMPARE(choice->currentText(), QString("Gabor pyramid, contrast energy"));
    const int row = choice->findText("Gabor pyramid, contrast energy, 3 components");
    QVERIFY(row >= 0);
    choice->setCurrentIndex(row);
    Q_EMIT choice->activated(row);
    auto* words = child<QLabel>(bench.panel, "embeddingState");
    QTRY_COMPARE(words->text(), QString("3 features per picture, ready."));
    QCOMPARE(choice->currentText(), QString("Gabor pyramid, contrast energy, 3 components"));
    saveScreenshot(bench.panel, "train", "variant", "light");
    QTest::mouseClick(bench.button, Qt::LeftButton);
    QVERIFY(QTest::qWaitFor([&] { return bench.plans.size() == 1; }, 8000));
    QCOMPARE(bench.plans.front().defaults.at("embedding").get<std::string>(), components);

    bench.state.setSubject("subj02");
    QVERIFY(QTest::qWaitFor([&] { return bench.button->text().startsWith("Embed 24 pictures"); }, 8000));
    QTest::mouseClick(bench.button, Qt::LeftButton);
    QCOMPARE(bench.embeddings.back().form.pca, 3);
    bench.embedNow();
    QTRY_COMPARE(words->text(), QString("3 features per picture, ready."));
  }

  void theButtonCountsWhatIsTrained() {
    Bench bench(Bench::Start::Embedded);
    bench.state.setSelectedRois({{Hemisphere::Left, "floc-faces", "OFA"}, {Hemisphere::Right, "floc-faces", "OFA"}});
    QVERIFY(bench.waitForButton("Train 2 models"));
    QVERIFY(child<QLabel>(bench.panel, "trainCost")->text().contains("2 models"));
    bench.state.setHemispheres({Hemisphere::Left});
    QVERIFY(bench.waitForButton("Train 1 model"));
    QTest::mouseClick(bench.button, Qt::LeftButton);
    QCOMPARE(modelsOf(bench.plans.back()), 1);
    bench.state.setSelectedRois({});
    QVERIFY(!bench.button->isEnabled());
    QVERIFY(bench.reason().contains("Check at least one ROI"));
  }

  void aPressRightAfterAChangeTrainsTheChange() {
    Bench bench(Bench::Start::Embedded);
    bench.state.setSelectedRois({{Hemisphere::Left, "floc-faces", "OFA"}});
    QVERIFY(bench.waitForButton("Train 2 models"));
    bench.open("optimiser");
    bench.type("learningRate", "3e-4");
    QTest::mouseClick(bench.button, Qt::LeftButton);
    QVERIFY(QTest::qWaitFor([&] { return bench.plans.size() == 1; }, 8000));
    QCOMPARE(bench.plans.front().defaults.at("learningRate").get<double>(), 3e-4);
  }

  void wrongValuesAreMarkedAndNothingStarts() {
    Bench bench(Bench::Start::Embedded);
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
    bench.open("stopping");
    bench.type("patience", "ten");
    QVERIFY(!bench.button->isEnabled());
    QVERIFY(bench.reason().startsWith("Patience: not a number"));
    bench.panel.train();
    QVERIFY(bench.plans.empty());
    bench.press("reset-patience");
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
  }

  void overridesAreInThePlan() {
    Bench bench(Bench::Start::Embedded);
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
    bench.open("per-roi");
    bench.typeCell("FFA-1", 1, "3e-4");
    QTest::mouseClick(bench.button, Qt::LeftButton);
    QVERIFY(QTest::qWaitFor([&] { return bench.plans.size() == 1; }, 8000));
    QCOMPARE(bench.plans.front().overrides.size(), size_t{1});
    QCOMPARE(bench.plans.front().overrides.front().roi, std::string("FFA-1"));
    QCOMPARE(bench.plans.front().overrides.front().settings.dump(), std::string("{\"learningRate\":0.0003}"));
    bench.typeCell("FFA-1", 1, "");
    QVERIFY(bench.panel.plan()->overrides.empty());
  }

  void aWrongOverrideIsMarkedInItsCell() {
    Bench bench(Bench::Start::Embedded);
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
    bench.open("per-roi");
    bench.typeCell("OFA", 2, "2.5");
    const QModelIndex cell = bench.table()->model()->index(bench.rowOf("OFA"), 2);
    QCOMPARE(cell.data().toString(), QString("2.5"));
    QCOMPARE(cell.data(OverrideModel::kProblemRole).toString(), QString("Must be a whole number"));
    QCOMPARE(child<QLabel>(bench.panel, "overrideProblem")->text(), QString("OFA, patience: must be a whole number"));
    QVERIFY(!bench.button->isEnabled());
    bench.typeCell("OFA", 2, "3");
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
  }

  void oneRoiCanBeTrainedAlone() {
    Bench bench(Bench::Start::Embedded);
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
    bench.open("per-roi");
    bench.typeCell("FFA-1", 1, "1e-3");
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
    QTest::qWait(200);
    const QRect place = bench.table()->visualRect(bench.table()->model()->index(bench.rowOf("FFA-1"), 0));
    Q_EMIT bench.table()->customContextMenuRequested(place.center());
    auto* menu = child<QMenu>(bench.panel, "overrideMenu");
    auto* action = child<QAction>(*menu, "trainOnlyRoi");
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
    QVERIFY(QTest::qWaitFor([&] { return bench.plans.size() == 1; }, 8000));
    QCOMPARE(bench.plans.front().rois, std::vector<std::string>{"FFA-1"});
    QCOMPARE(modelsOf(bench.plans.front()), 2);
    QCOMPARE(bench.plans.front().overrides.size(), size_t{1});
  }

  void theWheelScrollsAndChoosesNothing() {
    Bench bench(Bench::Start::Embedded);
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
    bench.panel.resize(420, 420);
    auto* bar = child<QScrollArea>(bench.panel, "trainScroll")->verticalScrollBar();
    QTRY_VERIFY(bar->maximum() > 0);
    for (QComboBox* choice : bench.panel.findChildren<QComboBox*>()) {
      if (!choice->isVisible()) continue;
      const int before = choice->currentIndex(), top = bar->value();
      const QPointF middle = choice->rect().center();
      QWheelEvent turn(middle, choice->mapToGlobal(middle), {}, QPoint(0, -120), Qt::NoButton, Qt::NoModifier,
                       Qt::NoScrollPhase, false);
      QApplication::sendEvent(choice, &turn);
      QCOMPARE(choice->currentIndex(), before);
      QVERIFY2(!turn.isAccepted() || bar->value() != top, qPrintable(choice->objectName()));
    }
  }

  void theCurrentRoiIsTheTablesRow() {
    Bench bench;
    bench.state.setCurrentRoi(RoiKey{Hemisphere::Left, "floc-faces", "FFA-1"});
    QCOMPARE(bench.table()->currentIndex().data(OverrideModel::kRoiRole).toString(), QString("FFA-1"));
    bench.table()->setCurrentIndex(bench.table()->model()->index(bench.rowOf("OFA"), 0));
    QCOMPARE(bench.state.currentRoi()->name, std::string("OFA"));
  }

  void aPresetSetsTheFieldsAndTheArrowsGoBackToIt() {
    Bench bench;
    auto* choice = child<QComboBox>(bench.panel, "preset");
    choice->setFocus();
    QTest::keyClick(choice, Qt::Key_Down);
    bench.open("optimiser");
    QCOMPARE(child<QLineEdit>(bench.panel, "param-learningRate")->text(), QString("0.001"));
    bench.type("learningRate", "2e-3");
    bench.press("reset-learningRate");
    QCOMPARE(child<QLineEdit>(bench.panel, "param-learningRate")->text(), QString("0.001"));
    QVERIFY(!bench.table()->isVisible());
  }

  void aSavedPlanComesBack() {
    Bench bench(Bench::Start::Embedded);
    QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
    QTest::keyClicks(child<QLineEdit>(bench.panel, "planName"), "My plan");
    bench.open("per-roi");
    bench.typeCell("OFA", 2, "3");
    bench.press("savePlan");
    const Plan saved = readPlan(bench.planFile.toStdString());
    QCOMPARE(saved.name, std::string("My plan"));
    Bench other;
    other.planFile = bench.planFile;
    other.press("openPlan");
    QCOMPARE(child<QLineEdit>(other.panel, "planName")->text(), QString("My plan"));
    QVERIFY(QTest::qWaitFor([&] { return other.panel.plan().has_value(); }, 8000));
    QCOMPARE(other.panel.plan()->overrides.size(), size_t{1});
    other.planFile = other.workspace.filePath("absent.json");
    other.press("openPlan");
    QVERIFY(!other.reason().isEmpty());
  }

  void pictures_data() {
    QTest::addColumn<int>("panelWidth");
    QTest::newRow("340") << 340;
    QTest::newRow("420") << 420;
  }
  void pictures() {
    QFETCH(int, panelWidth);
    const QString suffix = QString("-%1").arg(panelWidth);
    forEachTheme([&](const QString& theme) {
      Bench bench(Bench::Start::Bare, panelWidth);
      QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
      saveScreenshot(bench.panel, "train", "unembedded" + suffix, theme);
      bench.embedBefore();
      QTest::mouseClick(bench.button, Qt::LeftButton);
      bench.panel.showEmbedProgress("Embed pictures of subj01: 12 of 24 pictures, 0:03 left", 0.5);
      saveScreenshot(bench.panel, "train", "embedding" + suffix, theme);
      bench.panel.embedEnded(true, {});
      QVERIFY(QTest::qWaitFor([&] { return bench.button->isEnabled(); }, 8000));
      saveScreenshot(bench.panel, "train", "rest" + suffix, theme);
      bench.open("embedding");
      bench.open("model");
      bench.open("per-roi");
      bench.typeCell("OFA", 1, "3e-4");
      bench.typeCell("FFA-1", 2, "20");
      QTest::qWait(300);
      saveScreenshot(bench.panel, "train", "overrides" + suffix, theme);
      bench.typeCell("FFA-2", 2, "2.5");
      bench.open("stopping");
      bench.type("patience", "2.5");
      saveScreenshot(bench.panel, "train", "error" + suffix, theme);
      bench.press("reset-patience");
      bench.typeCell("FFA-2", 2, "");
      for (const char* section :
           {"model", "embedding", "optimiser", "split", "device", "more-optimiser", "more-device"})
        bench.open(section);
      bench.panel.resize(panelWidth, 1250);
      child<QScrollArea>(bench.panel, "trainScroll")->verticalScrollBar()->setValue(0);
      saveScreenshot(bench.panel, "train", "open" + suffix, theme);
      const auto* scroll = child<QScrollArea>(bench.panel, "trainScroll");
      QVERIFY2(scroll->widget()->width() <= scroll->viewport()->width(), "the fields are cut off at the right");
    });
  }
};

}  // namespace corticast

using corticast::TestTrainPanel;
CORTICAST_GUI_TEST(TestTrainPanel)
#include "tst_train_panel.moc"
