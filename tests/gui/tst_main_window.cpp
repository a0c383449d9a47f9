#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QStackedWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTreeWidget>
#include <map>
#include <nlohmann/json.hpp>

#include "app/workbench/actions/named_action.h"
#include "app/workbench/study_report.h"
#include "core/features/embed.h"
#include "core/runs/workspace.h"
#include "tests/gui/window_testing.h"
#include "tests/testing/small_study.h"
#include "widgets/embeddings/embeddings_panel.h"
#include "widgets/tables/runs_model.h"
#include "widgets/tables/runs_panel.h"

namespace corticast {
namespace {

using testing::child;
using testing::RealWindow;

const testing::SmallStudyOptions kSmall = {
    .images = 30, .testImages = 4, .leftVertices = 300, .rightVertices = 320, .hasNoiseCeiling = true};

void truncate(const QString& file) {
  QFile damaged(file);
  QVERIFY2(damaged.exists(), qPrintable(file));
  QVERIFY(damaged.resize(damaged.size() / 2));
}

/// Queued, and no queue at work: it stays as it is.
QString addRun(RealWindow& real, const std::string& name) {
  const Workspace workspace = Workspace::open(real.state().workspace());
  const RunFolder run = workspace.createRun(Json{{"version", 1}, {"name", name}, {"dataset", "/nowhere"}});
  workspace.rename(run, name);
  const QString id = QString::fromStdString(run.id());
  if (!QTest::qWaitFor([&] { return real.state().run(id) != nullptr; }))
    QTest::qFail("run not seen", __FILE__, __LINE__);
  return id;
}

std::string nameOf(RealWindow& real, const QString& id) {
  const auto run = real.state().run(id);
  return run ? run->meta.name : "(gone)";
}

}  // namespace

class TestMainWindow : public QObject {
  Q_OBJECT

 private:
  std::unique_ptr<QTemporaryDir> m_home;
  QString m_small;

 private Q_SLOTS:
  void init() {
    m_home = std::make_unique<QTemporaryDir>();
    testing::useAsHome(m_home->path());
    m_small = m_home->filePath("small");
    testing::makeSmallStudy(m_small.toStdString(), kSmall);
  }

  void startsWithTheWelcomePage() {
    testing::forEachTheme([](const QString& theme) {
      RealWindow real;
      applyTheme(*static_cast<QApplication*>(QApplication::instance()),
                 theme == "dark" ? ThemeChoice::Dark : ThemeChoice::Light);
      QCOMPARE(child<QStackedWidget>(real.window, "centre")->currentWidget()->objectName(), QString("welcomePage"));
      QVERIFY(!child<QAction>(real.window, "train")->isEnabled());
      QVERIFY(!child<QAction>(real.window, "exportFigure")->isEnabled());
      testing::saveScreenshot(real.window, "window", "start", theme);
    });
  }

  void aDroppedFolderIsOpenedAndRemembered() {
    RealWindow real;
    real.drop(m_small);
    QTRY_VERIFY(real.state().study());
    QCOMPARE(child<QStackedWidget>(real.window, "centre")->currentWidget()->objectName(), QString("cortexPanel"));
    QVERIFY(real.window.windowTitle().startsWith("small"));
    QCOMPARE(real.settings.recentStudies(), QStringList{m_small});
    QVERIFY(real.state().map() == MapKind::Ceiling);
  }

  void damageIsReportedAndTheRestUsed() {
    truncate(m_small + "/subj01/training_split/training_fmri/rh_training_fmri.npy");
    RealWindow real;
    QVERIFY(real.open(m_small));
    const auto* report = child<StudyReport>(real.window, "studyReport");
    const auto* problems = child<QTreeWidget>(*report, "reportProblems");
    QCOMPARE(problems->topLevelItemCount(), 1);
    QVERIFY(problems->topLevelItem(0)->text(1).endsWith("rh_training_fmri.npy"));
    QCOMPARE(real.state().hemispheres(), std::set{Hemisphere::Left});
    real.save("damaged-study");
    testing::saveScreenshot(*child<StudyReport>(real.window, "studyReport"), "report", "damaged", "light");
  }

  void aStudyThatCannotBeUsedIsRefusedWithReasons() {
    for (const char* side : {"lh", "rh"})
      truncate(m_small + QString("/subj01/training_split/training_fmri/%1_training_fmri.npy").arg(side));
    RealWindow real;
    real.session.openStudy(m_small);
    const auto* message = child<QLabel>(real.window, "welcomeMessage");
    QTRY_VERIFY(message->text().contains("No subject of"));
    QVERIFY(!real.state().study());
    QVERIFY(child<QAbstractButton>(real.window, "welcomeReport")->isVisible());
    testing::saveScreenshot(real.window, "window", "refused-study", "light");
  }

