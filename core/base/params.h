#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/json.h"

/// Described parameters: one description per value, from which the form, the command line's `--set`, JSON in and
/// out, tooltips, documentation and validation follow.
///
///     struct AdamWConfig {
///       double learningRate = 1e-4;
///       int patience = 10;
///       static Fields<AdamWConfig> fields() {
///         Fields<AdamWConfig> f;
///         f.real("learningRate", "Learning rate", &AdamWConfig::learningRate)
///             .range(1e-8, 10).logarithmic().help("Step size of the optimiser.");
///         f.integer("patience", "Patience", &AdamWConfig::patience).range(1, 1000).unit("epochs");
///         return f;
///       }
///     };
///     auto config = AdamWConfig::fields().fromJson(json, "plan.json");   // throws Error naming the key
namespace corticast {

enum class ParamType { Integer, Real, Bool, Choice, Text, IntegerList };

struct ParamChoice {
  std::string id;
  std::string label;
  std::string help;
};

/// The parameter matters only while the value of `param` is one of `values` (as JSON text without quotes).
struct ParamCondition {
  std::string param;
  std::vector<std::string> values;
};

/// One parameter as data: all that a form, a validator or a manual page needs.
struct Param {
  std::string id;       ///< camelCase, the key in JSON and `--set`
  std::string label;    ///< sentence case, without unit
  std::string help;     ///< what it means and what it costs
  std::string unit;     ///< "epochs", "" for none
  std::string section;  ///< heading in the form: "Model", "Optimiser", "Stopping", ...
  ParamType type = ParamType::Real;
  Json defaultValue;
  double minimum = 0;  ///< inclusive; Integer, Real and the entries of IntegerList
  double maximum = 0;
  bool isLogarithmic = false;
  bool isAdvanced = false;
  bool isPaperSilent = false;  ///< our reading where the paper says nothing; said in the tooltip
  std::vector<ParamChoice> choices;
  std::vector<ParamCondition> relevantIf;  ///< all must hold
};

/// Why `value` is no good for `param`, in words for beside the field ("must lie between 1 and 1,000"); empty = fine.
[[nodiscard]] std::string whyInvalid(const Param& param, const Json& value);
/// Reads what a person typed ("1e-3", "true", "256,128") as a JSON value of the parameter's type. Throws Error.
[[nodiscard]] Json parseParam(const Param& param, const std::string& text);
/// Whether the conditions of `param` hold among `values` (missing keys count with the defaults in `all`).
[[nodiscard]] bool isRelevant(const Param& param, const std::vector<Param>& all, const Json& values);
/// Defaults of all parameters as one JSON object.
[[nodiscard]] Json defaultsOf(const std::vector<Param>& params);
/// Throws Error for the first unknown key or invalid value in `values`; `where` names the file or object.
void validate(const std::vector<Param>& params, const Json& values, const std::string& where);
/// The description as JSON (for `presets --json` and documentation).
[[nodiscard]] Json toJson(const Param& param);

/// Descriptors bound to the fields of a config struct, typed both ways.
template <typename Config>
class Fields {
 public:
  /// Refines the descriptor just added; chainable.
  class Refine {
   public:
    explicit Refine(Param& param) : m_param(param) {}
    Refine& range(double minimum, double maximum) {
      m_param.minimum = minimum;
      m_param.maximum = maximum;
      return *this;
    }
    Refine& logarithmic() { return m_param.isLogarithmic = true, *this; }
    Refine& advanced() { return m_param.isAdvanced = true, *this; }
    Refine& paperSilent() { return m_param.isPaperSilent = true, *this; }
    Refine& unit(std::string text) { return m_param.unit = std::move(text), *this; }
    Refine& help(std::string text) { return m_param.help = std::move(text), *this; }
    Refine& choice(std::string id, std::string label, std::string helpText = {}) {
      m_param.choices.push_back({std::move(id), std::move(label), std::move(helpText)});
      return *this;
    }
    Refine& relevantIf(std::string param, std::vector<std::string> values) {
      m_param.relevantIf.push_back({std::move(param), std::move(values)});
      return *this;
    }

   private:
    Param& m_param;
  };

  /// Following parameters stand under this heading.
  Fields& section(std::string name) {
    m_section = std::move(name);
    return *this;
  }
  Refine integer(std::string id, std::string label, int Config::*field) {
    return add(std::move(id), std::move(label), ParamType::Integer, field);
  }
  Refine real(std::string id, std::string label, double Config::*field) {
    return add(std::move(id), std::move(label), ParamType::Real, field);
  }
  Refine boolean(std::string id, std::string label, bool Config::*field) {
    return add(std::move(id), std::move(label), ParamType::Bool, field);
  }
  Refine choice(std::string id, std::string label, std::string Config::*field) {
    return add(std::move(id), std::move(label), ParamType::Choice, field);
  }
  Refine text(std::string id, std::string label, std::string Config::*field) {
    return add(std::move(id), std::move(label), ParamType::Text, field);
  }
  Refine integers(std::string id, std::string label, std::vector<int> Config::*field) {
    return add(std::move(id), std::move(label), ParamType::IntegerList, field);
  }

  [[nodiscard]] const std::vector<Param>& params() const { return m_params; }

  /// A config with the values of `values` (missing keys keep the defaults). Throws Error for unknown keys and
  /// invalid values; `where` names the file or object.
  [[nodiscard]] Config fromJson(const Json& values, const std::string& where) const {
    validate(m_params, values, where);
    Config config;
    for (size_t i = 0; i < m_params.size(); ++i)
      if (const auto value = values.find(m_params[i].id); value != values.end()) m_setters[i](config, *value);
    return config;
  }
  [[nodiscard]] Json toJson(const Config& config) const {
    Json values = Json::object();
    for (size_t i = 0; i < m_params.size(); ++i) values[m_params[i].id] = m_getters[i](config);
    return values;
  }

 private:
  template <typename T>
  Refine add(std::string id, std::string label, ParamType type, T Config::*field) {
    Param param;
    param.id = std::move(id);
    param.label = std::move(label);
    param.type = type;
    param.section = m_section;
    param.minimum = -1e300;
    param.maximum = 1e300;
    param.defaultValue = Config{}.*field;
    m_params.push_back(std::move(param));
    m_setters.push_back([=](Config& config, const Json& value) { config.*field = value.get<T>(); });
    m_getters.push_back([=](const Config& config) { return Json(config.*field); });
    return Refine(m_params.back());
  }

  std::string m_section;
  std::vector<Param> m_params;
  std::vector<std::function<void(Config&, const Json&)>> m_setters;
  std::vector<std::function<Json(const Config&)>> m_getters;
};

}  // namespace corticast
