#pragma once
#include <QString>
#include <QWidget>

#include "core/base/json.h"
#include "core/base/params.h"

namespace corticast {

/// The field of one described parameter, without its label: a line of text for numbers, text and lists (any number
/// may be typed, none is rounded), a check box, or a choice. What is typed and what is stored are two things: a wrong
/// text stays in the field, with its problem, until it is corrected.
class ParamEditor : public QWidget {
  Q_OBJECT

 public:
  using QWidget::QWidget;
  virtual void setValue(const Json& value) = 0;
  /// What stands in the field; null while it cannot be read.
  [[nodiscard]] virtual Json value() const = 0;
  /// Why it is no good, as a sentence; empty when it is fine.
  [[nodiscard]] virtual QString problem() const { return {}; }
  /// Draws the field as wrong.
  virtual void setMarked(bool) {}

 Q_SIGNALS:
  /// A person changed it; setValue() does not say so.
  void edited();
  /// The person is done with the field: it was left, or Return pressed.
  void finished();
};

/// The editor for a parameter's type; the field itself has the objectName "param-<id>".
[[nodiscard]] ParamEditor* makeParamEditor(const Param& param, QWidget* parent);

/// A number as a person writes it, exactly, in the fewest characters: 0.75, 1e-4, 512.
[[nodiscard]] QString numberText(double value);
/// A value as it stands in a field or a table cell: numbers as above, lists with commas, a choice by its label.
[[nodiscard]] QString valueText(const Param& param, const Json& value);
/// Reads what a person typed; null and `problem` set when it will not do.
[[nodiscard]] Json readTyped(const Param& param, const QString& text, QString& problem);
/// Meaning, default, range and whether the paper is silent, as rich text.
[[nodiscard]] QString paramToolTip(const Param& param, const Json& defaultValue);
/// A reason of the core as a sentence for beside a field: "must be a number" -> "Must be a number".
[[nodiscard]] QString asSentence(const std::string& reason);

}  // namespace corticast
