#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/json.h"

namespace corticast {

/// Reads the keys of one object one by one and, at the end, refuses those that nobody asked for. What the object lacks
/// leaves a value as it is.
///
///     JsonKeys keys(json, "read a plan", "plan.json");
///     keys.text("name", plan.name);
///     keys.integer("threads", plan.threads, 4096);
///     keys.refuseOthers();
///
/// Every function throws Error with `what` and `where`, naming the key, when a value is of another type.
class JsonKeys {
 public:
  /// `object` must outlive it. Throws Error when it is no object.
  JsonKeys(const Json& object, std::string what, std::string where);

  /// Null when there is no such key.
  [[nodiscard]] const Json* find(const std::string& key);
  void text(const std::string& key, std::string& value);
  void texts(const std::string& key, std::vector<std::string>& values);
  /// A whole number from 0 to `maximum`, which the type holds.
  void integer(const std::string& key, int& value, int maximum);
  void integer(const std::string& key, uint64_t& value, uint64_t maximum);
  /// Throws Error naming the first key that no call above was about, and those that were.
  void refuseOthers() const;

  /// An error about this object.
  [[nodiscard]] Error wrong(const std::string& why, const std::string& remedy) const;

 private:
  template <typename Integer>
  void wholeNumber(const std::string& key, Integer& value, Integer maximum);
  [[nodiscard]] Error wrongValue(const std::string& key, const Json& value, const std::string& expected) const;

  const Json& m_object;
  std::string m_what;
  std::string m_where;
  std::vector<std::string> m_known;
};

}  // namespace corticast
