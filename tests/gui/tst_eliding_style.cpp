#include <QComboBox>
#include <QIcon>
#include <QListView>
#include <QPixmap>
#include <QStyleFactory>
#include <memory>

#include "tests/gui/gui_testing.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

const QString kLong = "Gabor pyramid, contrast energy, picture size 128 pixels, 64 components, float16";

QIcon squareIcon() {
  QPixmap square(12, 12);
  square.fill(Qt::red);
  return QIcon(square);
}

/// What a combo box of 160 pixels shows of a text.
QImage picture(const QString& text, const QIcon& icon = {}) {
  QComboBox box;
  box.addItem(icon, text);
  box.resize(160, 28);
  return box.grab().toImage();
}

}  // namespace

class TestElidingStyle : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { applyTheme(*static_cast<QApplication*>(QApplication::instance()), ThemeChoice::Light); }

  void aLongTextIsShortenedInTheMiddle() {
    for (const QIcon& icon : {QIcon(), squareIcon()}) {
      const QImage shown = picture(kLong, icon);
      QVERIFY(shown != picture(kLong.left(40), icon));
      // Its end is in sight: another end is another picture, another middle is none.
      QVERIFY(shown != picture(kLong.chopped(1) + "2", icon));
      QString otherMiddle = kLong;
      otherMiddle[40] = 'w';
      QCOMPARE(picture(otherMiddle, icon), shown);
    }
  }

  void aTextThatFitsIsLeftAsItIs() {
    const std::unique_ptr<QStyle> fusion(QStyleFactory::create("Fusion"));
    QComboBox box;
    box.addItem("float16");
    box.addItem(squareIcon(), "float32");
    box.resize(box.sizeHint());
    for (const int row : {0, 1}) {
      box.setCurrentIndex(row);
      box.setStyle(nullptr);
      const QImage shown = box.grab().toImage();
      box.setStyle(fusion.get());
      QCOMPARE(box.grab().toImage(), shown);
    }
  }

  void theListIsAsWideAsItsEntries() {
    QComboBox box;
    box.setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box.addItem(kLong);
    box.resize(160, 28);
    box.show();
    QVERIFY(QTest::qWaitForWindowExposed(&box));
    box.showPopup();
    QTRY_VERIFY(box.view()->isVisible());
    QVERIFY(box.view()->width() >= box.fontMetrics().horizontalAdvance(kLong));
    box.hidePopup();
  }
};

}  // namespace corticast

CORTICAST_GUI_TEST(corticast::TestElidingStyle)
#include "tst_eliding_style.moc"
