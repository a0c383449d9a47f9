#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "tests/gui/gui_testing.h"
#include "widgets/cortex/brain_view.h"
#include "widgets/cortex/draw_pacing.h"

namespace corticast {
using namespace testing;
namespace {

/// A cone that looks at the viewer of the left hemisphere's outer side, red on top and blue below.
CortexGeometry cone() {
  constexpr int kCorners = 24;
  CortexGeometry geometry;
  geometry.positions.push_back({-60, 0, 0});
  for (int i = 0; i < kCorners; ++i) {
    const float angle = 6.2831853F * static_cast<float>(i) / kCorners;
    geometry.positions.push_back({0, 50 * std::cos(angle), 50 * std::sin(angle)});
    geometry.triangles.push_back({0, 1 + (i + 1) % kCorners, 1 + i});
  }
  geometry.curvature.assign(geometry.positions.size(), -1);
  geometry.isClosed = false;
  return geometry;
}

/// A view of one hemisphere, on the screen and drawn.
struct Stage {
  BrainView view;

  Stage() {
    const CortexGeometry geometry = cone();
    std::vector<float> values;
    for (const Position& p : geometry.positions) values.push_back(p[2] > 0 ? 1.0F : -1.0F);
    view.resize(400, 300);
    view.scene().setSceneColours({.background = {255, 255, 255}});
    view.scene().setGeometry(Hemisphere::Left, geometry);
    view.scene().setMap(Hemisphere::Left, values);
    view.scene().setColours({.colourMap = "vik", .low = -1, .high = 1});
    view.setViews(*findViewPreset("lateral"), {Hemisphere::Left});
    view.show();
  }
  [[nodiscard]] bool settle() {
    const int before = view.frameCount();
    view.requestRender();
    return QTest::qWaitFor([&] { return view.frameCount() > before; }, 5000);
  }
  /// As a person sees it, without the names in the corners.
  [[nodiscard]] QImage picture() {
    return view.grab(QRect(0, 40, view.width(), view.height() - 40)).toImage().convertToFormat(QImage::Format_RGB32);
  }
};

bool isRed(QColor colour) {
  return colour.red() > colour.blue() + 30;
}
bool isBlue(QColor colour) {
  return colour.blue() > colour.red() + 30;
}

}  // namespace

class TestBrainView : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void paintsWhatVtkDraws() {
    Stage stage;
    QVERIFY(stage.settle());
    const QImage seen = stage.view.grab().toImage();
    const int width = seen.width(), height = seen.height();
    QVERIFY(isRed(seen.pixelColor(width / 2, height * 3 / 20)));
    QVERIFY(isBlue(seen.pixelColor(width / 2, height * 17 / 20)));
    QCOMPARE(seen.pixelColor(3, height - 3), QColor(Qt::white));
  }

  void aRepaintDrawsNothingAnew() {
    Stage stage;
    QVERIFY(stage.settle());
    const int frames = stage.view.frameCount();
    const QImage before = stage.picture();
    for (int i = 0; i < 5; ++i) {
      stage.view.repaint();
      QTest::qWait(20);
    }
    QCOMPARE(stage.view.frameCount(), frames);
    QCOMPARE(stage.picture(), before);
  }

  void aDragTurnsIt() {
    Stage stage;
    QVERIFY(stage.settle());
    const QImage before = stage.picture();
    QSignalSpy interacting(&stage.view, &BrainView::interactingChanged), turned(&stage.view, &BrainView::turned),
        clicked(&stage.view, &BrainView::clicked);
    QTest::mousePress(&stage.view, Qt::LeftButton, {}, QPoint(200, 150));
    for (int step = 1; step <= 5; ++step) QTest::mouseMove(&stage.view, QPoint(200 + 10 * step, 150 + 12 * step));
    QTest::mouseRelease(&stage.view, Qt::LeftButton, {}, QPoint(250, 210));
    QVERIFY(stage.settle());
    QVERIFY(stage.picture() != before);
    QCOMPARE(interacting.count(), 2);
    QCOMPARE(interacting.last().first().toBool(), false);
    QVERIFY(turned.count() >= 1);
    QCOMPARE(clicked.count(), 0);
  }

