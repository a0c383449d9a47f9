// What the train panel has embedded is made by a process that the window need not live as long as.
#include <QFile>
#include <QLabel>
#include <QProgressBar>
#include <QTemporaryDir>
#include <nlohmann/json.hpp>

#include "core/base/child_process.h"
#include "core/features/embed.h"
#include "core/runs/embed_job.h"
#include "tests/gui/window_testing.h"
#include "tests/testing/small_study.h"
#include "widgets/embeddings/embeddings_panel.h"

namespace corticast {
namespace {

using testing::child;
using testing::RealWindow;

constexpr int kPatience = 30000;
const testing::SmallStudyOptions kSmall = {.images = 30, .testImages = 4, .leftVertices = 300, .rightVertices = 320};

std::vector<EmbedJob> jobsOf(RealWindow& real) {
  return EmbedJobs(real.state().workspace()).list();
}

QString textOf(RealWindow& real, const char* label) {
  return child<QLabel>(real.window, label)->text();
}

bool isInSight(RealWindow& real, const QString& name) {
  const auto* found = real.window.findChild<QWidget*>(name);
  return found && found->isVisibleTo(found->window());
}

bool waitForButton(RealWindow& real, const char* text) {
  const auto* button = child<QAbstractButton>(real.window, "trainButton");
  return QTest::qWaitFor([&] { return button->isEnabled() && button->text().startsWith(text); }, kPatience);
}

/// The row of the only job on the Embeddings page; "" while there is none.
QString rowOfJob(RealWindow& real) {
  const std::vector<EmbedJob> jobs = jobsOf(real);
  const QString id = jobs.size() == 1 ? QString::fromStdString(jobs.front().id()) : QString();
  return real.window.findChild<QWidget*>("job-" + id) ? id : QString();
}

}  // namespace

class TestEmbedFirst : public QObject {
  Q_OBJECT

 private:
  std::unique_ptr<QTemporaryDir> m_home;
  QString m_study;

  [[nodiscard]] QString gate() const { return m_home->filePath("gate"); }
  void release() const { QVERIFY(QFile::remove(gate())); }

