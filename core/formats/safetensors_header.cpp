#include "core/formats/internal/safetensors_header.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_set>

#include "core/base/error.h"

namespace corticast {
namespace {

constexpr size_t kMaxDimensions = 64;

std::optional<TensorType> tensorType(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(TensorType::UInt64); ++i)
    if (toString(static_cast<TensorType>(i)) == name) return static_cast<TensorType>(i);
  return std::nullopt;
}

/// Receives the JSON piece by piece: a tree would already have lost keys that stand twice.
class HeaderHandler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit HeaderHandler(const std::string& where) : m_where(where) {}

  SafetensorsHeader take() { return std::move(m_header); }

  bool null() override { unexpected(); }
  bool boolean(bool) override { unexpected(); }
  bool number_integer(number_integer_t) override { fail("a size or an offset is negative"); }
  bool number_float(number_float_t, const std::string&) override { fail("a size or an offset is not a whole number"); }
  bool binary(binary_t&) override { unexpected(); }

  bool number_unsigned(number_unsigned_t value) override {
    if (m_place == Place::Shape) {
      if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) fail("a size is too large");
      if (m_entry.shape.size() >= kMaxDimensions) fail("a tensor has more than 64 axes");
      m_entry.shape.push_back(static_cast<int64_t>(value));
    } else if (m_place == Place::Offsets) {
      if (m_offsets.size() >= 2) fail("a tensor has more than two offsets");
      m_offsets.push_back(value);
    } else {
      unexpected();
    }
    return true;
  }

  bool string(std::string& value) override {
    if (m_place == Place::Metadata) {
      m_header.metadata[m_key] = value;
    } else if (m_place == Place::Tensor && m_key == "dtype") {
      const auto type = tensorType(value);
      if (!type) fail("tensor '" + m_entry.name + "' has the type '" + value + "', which is not known");
      m_entry.type = *type;
    } else {
      unexpected();
    }
    return true;
  }

  bool start_object(size_t) override {
    if (m_place == Place::Start) {
      m_place = Place::Top;
    } else if (m_place == Place::Top && m_key == "__metadata__") {
      m_place = Place::Metadata;
    } else if (m_place == Place::Top) {
      m_place = Place::Tensor;
      m_entry = {.name = m_key, .type = {}, .shape = {}};
      m_offsets.clear();
    } else {
      unexpected();
    }
    m_keys[depth()].clear();
    return true;
  }

  bool end_object() override {
    if (m_place == Place::Tensor) {
      if (m_keys[1].size() != 3 || m_offsets.size() != 2)
        fail("tensor '" + m_entry.name + "' lacks its type, shape or two offsets");
      m_entry.begin = m_offsets[0];
      m_entry.end = m_offsets[1];
      m_header.entries.push_back(std::move(m_entry));
    }
    m_place = m_place == Place::Top ? Place::End : Place::Top;
    return true;
  }

  bool key(std::string& value) override {
    if (!m_keys[depth()].insert(value).second) fail("the name '" + value + "' stands twice");
    if (m_place == Place::Tensor && value != "dtype" && value != "shape" && value != "data_offsets")
      fail("tensor '" + m_entry.name + "' has the unknown property '" + value + "'");
    m_key = value;
    return true;
  }

  bool start_array(size_t) override {
    if (m_place != Place::Tensor || m_key == "dtype") unexpected();
    m_place = m_key == "shape" ? Place::Shape : Place::Offsets;
    return true;
  }

  bool end_array() override {
    m_place = Place::Tensor;
    return true;
  }

  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception&) override {
    fail("its header is not valid JSON at character " + std::to_string(position));
  }

 private:
  enum class Place { Start, Top, Metadata, Tensor, Shape, Offsets, End };

  [[noreturn]] void fail(const std::string& why) const { failReadingSafetensors(m_where, why); }
  [[noreturn]] void unexpected() const { fail("its header holds something unexpected at '" + m_key + "'"); }
  size_t depth() const { return m_place == Place::Top ? 0 : 1; }

  const std::string& m_where;
  SafetensorsHeader m_header;
  Place m_place = Place::Start;
  std::string m_key;
  std::unordered_set<std::string> m_keys[2];
  SafetensorsFile::Entry m_entry;
  std::vector<uint64_t> m_offsets;
};

}  // namespace

SafetensorsHeader parseSafetensorsHeader(std::string_view text, const std::string& where) {
  HeaderHandler handler(where);
  (void)nlohmann::json::sax_parse(text.begin(), text.end(), &handler);
  return handler.take();
}

bool tensorBytes(const std::vector<int64_t>& shape, TensorType type, size_t& bytes) {
  bytes = sizeOf(type);
  for (const int64_t size : shape)
    if (size < 0 || __builtin_mul_overflow(bytes, static_cast<size_t>(size), &bytes)) return false;
  return true;
}

void failReadingSafetensors(const std::string& where, const std::string& why) {
  throw Error({.what = "read safetensors file",
               .where = where,
               .why = why,
               .remedy = "the file may be damaged or incomplete; copy or make it again"});
}

}  // namespace corticast
