#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "core/training/presets.h"

namespace corticast::cli {

void addPresets(CLI::App& app) {
  auto isJson = std::make_shared<bool>(false);
  CLI::App* command =
      addCommand(app, "presets", "List the ways of training that a plan can start from", [isJson](const Context&) {
        if (*isJson) {
          Json list = Json::array();
          for (const Preset& each : presets()) list.push_back(toJson(each));
          printJson(list);
          return kDone;
        }
        size_t width = 0;
        for (const Preset& each : presets()) width = std::max(width, each.id.size());
        for (const Preset& each : presets())
          std::cout << each.id << std::string(width + 2 - each.id.size(), ' ') << each.label << ". " << each.help
                    << "\n";
        return kDone;
      });
  command->add_flag("--json", *isJson, "Print them as JSON, with all settings and their descriptions");
}

}  // namespace corticast::cli