  // Extractions wait at the gate, so that a test decides when they go on.
  void closeGate() const {
    QFile file(gate());
    QVERIFY(file.open(QFile::WriteOnly));
  }
  void useGatedCli(const QString& cli) const {
    QFile script(m_home->filePath("gated-cli"));
    QVERIFY(script.open(QFile::WriteOnly));
    script.write(QString("#!/bin/sh\n"
                         "while [ \"$1\" = embed-work ] && [ -e '%1' ]; do sleep 0.05; done\n"
                         "exec '%2' \"$@\"\n")
                     .arg(gate(), cli)
                     .toUtf8());
    script.close();
    QVERIFY(script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    qputenv("CORTICAST_CLI", QFile::encodeName(script.fileName()));
  }
  /// A window whose train panel has just been told to embed pictures first.
  [[nodiscard]] std::unique_ptr<RealWindow> embedding() const {
    auto real = std::make_unique<RealWindow>();
    if (!real->open(m_study) || !waitForButton(*real, "Embed 34 pictures, train"))
      QTest::qFail("nothing to press", __FILE__, __LINE__);
    real->click("trainButton");
    if (!QTest::qWaitFor([&] { return !rowOfJob(*real).isEmpty(); }, kPatience))
      QTest::qFail("not on the Embeddings page", __FILE__, __LINE__);
    return real;
  }

 private Q_SLOTS:
  void initTestCase() {
    if (!testing::hasDisplay()) QSKIP(testing::kNoDisplay);
  }

  void init() {
    m_home = std::make_unique<QTemporaryDir>();
    testing::useAsHome(m_home->path());
    m_study = m_home->filePath("small");
    testing::makeSmallStudy(m_study.toStdString(), kSmall);
    qunsetenv("CORTICAST_CLI");
    useGatedCli(QString::fromStdString(findCli().string()));
    closeGate();
  }

  void theTrainingStartsOnceThePicturesAreEmbedded() {
    const auto real = embedding();
    QVERIFY(isInSight(*real, "embedProgress"));
    QVERIFY(!child<QAbstractButton>(real->window, "trainButton")->isEnabled());
    QVERIFY(textOf(*real, "trainReason").contains("starts when"));
    release();
    QTRY_COMPARE_WITH_TIMEOUT(real->state().runs().size(), size_t{1}, kPatience);
    QVERIFY(waitForButton(*real, "Train "));
    QVERIFY(!isInSight(*real, "embedProgress"));
    QTRY_VERIFY_WITH_TIMEOUT(jobsOf(*real).empty(), kPatience);
  }

  void anExtractionOutlivesTheWindow() {
    embedding()->window.close();
    RealWindow again;
    QTRY_VERIFY_WITH_TIMEOUT(!rowOfJob(again).isEmpty(), kPatience);
    QVERIFY(jobsOf(again).front().status == EmbedStatus::Running);
    QVERIFY(again.open(m_study));
    QVERIFY(waitForButton(again, "Embed 34 pictures, train"));
    release();
    QVERIFY(waitForButton(again, "Train "));
    QVERIFY(jobsOf(again).empty());
    QVERIFY(again.state().runs().empty());
    QCOMPARE(listEmbeddings(again.state().workspace()).size(), size_t{1});
  }

  void anotherWindowTakesUpTheSameJob() {
    embedding()->window.close();
    const auto again = embedding();
    QCOMPARE(jobsOf(*again).size(), size_t{1});
    release();
    QTRY_COMPARE_WITH_TIMEOUT(again->state().runs().size(), size_t{1}, kPatience);
  }

  void stopPausesAndAnotherPressResumes() {
    const auto real = embedding();
    real->click("embedStop");
    QTRY_COMPARE_WITH_TIMEOUT(textOf(*real, "embedProgressText"), QString("Stopping…"), kPatience);
    release();
    QVERIFY(waitForButton(*real, "Embed 34 pictures, train"));
    const QString job = rowOfJob(*real);
    QVERIFY(jobsOf(*real).front().status == EmbedStatus::Paused);
    QVERIFY(isInSight(*real, "jobResume-" + job));
    real->click("trainButton");
    QTRY_COMPARE_WITH_TIMEOUT(real->state().runs().size(), size_t{1}, kPatience);
  }

  void pausedOnTheEmbeddingsPageItIsWaitedFor() {
    const auto real = embedding();
    const QString job = rowOfJob(*real);
    auto* page = child<EmbeddingsPanel>(real->window, "embeddingsPanel");
    Q_EMIT page->pauseRequested(job);
    release();
    QTRY_VERIFY_WITH_TIMEOUT(textOf(*real, "embedProgressText").startsWith("Paused"), kPatience);
    QVERIFY(!child<QAbstractButton>(real->window, "trainButton")->isEnabled());
    Q_EMIT page->resumeRequested(job);
    QTRY_COMPARE_WITH_TIMEOUT(real->state().runs().size(), size_t{1}, kPatience);
  }

  void takenOffTheListItIsGivenUp() {
    const auto real = embedding();
    Q_EMIT child<EmbeddingsPanel>(real->window, "embeddingsPanel")->removeRequested(rowOfJob(*real));
    QVERIFY(waitForButton(*real, "Embed 34 pictures, train"));
    release();
  }

  void aFailureSaysItsReason() {
    const auto real = embedding();
    const auto picture = real->state().study()->subjects.front().trainingImages.front();
    QFile file(QString::fromStdString(picture.path.string()));
    QVERIFY(file.open(QFile::WriteOnly));  // now empty
    file.close();
    release();
    QTRY_VERIFY_WITH_TIMEOUT(textOf(*real, "trainReason").contains(file.fileName()), kPatience);
    QVERIFY(child<QAbstractButton>(real->window, "trainButton")->isEnabled());
    QVERIFY(real->state().runs().empty());
    real->save("embed-failed");
  }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestEmbedFirst)
#include "tst_embed_first.moc"
