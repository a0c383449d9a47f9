#include "widgets/forms/param_editor.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QRegularExpression>
#include <QWheelEvent>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr double kUnbounded = 1e299;

QString objectNameOf(const Param& param) {
  return QString("param-%1").arg(QString::fromStdString(param.id));
}

void fill(QWidget* outer, QWidget* field) {
  auto* layout = new QHBoxLayout(outer);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(field, 1);
  outer->setFocusProxy(field);
}

class LineEditor : public ParamEditor {
 public:
  LineEditor(Param param, QWidget* parent) : ParamEditor(parent), m_param(std::move(param)), m_line(new QLineEdit) {
    m_line->setObjectName(objectNameOf(m_param));
    m_line->setMinimumWidth(60);
    fill(this, m_line);
    connect(m_line, &QLineEdit::textEdited, this, &ParamEditor::edited);
    connect(m_line, &QLineEdit::editingFinished, this, &ParamEditor::finished);
  }
  void setValue(const Json& value) override { m_line->setText(valueText(m_param, value)); }
  [[nodiscard]] Json value() const override {
    QString problem;
    return readTyped(m_param, m_line->text(), problem);
  }
  [[nodiscard]] QString problem() const override {
    QString problem;
    (void)readTyped(m_param, m_line->text(), problem);
    return problem;
  }
  void setMarked(bool isMarked) override {
    if (isMarked == m_isMarked) return;
    m_isMarked = isMarked;
    QPalette colours;
    if (isMarked) {
      const QColor error = themeColours(palette()).error;
      colours.setColor(QPalette::Text, error);
      // Fusion draws a field's frame in this role while it has the focus, and around it in a darker Window.
      colours.setColor(QPalette::Highlight, error);
      colours.setColor(QPalette::Window, error.lighter(120));
    }
    m_line->setPalette(colours);
  }

 private:
  Param m_param;
  QLineEdit* m_line;
  bool m_isMarked = false;
};

class CheckEditor : public ParamEditor {
 public:
  CheckEditor(const Param& param, QWidget* parent) : ParamEditor(parent), m_box(new QCheckBox) {
    m_box->setObjectName(objectNameOf(param));
    fill(this, m_box);
    connect(m_box, &QCheckBox::clicked, this, &ParamEditor::edited);
    connect(m_box, &QCheckBox::clicked, this, &ParamEditor::finished);
  }
  void setValue(const Json& value) override { m_box->setChecked(value.is_boolean() && value.get<bool>()); }
  [[nodiscard]] Json value() const override { return m_box->isChecked(); }

 private:
  QCheckBox* m_box;
};

/// Turning the wheel over a form scrolls the form; it never changes a choice by accident.
class QuietComboBox : public QComboBox {
 public:
  using QComboBox::QComboBox;

 protected:
  void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

class ChoiceEditor : public ParamEditor {
 public:
  ChoiceEditor(const Param& param, QWidget* parent) : ParamEditor(parent), m_box(new QuietComboBox) {
    m_box->setObjectName(objectNameOf(param));
    m_box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_box->setMinimumContentsLength(5);
    for (const ParamChoice& choice : param.choices) {
      m_box->addItem(QString::fromStdString(choice.label), QString::fromStdString(choice.id));
      m_box->setItemData(m_box->count() - 1, QString::fromStdString(choice.help), Qt::ToolTipRole);
    }
    fill(this, m_box);
    connect(m_box, &QComboBox::activated, this, &ParamEditor::edited);
    connect(m_box, &QComboBox::activated, this, &ParamEditor::finished);
  }
  void setValue(const Json& value) override {
    if (value.is_string()) m_box->setCurrentIndex(m_box->findData(QString::fromStdString(value.get<std::string>())));
  }
  [[nodiscard]] Json value() const override { return m_box->currentData().toString().toStdString(); }

