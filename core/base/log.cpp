#include "core/base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "core/base/error.h"

namespace corticast::log {
namespace {

spdlog::level::level_enum toSpdlog(Level level) {
  switch (level) {
    case Level::Debug:
      return spdlog::level::debug;
    case Level::Info:
      return spdlog::level::info;
    case Level::Warning:
      return spdlog::level::warn;
    case Level::Error:
      return spdlog::level::err;
    case Level::Off:
      return spdlog::level::off;
  }
  return spdlog::level::warn;
}

Level levelFromEnvironment() {
  static const std::map<std::string, Level> kLevels = {{"debug", Level::Debug},
                                                       {"info", Level::Info},
                                                       {"warning", Level::Warning},
                                                       {"error", Level::Error},
                                                       {"off", Level::Off}};
  const char* text = std::getenv("CORTICAST_LOG");
  const auto found = text ? kLevels.find(text) : kLevels.end();
  return found == kLevels.end() ? Level::Warning : found->second;
}

struct Sinks {
  std::shared_ptr<spdlog::sinks::stderr_sink_mt> console = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  spdlog::logger logger{"corticast", console};

  Sinks() {
    console->set_level(toSpdlog(levelFromEnvironment()));
    console->set_pattern("%l: %v");
    logger.set_level(spdlog::level::debug);
  }
};

// The one process-wide object of the program: stderr is one, too.
Sinks& sinks() {
  static Sinks instance;
  return instance;
}

}  // namespace

void debug(std::string_view text) {
  sinks().logger.debug("{}", text);
}
void info(std::string_view text) {
  sinks().logger.info("{}", text);
}
void warning(std::string_view text) {
  sinks().logger.warn("{}", text);
}
void error(std::string_view text) {
  sinks().logger.error("{}", text);
}

void setConsoleLevel(Level level) {
  sinks().console->set_level(toSpdlog(level));
}

void toFile(const std::filesystem::path& path) {
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
    sink->set_level(spdlog::level::info);
    sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    sinks().logger.sinks().push_back(std::move(sink));
    sinks().logger.flush_on(spdlog::level::info);
  } catch (const spdlog::spdlog_ex& failure) {
    throw Error(ErrorParts{.what = "open log",
                           .where = path.string(),
                           .why = failure.what(),
                           .remedy = "check that the folder exists and can be written to"});
  }
}

}  // namespace corticast::log
