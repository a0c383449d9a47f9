#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/models/architecture.h"
#include "core/models/deep.h"
#include "core/models/linear.h"
#include "core/models/positional.h"
#include "core/models/vertex_attention.h"

namespace corticast {

std::span<const Architecture> architectures() {
  static const std::vector<Architecture> catalogue = {
      linearArchitecture(),
      deepArchitecture(),
      deepResidualArchitecture(),
      positionalArchitecture(),
      vertexAttentionArchitecture(),
  };
  return catalogue;
}

const Architecture& architecture(std::string_view id) {
  const auto all = architectures();
  if (const auto found = std::ranges::find(all, id, &Architecture::id); found != all.end()) return *found;
  std::vector<std::string> ids;
  for (const Architecture& each : all) ids.push_back(each.id);
  throw Error({.what = "choose an architecture",
               .where = std::string(id),
               .why = "there is none with this name",
               .remedy = "known ones are " + join(ids, ", ")});
}

}  // namespace corticast