 private:
  QComboBox* m_box;
};

// "1e-09" and "1e+06" as people write them: "1e-9", "1e6".
QString plainExponents(QString text) {
  static const QRegularExpression kNegative("e-0+(\\d)"), kPositive("e\\+0*(\\d)");
  return text.replace(kNegative, "e-\\1").replace(kPositive, "e\\1");
}

QString rangeText(const Param& param) {
  const bool hasLow = param.minimum > -kUnbounded, hasHigh = param.maximum < kUnbounded;
  const QString unit = param.unit.empty() ? QString() : " " + QString::fromStdString(param.unit);
  if (hasLow && hasHigh)
    return QObject::tr("From %1 to %2%3").arg(numberText(param.minimum), numberText(param.maximum), unit);
  if (hasLow) return QObject::tr("At least %1%2").arg(numberText(param.minimum), unit);
  return hasHigh ? QObject::tr("At most %1%2").arg(numberText(param.maximum), unit) : QString();
}

}  // namespace

QString asSentence(const std::string& reason) {
  QString text = plainExponents(QString::fromStdString(reason));
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

QString numberText(double value) {
  const QString plain = plainExponents(QString::fromStdString(shortest(value)));
  const double magnitude = std::abs(value);
  if (magnitude == 0 || (magnitude >= 1e-3 && magnitude < 1e6)) return plain;
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  const QString scientific = plainExponents(QString::fromLatin1(buffer.data(), end.ptr - buffer.data()));
  return scientific.size() < plain.size() ? scientific : plain;
}

QString valueText(const Param& param, const Json& value) {
  if (value.is_number()) return numberText(value.get<double>());
  if (value.is_boolean()) return value.get<bool>() ? QObject::tr("yes") : QObject::tr("no");
  if (value.is_array()) {
    QStringList parts;
    for (const Json& entry : value) parts << valueText(param, entry);
    return parts.join(", ");
  }
  if (!value.is_string()) return {};
  const auto id = value.get<std::string>();
  for (const ParamChoice& choice : param.choices)
    if (choice.id == id) return QString::fromStdString(choice.label);
  return QString::fromStdString(id);
}

Json readTyped(const Param& param, const QString& text, QString& problem) {
  problem.clear();
  QString typed = text.trimmed();
  if (param.type == ParamType::IntegerList) typed.remove(' ');
  const bool isNumber = param.type == ParamType::Integer || param.type == ParamType::Real;
  if (isNumber && typed.isEmpty()) {
    problem = QObject::tr("A number is needed");
    return nullptr;
  }
  for (const ParamChoice& choice : param.choices)
    if (typed == QString::fromStdString(choice.label)) return choice.id;
  try {
    return parseParam(param, typed.toStdString());
  } catch (const Error& wrong) {
    problem = wrong.parts().why == "not a number" ? QObject::tr("Not a number; write it like 0.001 or 1e-3")
                                                  : asSentence(wrong.parts().why);
    return nullptr;
  }
}

QString paramToolTip(const Param& param, const Json& defaultValue) {
  QStringList lines;
  lines << QString("<b>%1</b>").arg(QString::fromStdString(param.label).toHtmlEscaped());
  if (!param.help.empty()) lines << QString::fromStdString(param.help).toHtmlEscaped();
  for (const ParamChoice& choice : param.choices)
    if (!choice.help.empty())
      lines << QString("<i>%1</i>: %2")
                   .arg(QString::fromStdString(choice.label).toHtmlEscaped(),
                        QString::fromStdString(choice.help).toHtmlEscaped());
  if (const QString text = valueText(param, defaultValue); !text.isEmpty())
    lines << QObject::tr("Default: %1.").arg(text.toHtmlEscaped());
  if (param.type == ParamType::Integer || param.type == ParamType::Real || param.type == ParamType::IntegerList)
    if (const QString range = rangeText(param); !range.isEmpty()) lines << range + ".";
  if (param.isPaperSilent) lines << QObject::tr("The paper does not say: our reading.");
  return "<qt>" + lines.join("<br>") + "</qt>";
}

ParamEditor* makeParamEditor(const Param& param, QWidget* parent) {
  switch (param.type) {
    case ParamType::Bool:
      return new CheckEditor(param, parent);
    case ParamType::Choice:
      return new ChoiceEditor(param, parent);
    default:
      return new LineEditor(param, parent);
  }
}

}  // namespace corticast