  void whatIsNoStudyIsSaidInWords() {
    RealWindow real;
    real.session.openStudy(m_home->filePath("nowhere"));
    QVERIFY(!child<QAbstractButton>(real.window, "welcomeOpen")->isEnabled());
    QTRY_VERIFY(child<QAbstractButton>(real.window, "welcomeOpen")->isEnabled());
    const QString message = child<QLabel>(real.window, "welcomeMessage")->text();
    QVERIFY2(message.startsWith("Opening the study failed") && message.contains("nowhere"), qPrintable(message));
  }

  void anEmptyWorkspaceSaysWhatToDo() {
    testing::forEachTheme([](const QString& theme) {
      RealWindow real;
      applyTheme(*static_cast<QApplication*>(QApplication::instance()),
                 theme == "dark" ? ThemeChoice::Dark : ThemeChoice::Light);
      QVERIFY(real.open(testing::demoStudy()));
      QTRY_VERIFY(child<QAbstractButton>(real.window, "trainButton")->isEnabled());
      real.raise("runsDock");
      QVERIFY(child<QLabel>(real.window, "runsEmpty")->isVisible());
      real.save("empty-workspace", theme);
    });
  }

  void theFlatMapIsLabelledByHemisphere() {
    RealWindow real;
    QVERIFY(real.open(testing::demoStudy()));
    real.trigger("map-labels");
    real.trigger("surface-flat");
    real.save("flat-labels");
    QCOMPARE(real.cortex().view().scene().labels(0), (PanelLabels{"LH", ""}));
    real.trigger("surface-inflated");
    real.trigger("view-ventral");
    real.save("ventral-labels");
    QCOMPARE(real.cortex().view().scene().labels(0), (PanelLabels{"RH ventral", "LH ventral"}));
  }

  void everythingFitsInto1280By800() {
    if (!testing::hasDisplay()) QSKIP(testing::kNoDisplay);
    RealWindow real;
    QVERIFY(real.open(testing::demoStudy()));
    QCOMPARE(real.window.size(), QSize(1280, 800));
    QVERIFY(real.window.minimumSizeHint().width() <= 1280);
    QVERIFY(real.window.minimumSizeHint().height() <= 800);
    for (const char* name : {"trainButton", "preset", "subject", "mapChoice", "colourMapChoice", "brainView"}) {
      const auto* widget = child<QWidget>(real.window, name);
      const QRect place(widget->mapTo(&real.window, QPoint()), widget->size());
      QVERIFY2(real.window.rect().contains(place) && !widget->visibleRegion().isEmpty(), name);
      const int least = widget->minimumWidth() > 0 ? widget->minimumWidth() : widget->minimumSizeHint().width();
      QVERIFY2(place.width() >= least, name);
    }
  }

  void commandsHaveWordsAndTheirKeysDoNotClash() {
    RealWindow real;
    std::map<QString, QString> owners;
    for (const QAction* action : namedActions(real.window)) {
      QVERIFY2(!action->text().isEmpty(), qPrintable(action->objectName()));
      for (const QKeySequence& key : action->shortcuts()) {
        if (key.isEmpty()) continue;
        const auto [owner, isNew] = owners.try_emplace(key.toString(), action->objectName());
        QVERIFY2(isNew, qPrintable(key.toString() + " is of " + owner->second + " and " + action->objectName()));
      }
    }
    for (const char* key : {"Ctrl+O", "Ctrl+R", "Space", "Esc", "1", "6", "[", "]", "F", "F11", "Ctrl+Shift+P",
                            "Ctrl+Z", "Ctrl+Y", "Ctrl+E", "?"})
      QVERIFY2(owners.contains(key), key);
  }

  void renamingInTheTableCanBeUndone() {
    RealWindow real;
    const QString id = addRun(real, "First");
    real.raise("runsDock");
    real.state().setSelectedRuns({id});
    auto* table = child<QTableView>(real.window, "runsTable");
    child<QAction>(real.window, "renameRun")->trigger();
    auto* editor = table->viewport()->findChild<QLineEdit*>();
    QVERIFY(editor);
    editor->setText("Second");
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(nameOf(real, id), "Second");
    QCOMPARE(child<QAction>(real.window, "undo")->text(), QString("&Undo renaming a run"));
    real.trigger("undo");
    QTRY_COMPARE(nameOf(real, id), "First");
    real.trigger("redo");
    QTRY_COMPARE(nameOf(real, id), "Second");
  }

