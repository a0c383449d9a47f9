#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QToolButton>
#include <nlohmann/json.hpp>

#include "core/training/group_settings.h"
#include "tests/gui/gui_testing.h"
#include "widgets/forms/form_builder.h"
#include "widgets/forms/param_editor.h"

namespace corticast {
namespace {

using testing::child;

std::vector<Param> everyType() {
  Param rate;
  rate.id = "rate";
  rate.label = "Learning rate";
  rate.help = "Step size.";
  rate.section = "First";
  rate.type = ParamType::Real;
  rate.defaultValue = 1e-4;
  rate.minimum = 1e-9;
  rate.maximum = 10;
  rate.isLogarithmic = true;
  rate.isPaperSilent = true;
  Param epochs = rate;
  epochs.id = "epochs";
  epochs.label = "Epochs";
  epochs.unit = "epochs";
  epochs.type = ParamType::Integer;
  epochs.defaultValue = 100;
  epochs.minimum = 1;
  epochs.maximum = 100000;
  Param solver = rate;
  solver.id = "solver";
  solver.label = "Solver";
  solver.type = ParamType::Choice;
  solver.defaultValue = "adamw";
  solver.choices = {{"adamw", "AdamW", "By steps."}, {"ridge", "Ridge", ""}};
  Param alpha = rate;
  alpha.id = "alpha";
  alpha.label = "Alpha";
  alpha.defaultValue = 1000.0;
  alpha.maximum = 1e12;
  alpha.relevantIf = {{"solver", {"ridge"}}};
  Param scale = rate;
  scale.id = "scale";
  scale.label = "Standardise";
  scale.section = "Second";
  scale.type = ParamType::Bool;
  scale.defaultValue = true;
  Param layers = scale;
  layers.id = "layers";
  layers.label = "Layer widths";
  layers.type = ParamType::IntegerList;
  layers.defaultValue = {256, 128};
  layers.minimum = 1;
  layers.maximum = 4096;
  Param note = scale;
  note.id = "note";
  note.label = "Note";
  note.type = ParamType::Text;
  note.defaultValue = "";
  note.isAdvanced = true;
  return {rate, epochs, solver, alpha, scale, layers, note};
}

struct Bench {
  ParamForm form{everyType()};
  QSignalSpy changes{&form, &ParamForm::changed};
  Bench() {
    form.setOpen("First", true);
    form.setOpen("Second", true);
    form.resize(360, 400);
    form.show();
    (void)QTest::qWaitForWindowExposed(&form);
  }
  void type(const QString& id, const QString& text) const {
    auto* line = child<QLineEdit>(form, "param-" + id);
    QTest::mouseClick(line, Qt::LeftButton);
    line->selectAll();
    if (text.isEmpty())
      QTest::keyClick(line, Qt::Key_Delete);
    else
      QTest::keyClicks(line, text);
  }
  [[nodiscard]] QString problem(const QString& id) const {
    auto* label = child<QLabel>(form, "problem-" + id);
    return label->isVisibleTo(&form) ? label->text() : QString();
  }
};

}  // namespace

class TestFormBuilder : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void numbersAreShownShortestAndKeptExactly_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("small") << 1e-4 << "1e-4";
    QTest::newRow("three digits") << 2.5e-4 << "2.5e-4";
    QTest::newRow("plain") << 0.75 << "0.75";
    QTest::newRow("thousandth") << 0.001 << "0.001";
    QTest::newRow("no rounding") << 0.12345678901234567 << "0.12345678901234566";
    QTest::newRow("tiny") << 1e-15 << "1e-15";
    QTest::newRow("large") << 1e12 << "1e12";
    QTest::newRow("whole") << 100000.0 << "100000";
    QTest::newRow("zero") << 0.0 << "0";
  }
  void numbersAreShownShortestAndKeptExactly() {
    QFETCH(double, value);
    QFETCH(QString, text);
    QCOMPARE(numberText(value), text);
    QCOMPARE(numberText(value).toDouble(), value);
  }

  void typedValuesComeOutAsJson() {
    Bench bench;
    bench.type("rate", "3e-4");
    bench.type("epochs", "40");
    bench.type("layers", "512, 64");
    QTest::mouseClick(child<QCheckBox>(bench.form, "param-scale"), Qt::LeftButton, {}, QPoint(8, 8));
    const Json values = bench.form.values();
    QCOMPARE(values.at("rate").get<double>(), 3e-4);
    QCOMPARE(values.at("epochs").get<int>(), 40);
    QVERIFY(values.at("epochs").is_number_integer());
    QCOMPARE(values.at("layers").dump(), std::string("[512,64]"));
    QCOMPARE(values.at("scale").get<bool>(), false);
    QVERIFY(bench.form.isValid());
    QVERIFY(!bench.changes.isEmpty());
  }

  void wrongTextIsMarkedInPlaceAndDoesNotCount_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no number") << "rate"
                               << "fast"
                               << "Not a number; write it like 0.001 or 1e-3";
    QTest::newRow("empty") << "rate"
                           << ""
                           << "A number is needed";
    QTest::newRow("above") << "rate"
                           << "11"
                           << "Must lie between 1e-9 and 10";
    QTest::newRow("not finite") << "rate"
                                << "inf"
                                << "Must be a number";
    QTest::newRow("not whole") << "epochs"
                               << "2.5"
                               << "Must be a whole number";
    QTest::newRow("below") << "epochs"
                           << "0"
                           << "Must lie between 1 and 100000 epochs";
    QTest::newRow("list entry") << "layers"
                                << "64,0"
                                << "Each entry must lie between 1 and 4096";
  }
  void wrongTextIsMarkedInPlaceAndDoesNotCount() {
    QFETCH(QString, id);
    QFETCH(QString, text);
    QFETCH(QString, reason);
    Bench bench;
    const Json before = bench.form.values();
    bench.type(id, text);
    QCOMPARE(bench.problem(id), reason);
    QVERIFY(!bench.form.isValid());
    QCOMPARE(bench.form.values().dump(), before.dump());
    QVERIFY(!bench.form.firstProblem().isEmpty());
    QTest::mouseClick(child<QToolButton>(bench.form, "reset-" + id), Qt::LeftButton);
    QCOMPARE(bench.problem(id), QString());
    QVERIFY(bench.form.isValid());
  }

  void theArrowIsThereOnlyWhileChanged() {
    Bench bench;
    auto* arrow = child<QToolButton>(bench.form, "reset-rate");
    QVERIFY(!arrow->isVisible());
    bench.type("rate", "3e-4");
    QVERIFY(arrow->isVisible());
    bench.type("rate", "0.0001");
    QVERIFY(!arrow->isVisible());
    bench.form.setBase({{"rate", 1e-3}});
    QVERIFY(arrow->isVisible());
    QTest::mouseClick(arrow, Qt::LeftButton);
    QCOMPARE(bench.form.values().at("rate").get<double>(), 1e-3);
    QVERIFY(!arrow->isVisible());
  }

  void whatDoesNotMatterIsNotThere() {
    Bench bench;
    auto* alpha = child<QLineEdit>(bench.form, "param-alpha");
    QVERIFY(!alpha->isVisible());
    auto* solver = child<QComboBox>(bench.form, "param-solver");
    solver->setFocus();
    QTest::keyClick(solver, Qt::Key_Down);
    QCOMPARE(bench.form.values().at("solver").get<std::string>(), std::string("ridge"));
    QVERIFY(alpha->isVisible());
    bench.type("alpha", "none");
    QVERIFY(!bench.form.isValid());
    QTest::keyClick(solver, Qt::Key_Up);
    QVERIFY(!alpha->isVisible());
    QVERIFY(bench.form.isValid());
  }

  void advancedOnesAreFoldedAway() {
    Bench bench;
    auto* note = child<QLineEdit>(bench.form, "param-note");
    QVERIFY(!note->isVisible());
    QTest::mouseClick(child<QToolButton>(bench.form, "section-more-second"), Qt::LeftButton);
    QVERIFY(note->isVisible());
  }

  void toolTipsSayMeaningDefaultRangeAndSilence() {
    const QString toolTip = paramToolTip(everyType().front(), 1e-4);
    for (const char* part :
         {"Learning rate", "Step size.", "Default: 1e-4", "From 1e-9 to 10", "The paper does not say: our reading."})
      QVERIFY2(toolTip.contains(part), part);
  }

  void unknownOrWrongValuesFromAFileAreMarkedNotTaken() {
    Bench bench;
    bench.form.setValues({{"epochs", -3}, {"rate", 1e-2}, {"nonsense", 1}});
    QCOMPARE(bench.problem("epochs"), QString("Must lie between 1 and 100000 epochs"));
    QCOMPARE(bench.form.values().at("rate").get<double>(), 1e-2);
    QCOMPARE(bench.form.values().at("epochs").get<int>(), 100);
    QVERIFY(!bench.form.values().contains("nonsense"));
  }

  void everySettingOfATrainingCanBeDrawn() {
    ParamForm form(groupParams());
    QCOMPARE(form.values().dump(), defaultsOf(groupParams()).dump());
    QVERIFY(form.isValid());
  }
};

}  // namespace corticast

using corticast::TestFormBuilder;
CORTICAST_GUI_TEST(TestFormBuilder)
#include "tst_form_builder.moc"
