#include <iostream>

#include "app/cli/command.h"

namespace corticast::cli {

void addVersion(CLI::App& app) {
  addCommand(app, "version", "Print the version", [](const Context&) {
    std::cout << "corticast " << CORTICAST_VERSION << std::endl;
    return kDone;
  });
}

}  // namespace corticast::cli
