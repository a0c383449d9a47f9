#pragma once
#include <QWidget>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/params.h"

class QVBoxLayout;

namespace corticast {

class FoldSection;
class ParamEditor;

/// Draws any described parameters: sections that fold, per parameter label, field, unit, an arrow back to the default
/// while it is changed, and the reason in place while it is wrong. Advanced ones are folded away; those that do not
/// matter under the other values are not there.
///
///     auto* form = new ParamForm(groupParams(), this);
///     form->setBase({{"learningRate", 3e-4}});          // what the arrows go back to, beyond the defaults
///     connect(form, &ParamForm::changed, ...);          // then form->isValid(), form->values()
///
/// objectNames: "param-<id>", "label-<id>", "problem-<id>", "reset-<id>", "section-<name>", "section-more-<name>".
class ParamForm : public QWidget {
  Q_OBJECT

 public:
  explicit ParamForm(std::vector<Param> params, QWidget* parent = nullptr);
  ~ParamForm() override;

  [[nodiscard]] const std::vector<Param>& params() const { return m_params; }
  /// What the arrows go back to; missing keys: the parameter's default.
  void setBase(const Json& values);
  /// Fills the fields, missing keys from the base; unknown keys are left out. Says changed() once.
  void setValues(const Json& values);
  void setValue(const std::string& id, const Json& value);
  /// Every parameter; a field that is wrong counts with its last good value.
  [[nodiscard]] Json values() const;
  /// Whether every field that matters is fine.
  [[nodiscard]] bool isValid() const { return firstProblem().isEmpty(); }
  /// "Patience: must be a whole number"; empty when all is fine.
  [[nodiscard]] QString firstProblem() const;

  /// Parameters whose values are kept but not drawn; others set them.
  void setHidden(const std::vector<std::string>& ids);
  void setOpen(const std::string& section, bool isOpen);
  /// What a folded section says of itself; without one: how many of its values are changed.
  void setSummary(const std::string& section, std::function<QString(const Json& values)> summary);
  /// Room for further widgets at the section's top.
  [[nodiscard]] QVBoxLayout* sectionTop(const std::string& section) const;

 Q_SIGNALS:
  /// A value changed, became wrong or right again.
  void changed();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  struct Row;
  struct Section;

  Section& sectionOf(const std::string& name);
  void addRow(const Param& param);
  void alignColumns();
  void take(Row& row);
  void reset(Row& row);
  void refresh();
  void showRow(Row& row);
  void showSection(Section& section);
  [[nodiscard]] Json baseOf(const Param& param) const;

  std::vector<Param> m_params;
  Json m_base = Json::object();
  std::vector<std::string> m_hidden;
  std::vector<std::unique_ptr<Row>> m_rows;
  std::vector<std::unique_ptr<Section>> m_sections;
  QVBoxLayout* m_layout;
};

}  // namespace corticast
