// The flows that take results out of the window, with a real worker: own data from the folder to a trained run, a
// figure, a submission. Slots follow on from each other.
#include <QCheckBox>
#include <QComboBox>
#include <QDockWidget>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QListWidget>
#include <QProcess>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QTreeWidget>

#include "app/workbench/study_report.h"
#include "tests/gui/window_testing.h"
#include "widgets/figures/figure_dialog.h"
#include "widgets/figures/submission_dialog.h"

namespace corticast {
namespace {

using testing::child;
using testing::RealWindow;

constexpr int kPatience = 120000;

QByteArray contents(const QString& file) {
  QFile read(file);
  return read.open(QIODevice::ReadOnly) ? read.readAll() : QByteArray();
}

}  // namespace

class TestFlowExport : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir m_home;
  std::unique_ptr<RealWindow> m_real;

 private Q_SLOTS:
  void initTestCase() {
    testing::useAsHome(m_home.path());
    m_real = std::make_unique<RealWindow>();
  }

  // Flow 2: drop the folder, see what was found, see what is needed, have the pictures embedded, train.
  void ownDataFromFolderToRun() {
    RealWindow& real = *m_real;
    real.drop(testing::demoStudy());
    QTRY_VERIFY_WITH_TIMEOUT(real.state().study() && real.cortex().surfaces(), kPatience);
    real.trigger("studyReportAction");
    auto* report = child<StudyReport>(real.window, "studyReport");
    QCOMPARE(child<QTreeWidget>(*report, "reportContents")->topLevelItemCount(), 2);
    testing::saveScreenshot(*report, "report", "whole", "light");
    report->close();

    auto* train = child<QAbstractButton>(real.window, "trainButton");
    QTRY_VERIFY_WITH_TIMEOUT(train->isEnabled() && train->text().startsWith("Embed 180 pictures, train"), kPatience);
    real.save("needs-embedding");
    real.click("trainButton");
    QTRY_VERIFY_WITH_TIMEOUT(real.state().currentRun(), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(real.state().currentRun()->state.status == RunStatus::Done, kPatience);
    QTRY_VERIFY(train->text().startsWith("Train"));
  }

  // Flow 6: the figure that the cortex shows, as PNG and PDF, and the same again from its description.
  void aFigureIsWrittenAndMadeAgain() {
    RealWindow& real = *m_real;
    real.trigger("exportFigure");
    auto* dialog = child<FigureDialog>(real.window, "figureDialog");
    QSignalSpy shown(dialog, &FigureDialog::previewShown), written(dialog, &FigureDialog::written);
    QVERIFY(shown.wait(20000));
    auto* views = child<QComboBox>(*dialog, "figureViews");
    views->setCurrentIndex(views->findData("lateral-medial"));
    Q_EMIT views->activated(views->currentIndex());
    QVERIFY(shown.wait(20000));
    testing::saveScreenshot(*dialog, "figure", "dialog", "light");
    const QString png = m_home.filePath("figure.png"), pdf = m_home.filePath("figure.pdf");
    child<QCheckBox>(*dialog, "figureDescription")->setChecked(true);
    for (const QString& file : {png, pdf}) {
      dialog->setFileChooser([file](QWidget*, const FileQuestion&) { return file; });
      QTest::mouseClick(child<QAbstractButton>(*dialog, "figureExport"), Qt::LeftButton);
      QVERIFY(written.wait(30000));
    }
    dialog->close();
    QVERIFY(contents(pdf).startsWith("%PDF"));
    const QImage picture(png);
    QCOMPARE(picture.width(), 2126);  // 180 mm at 300 dpi

    const QString description = png + ".json";
    QVERIFY2(QFile::exists(description), "the description lies beside the figure");
    QProcess again;
    again.setProcessEnvironment([] {
      QProcessEnvironment bare = QProcessEnvironment::systemEnvironment();
      bare.remove("DISPLAY");
      return bare;
    }());
    again.start(findWorkbenchProgram(), {"--render", description, "--out", m_home.filePath("again.png")});
    QVERIFY(again.waitForFinished(30000));
    QCOMPARE(again.exitCode(), 0);
    QVERIFY(QImage(m_home.filePath("again.png")) == picture);
  }

  // Flow 7: who predicts what, the zip, and its check list.
  void aSubmissionIsWrittenAndChecked() {
    RealWindow& real = *m_real;
    real.trigger("exportSubmission");
    auto* dialog = child<SubmissionDialog>(real.window, "submissionDialog");
    QSignalSpy planned(dialog, &SubmissionDialog::planned), written(dialog, &SubmissionDialog::written);
    QVERIFY(planned.wait(20000));
    QCOMPARE(child<QTreeWidget>(*dialog, "submissionParts")->topLevelItemCount(), 2);
    QVERIFY(child<QAbstractButton>(*dialog, "submissionWrite")->isEnabled());
    testing::saveScreenshot(*dialog, "submission", "planned", "light");
    dialog->setFileChooser([this](QWidget*, const FileQuestion&) { return m_home.filePath("submission.zip"); });
    QTest::mouseClick(child<QAbstractButton>(*dialog, "submissionWrite"), Qt::LeftButton);
    QVERIFY(written.wait(60000));
    QVERIFY2(written[0][1].toBool(), "the checks are good");
    const auto* checks = child<QTreeWidget>(*dialog, "submissionChecks");
    QVERIFY(checks->topLevelItemCount() >= 4);
    for (int row = 0; row < checks->topLevelItemCount(); ++row)
      QVERIFY2(!checks->topLevelItem(row)->text(0).contains("wrong"), qPrintable(checks->topLevelItem(row)->text(1)));
    testing::saveScreenshot(*dialog, "submission", "written", "light");
    QVERIFY(contents(m_home.filePath("submission.zip")).startsWith("PK"));
  }

  void cleanupTestCase() { m_real.reset(); }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestFlowExport)
#include "tst_flow_export.moc"
