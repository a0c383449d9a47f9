#include "core/base/error.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/base/log.h"

namespace corticast {
namespace {

std::string compose(const ErrorParts& parts) {
  std::string text = parts.what;
  for (const std::string* part : {&parts.where, &parts.why})
    if (!part->empty()) text += (text.empty() ? "" : ": ") + *part;
  if (!parts.remedy.empty()) text += "; " + parts.remedy;
  return text;
}

}  // namespace

Error::Error(ErrorParts parts) : std::runtime_error(compose(parts)), m_parts(std::move(parts)) {}

Error Error::within(std::string_view context) const {
  ErrorParts parts = m_parts;
  parts.what = std::string(context) + ": " + parts.what;
  return Error(std::move(parts));
}

std::string systemReason() {
  return systemReason(errno);
}

std::string systemReason(int errorNumber) {
  return std::strerror(errorNumber);
}

void reportBrokenPromise(const char* condition, const char* file, int line) {
  log::error(std::string("broken promise: ") + condition + " at " + file + ":" + std::to_string(line));
  if (const char* abortOnBug = std::getenv("CORTICAST_ABORT_ON_BUG"); abortOnBug && *abortOnBug == '1') std::abort();
}

}  // namespace corticast