  void theWheelZooms() {
    Stage stage;
    QVERIFY(stage.settle());
    const auto ground = [&] {
      const QImage seen = stage.picture();
      int white = 0;
      for (int y = 0; y < seen.height(); ++y)
        for (int x = 0; x < seen.width(); ++x) white += seen.pixelColor(x, y) == QColor(Qt::white) ? 1 : 0;
      return white;
    };
    const auto roll = [&](int angle) {
      QWheelEvent event(QPointF(200, 150), stage.view.mapToGlobal(QPointF(200, 150)), {}, {0, angle}, {}, {},
                        Qt::NoScrollPhase, false);
      QApplication::sendEvent(&stage.view, &event);
    };
    const int before = ground();
    roll(-120);
    QVERIFY(stage.settle());
    const int farther = ground();
    QVERIFY(farther > before);
    // A touchpad gives a notch in small steps.
    for (int step = 0; step < 4; ++step) roll(60);
    QVERIFY(stage.settle());
    QVERIFY(ground() < farther);
  }

  void aClickTellsTheVertex() {
    Stage stage;
    QVERIFY(stage.settle());
    QSignalSpy clicked(&stage.view, &BrainView::clicked);
    QTest::mouseClick(&stage.view, Qt::LeftButton, {}, QPoint(200, 150));
    QCOMPARE(clicked.count(), 1);
    const auto vertex = clicked.first().first().value<std::optional<VertexPick>>();
    QCOMPARE(vertex, std::optional(VertexPick{Hemisphere::Left, 0}));
    QTest::mouseClick(&stage.view, Qt::LeftButton, {}, QPoint(5, 280));
    QVERIFY(!clicked.last().first().value<std::optional<VertexPick>>());
  }

  void anotherSizeIsFilled() {
    Stage stage;
    QVERIFY(stage.settle());
    stage.view.resize(620, 240);
    QVERIFY(stage.settle());
    const QImage seen = stage.view.grab().toImage();
    QVERIFY(isRed(seen.pixelColor(seen.width() / 2, seen.height() * 3 / 20)));
    QCOMPARE(seen.pixelColor(seen.width() - 3, seen.height() / 2), QColor(Qt::white));
  }

  void whatWasAskedForWhileHiddenIsDrawnWhenShown() {
    Stage stage;
    QVERIFY(stage.settle());
    stage.view.hide();
    stage.view.scene().setColours({.colourMap = "vik", .low = 1, .high = -1});
    stage.view.requestRender();
    QTest::qWait(30);
    const int frames = stage.view.frameCount();
    stage.view.show();
    QTRY_VERIFY(stage.view.frameCount() > frames);
    const QImage seen = stage.view.grab().toImage();
    QVERIFY(isBlue(seen.pixelColor(seen.width() / 2, seen.height() * 3 / 20)));
  }

  void twoViewsKeepTheirOwnPictures() {
    Stage first, second;
    second.view.scene().setColours({.colourMap = "vik", .low = 1, .high = -1});
    for (int round = 0; round < 2; ++round) {
      QVERIFY(first.settle());
      QVERIFY(second.settle());
      const QImage a = first.view.grab().toImage(), b = second.view.grab().toImage();
      QVERIFY(isRed(a.pixelColor(a.width() / 2, a.height() * 3 / 20)));
      QVERIFY(isBlue(b.pixelColor(b.width() / 2, b.height() * 3 / 20)));
    }
  }

  void slowDrawingIsCutIntoShorterGoes() {
    DrawPacing pacing;
    QCOMPARE(pacing.goes(), 1);
    pacing.took(20);
    QCOMPARE(pacing.goes(), 1);
    pacing.took(80);
    QCOMPARE(pacing.goes(), 2);
    pacing.took(40);
    QCOMPARE(pacing.goes(), 4);
    pacing.took(20);
    QCOMPARE(pacing.goes(), 4);
    for (int i = 0; i < 5; ++i) pacing.took(1000);
    QCOMPARE(pacing.goes(), 8);
    for (int i = 0; i < 5; ++i) pacing.took(2);
    QCOMPARE(pacing.goes(), 1);
  }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestBrainView)
#include "tst_brain_view.moc"
