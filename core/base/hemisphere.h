#pragma once
#include <array>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace corticast {

/// Left before right, everywhere.
enum class Hemisphere { Left, Right };

inline constexpr std::array kHemispheres{Hemisphere::Left, Hemisphere::Right};

/// "lh" or "rh", as FreeSurfer names them.
[[nodiscard]] inline std::string toString(Hemisphere hemisphere) {
  return hemisphere == Hemisphere::Left ? "lh" : "rh";
}

/// Reads "lh" or "rh"; `where` names the origin in the error.
[[nodiscard]] inline Hemisphere parseHemisphere(std::string_view text, const std::string& where) {
  if (text == "lh") return Hemisphere::Left;
  if (text == "rh") return Hemisphere::Right;
  throw Error(ErrorParts{.what = "read hemisphere",
                         .where = where,
                         .why = "\"" + std::string(text) + "\" is no hemisphere",
                         .remedy = "write lh or rh"});
}

}  // namespace corticast
