#include "core/base/params.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {

namespace {

std::string outsideRange(const Param& param, double value) {
  if (value >= param.minimum && value <= param.maximum) return {};
  return "must lie between " + shortest(param.minimum) + " and " + shortest(param.maximum) +
         (param.unit.empty() ? "" : " " + param.unit);
}

std::string whyInvalidInteger(const Param& param, const Json& value) {
  if (!value.is_number() || std::trunc(value.get<double>()) != value.get<double>() ||
      std::abs(value.get<double>()) > 2147483647.0)
    return "must be a whole number";
  return outsideRange(param, value.get<double>());
}

std::string whyInvalidChoice(const Param& param, const Json& value) {
  std::vector<std::string> ids;
  for (const ParamChoice& choice : param.choices) ids.push_back(choice.id);
  if (value.is_string() && std::ranges::find(ids, value.get<std::string>()) != ids.end()) return {};
  return "must be one of " + join(ids, ", ");
}

std::string plainText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

double parseReal(const Param& param, std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size())
    throw Error({.what = "set " + param.id,
                 .where = std::string(text),
                 .why = "not a number",
                 .remedy = "write it like 0.001 or 1e-3"});
  return value;
}

Json parseNumber(const Param& param, std::string_view text) {
  const double value = parseReal(param, text);
  if (param.type != ParamType::Real && std::trunc(value) == value && std::abs(value) < 9e15)
    return static_cast<int64_t>(value);
  return value;
}

}  // namespace

std::string whyInvalid(const Param& param, const Json& value) {
  switch (param.type) {
    case ParamType::Integer:
      return whyInvalidInteger(param, value);
    case ParamType::Real:
      if (!value.is_number() || !std::isfinite(value.get<double>())) return "must be a number";
      return outsideRange(param, value.get<double>());
    case ParamType::Bool:
      return value.is_boolean() ? "" : "must be true or false";
    case ParamType::Choice:
      return whyInvalidChoice(param, value);
    case ParamType::Text:
      return value.is_string() ? "" : "must be text";
    case ParamType::IntegerList:
      if (!value.is_array()) return "must be a list of whole numbers";
      for (const Json& entry : value)
        if (std::string why = whyInvalidInteger(param, entry); !why.empty()) return "each entry " + why;
      return {};
  }
  return {};
}

Json parseParam(const Param& param, const std::string& text) {
  Json value;
  switch (param.type) {
    case ParamType::Integer:
    case ParamType::Real:
      value = parseNumber(param, text);
      break;
    case ParamType::Bool:
      if (text == "true" || text == "yes" || text == "1")
        value = true;
      else if (text == "false" || text == "no" || text == "0")
        value = false;
      else
        value = text;
      break;
    case ParamType::Choice:
    case ParamType::Text:
      value = text;
      break;
    case ParamType::IntegerList:
      value = Json::array();
      if (!text.empty())
        for (const std::string& part : split(text, ',')) value.push_back(parseNumber(param, part));
      break;
  }
  if (std::string why = whyInvalid(param, value); !why.empty())
    throw Error({.what = "set " + param.id, .where = text, .why = why, .remedy = param.help});
  return value;
}

bool isRelevant(const Param& param, const std::vector<Param>& all, const Json& values) {
  return std::ranges::all_of(param.relevantIf, [&](const ParamCondition& condition) {
    const auto other = std::ranges::find(all, condition.param, &Param::id);
    if (other == all.end()) return true;
    const Json& value = values.contains(condition.param) ? values.at(condition.param) : other->defaultValue;
    return std::ranges::find(condition.values, plainText(value)) != condition.values.end();
  });
}

Json defaultsOf(const std::vector<Param>& params) {
  Json values = Json::object();
  for (const Param& param : params) values[param.id] = param.defaultValue;
  return values;
}

void validate(const std::vector<Param>& params, const Json& values, const std::string& where) {
  if (!values.is_object())
    throw Error({.what = "read parameters",
                 .where = where,
                 .why = "expected an object with parameters, found " + std::string(values.type_name()),
                 .remedy = "write {\"parameter\": value, ...}"});
  for (const auto& [key, value] : values.items()) {
    const auto param = std::ranges::find(params, key, &Param::id);
    if (param == params.end()) {
      std::vector<std::string> known;
      for (const Param& each : params) known.push_back(each.id);
      throw Error({.what = "read parameters",
                   .where = where,
                   .why = "there is no parameter \"" + key + "\"",
                   .remedy = "known ones are " + join(known, ", ")});
    }
    if (std::string why = whyInvalid(*param, value); !why.empty())
      throw Error({.what = "read parameters",
                   .where = where,
                   .why = key + " = " + value.dump() + " " + why,
                   .remedy = "the default is " + param->defaultValue.dump()});
  }
}

Json toJson(const Param& param) {
  constexpr std::array kTypes = {"integer", "real", "bool", "choice", "text", "integers"};
  Json json = {{"id", param.id},
               {"label", param.label},
               {"help", param.help},
               {"unit", param.unit},
               {"section", param.section},
               {"type", kTypes[static_cast<size_t>(param.type)]},
               {"default", param.defaultValue}};
  if (param.type == ParamType::Integer || param.type == ParamType::Real || param.type == ParamType::IntegerList) {
    json["minimum"] = param.minimum;
    json["maximum"] = param.maximum;
  }
  for (const ParamChoice& choice : param.choices)
    json["choices"].push_back({{"id", choice.id}, {"label", choice.label}});
  return json;
}

}  // namespace corticast