  void deletingInTheTableCanBeUndone() {
    RealWindow real;
    const QString id = addRun(real, "First");
    real.raise("runsDock");
    real.state().setSelectedRuns({id});
    QTRY_VERIFY(child<QAction>(real.window, "deleteRuns")->isEnabled());
    real.trigger("deleteRuns");
    QTRY_VERIFY(!real.state().run(id));
    QVERIFY(child<QWidget>(real.window, "undoNotice")->isVisible());
    QCOMPARE(child<QLabel>(real.window, "undoText")->text(), QString("Deleted First"));
    real.click("undoDelete");
    QTRY_COMPARE(nameOf(real, id), "First");
    QVERIFY(!child<QWidget>(real.window, "undoNotice")->isVisible());
  }

  // The notice stands for one deletion: once something else was done, its button would undo that.
  void theUndoNoticeGoesWhenSomethingElseIsDone() {
    RealWindow real;
    const QString gone = addRun(real, "Gone"), kept = addRun(real, "Kept");
    real.state().setSelectedRuns({gone});
    real.trigger("deleteRuns");
    QTRY_VERIFY(!real.state().run(gone));
    QVERIFY(child<QWidget>(real.window, "undoNotice")->isVisible());
    auto* runs = child<RunsPanel>(real.window, "runsPanel");
    Q_EMIT runs->noteRequested(kept, "A note");
    QVERIFY(!child<QWidget>(real.window, "undoNotice")->isVisible());
  }

  void aDeletedEmbeddingCanBeBroughtBack() {
    RealWindow real;
    ProgressReporter silent;
    const auto made = embedStudy(openStudy(m_small.toStdString()),
                                 {.subjects = {"subj01"}, .workspace = real.state().workspace()}, silent);
    const std::filesystem::path folder = made.front().info().path;
    auto* panel = child<EmbeddingsPanel>(real.window, "embeddingsPanel");
    Q_EMIT panel->deleteRequested({QString::fromStdString(folder.string())});
    QVERIFY(!exists(folder));
    QVERIFY(child<QWidget>(real.window, "undoNotice")->isVisible());
    QCOMPARE(child<QLabel>(real.window, "undoText")->text(), QString("Deleted an embedding"));
    real.click("undoDelete");
    QVERIFY(exists(folder));
    QVERIFY(!child<QWidget>(real.window, "undoNotice")->isVisible());
  }

  void spaceInTheTablePausesAndResumes() {
    RealWindow real;
    const QString id = addRun(real, "First");
    real.raise("runsDock");
    real.state().setSelectedRuns({id});
    auto* table = child<QTableView>(real.window, "runsTable");
    QTest::keyClick(table, Qt::Key_Space);
    QTRY_VERIFY(real.state().run(id)->state.status == RunStatus::Paused);
    QCOMPARE(real.state().selectedRuns(), QStringList{id});
  }

  void aFailureStandsThroughAChangeOfTheme() {
    RealWindow real;
    QVERIFY(real.open(m_small));
    Q_EMIT real.session.failed("Saving", "the disk is full");
    const auto* bar = child<QWidget>(real.window, "messageBar");
    real.trigger("theme2");
    const QString dark = bar->styleSheet();
    real.trigger("theme1");
    QVERIFY(bar->styleSheet() != dark);
    QCOMPARE(child<QLabel>(real.window, "messageText")->text(), QString("Saving failed: the disk is full"));
  }

  void theThemeIsKept() {
    {
      RealWindow real;
      real.trigger("theme2");
      QCOMPARE(real.settings.theme(), ThemeChoice::Dark);
    }
    const Settings again(qEnvironmentVariable("XDG_CONFIG_HOME") + "/settings.ini");
    QCOMPARE(again.theme(), ThemeChoice::Dark);
  }

  void theLayoutIsKept() {
    {
      RealWindow real;
      child<QDockWidget>(real.window, "studyDock")->hide();
      real.window.close();
    }
    RealWindow real;
    QVERIFY(!child<QDockWidget>(real.window, "studyDock")->isVisible());
    QVERIFY(child<QDockWidget>(real.window, "trainDock")->isVisible());
  }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestMainWindow)
#include "tst_main_window.moc"
