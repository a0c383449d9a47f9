#include "core/base/json_keys.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace corticast {

JsonKeys::JsonKeys(const Json& object, std::string what, std::string where)
    : m_object(object), m_what(std::move(what)), m_where(std::move(where)) {
  if (!object.is_object())
    throw wrong("expected an object, found " + std::string(object.type_name()), "write {\"key\": value, ...}");
}

const Json* JsonKeys::find(const std::string& key) {
  m_known.push_back(key);
  const auto found = m_object.find(key);
  return found == m_object.end() ? nullptr : &*found;
}

void JsonKeys::text(const std::string& key, std::string& value) {
  const Json* json = find(key);
  if (!json) return;
  if (!json->is_string()) throw wrongValue(key, *json, "text");
  value = json->get<std::string>();
}

void JsonKeys::texts(const std::string& key, std::vector<std::string>& values) {
  const Json* json = find(key);
  if (!json) return;
  if (!json->is_array() || !std::ranges::all_of(*json, [](const Json& each) { return each.is_string(); }))
    throw wrongValue(key, *json, "a list of texts");
  values = json->get<std::vector<std::string>>();
}

template <typename Integer>
void JsonKeys::wholeNumber(const std::string& key, Integer& value, Integer maximum) {
  const Json* json = find(key);
  if (!json) return;
  if (!json->is_number_integer() || *json < 0 || json->get<uint64_t>() > static_cast<uint64_t>(maximum))
    throw wrongValue(key, *json, "a whole number from 0 to " + std::to_string(maximum));
  value = json->get<Integer>();
}

void JsonKeys::integer(const std::string& key, int& value, int maximum) {
  wholeNumber(key, value, maximum);
}
void JsonKeys::integer(const std::string& key, uint64_t& value, uint64_t maximum) {
  wholeNumber(key, value, maximum);
}

void JsonKeys::refuseOthers() const {
  for (const auto& [key, value] : m_object.items())
    if (std::ranges::find(m_known, key) == m_known.end())
      throw wrong("there is no key \"" + key + "\"", "known ones are " + join(m_known, ", "));
}

Error JsonKeys::wrong(const std::string& why, const std::string& remedy) const {
  return Error({.what = m_what, .where = m_where, .why = why, .remedy = remedy});
}

Error JsonKeys::wrongValue(const std::string& key, const Json& value, const std::string& expected) const {
  return wrong(key + " = " + value.dump() + " must be " + expected, "correct the value");
}

}  // namespace corticast
