// A picture of one's own, dropped on the real window: its response, predicted by a network, on the cortex beside it.
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QPainter>
#include <QTemporaryDir>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "core/features/embed.h"
#include "core/runs/study_job.h"
#include "core/runs/worker.h"
#include "core/runs/workspace.h"
#include "core/training/plan.h"
#include "tests/gui/window_testing.h"
#include "widgets/state/picture_response.h"

namespace corticast {
namespace {

using testing::child;
using testing::RealWindow;

constexpr int kPatience = 20000;

/// Hills before an evening sky, 640 x 480.
void drawPicture(const QString& file) {
  QImage image(640, 480, QImage::Format_RGB32);
  QPainter painter(&image);
  QLinearGradient sky(0, 0, 0, 480);
  sky.setColorAt(0, "#274b8a");
  sky.setColorAt(0.6, "#f2a65a");
  painter.fillRect(image.rect(), sky);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor("#fff1c9"));
  painter.drawEllipse(QPoint(430, 230), 42, 42);
  painter.setBrush(QColor("#2c4a3b"));
  painter.drawEllipse(QPoint(160, 520), 330, 200);
  painter.setBrush(QColor("#1d3029"));
  painter.drawEllipse(QPoint(520, 560), 340, 220);
  painter.end();
  QVERIFY2(image.save(file), qPrintable(file));
}

/// A deep network for each hemisphere of the demo study, trained in the workspace that the window will open.
void trainNetworks(const std::filesystem::path& root) {
  const Workspace workspace = Workspace::openOrCreate(root);
  const Study study = openStudy(testing::demoStudy().toStdString());
  ProgressReporter silent;
  (void)embedStudy(study, {.workspace = root}, silent);
  Plan plan;
  plan.name = "Gabor, deep";
  plan.dataset = study.root;
  plan.device = "cpu";
  setInPlan(plan, {"backbone=gabor", "focus=hemisphere", "architecture=deep", "deepBlocks=2", "deepWidth=64",
                   "learningRate=3e-3", "batchSize=32", "maxEpochs=12"});
  const RunFolder run = workspace.createRun(toJson(plan));
  QVERIFY2(work(run, studyJobs(root), {}) == WorkEnd::Done, run.readState().reason.c_str());
}

}  // namespace

class TestDropPicture : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir m_home;
  std::unique_ptr<RealWindow> m_real;

  [[nodiscard]] QString picture() const { return m_home.filePath("evening over the hills behind the house.jpg"); }
  [[nodiscard]] QString message() const { return child<QLabel>(m_real->window, "pictureMessage")->text(); }

 private Q_SLOTS:
  void initTestCase() {
    testing::useAsHome(m_home.path());
    drawPicture(picture());
    trainNetworks(m_home.filePath("corticast/workspace").toStdString());
    m_real = std::make_unique<RealWindow>();
  }

  void saysWhatIsNeededFirst() {
    RealWindow& real = *m_real;
    real.drop(picture());
    QVERIFY2(message().contains("Open a study"), qPrintable(message()));
    QVERIFY(real.open(testing::demoStudy()));
    real.state().setSelectedRuns({});
    real.drop(picture());
    QVERIFY2(message().contains("Choose a finished run"), qPrintable(message()));
    QVERIFY(real.state().pictureResponse() == nullptr);
  }

  void theResponseIsOnTheCortexBesideThePicture() {
    RealWindow& real = *m_real;
    QTRY_VERIFY_WITH_TIMEOUT(!real.state().runs().empty(), kPatience);
    real.state().setSelectedRuns({QString::fromStdString(real.state().runs().front()->id)});
    real.drop(picture());
    QVERIFY(child<QToolButton>(real.window, "stopPicture")->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(real.state().pictureResponse() && real.state().map() == MapKind::Picture, kPatience);
    for (const auto& side : real.state().pictureResponse()->columns) {
      QVERIFY(!side.empty());
      QVERIFY(std::ranges::all_of(side, [](float value) { return std::isfinite(value); }));
    }
    QVERIFY(real.waitForFrame());
    QVERIFY(child<QWidget>(real.window, "pictureBadge")->isVisible());
    QVERIFY(!child<QToolButton>(real.window, "stopPicture")->isVisible());
    QCOMPARE(child<QComboBox>(real.window, "onCortex")->currentText(), QString("Predicted"));
    QVERIFY(child<QLabel>(real.window, "previewText")->text().contains("evening"));
    testing::forEachTheme([&](const QString& theme) { real.save("dropped-picture", theme); });
  }

  void nothingGoesBackToTheMapBefore() {
    RealWindow& real = *m_real;
    auto* shown = child<QComboBox>(real.window, "onCortex");
    shown->setCurrentIndex(0);
    Q_EMIT shown->activated(0);
    QVERIFY(real.state().map() != MapKind::Picture);
    QVERIFY(!child<QWidget>(real.window, "pictureBadge")->isVisible());
    QVERIFY(!child<QLabel>(real.window, "previewText")->text().contains("evening"));
  }

  void aPictureThatCannotBeReadIsNamed() {
    RealWindow& real = *m_real;
    const QString broken = m_home.filePath("broken.png");
    QFile file(broken);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("no picture") > 0);
    file.close();
    const auto before = real.state().pictureResponse();
    real.drop(broken);
    QTRY_VERIFY_WITH_TIMEOUT(message().contains(broken), kPatience);
    QVERIFY(real.state().pictureResponse() == before);
  }

  void stopsWhenAsked() {
    RealWindow& real = *m_real;
    const auto before = real.state().pictureResponse();
    real.drop(picture());
    real.click("stopPicture");
    QTRY_VERIFY_WITH_TIMEOUT(!child<QToolButton>(real.window, "stopPicture")->isVisible(), kPatience);
    QVERIFY(real.state().pictureResponse() == before);
  }

  void cleanupTestCase() { m_real.reset(); }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestDropPicture)
#include "tst_drop_picture.moc"
