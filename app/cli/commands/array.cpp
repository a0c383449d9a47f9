#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "app/cli/command.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/features/array_file.h"

namespace corticast::cli {
namespace {

constexpr size_t kRowsAtOnce = 64;

struct ArrayCommand {
  std::string file;
  bool isJson = false;
};

// Reads all of it, so that what is damaged shows here: openArrayFile sends files of unknown origin here first.
int describeArray(const ArrayCommand& command, const Context& context) {
  const auto array = openArrayFileUntried(command.file);
  const std::vector<size_t> shape = array->rowShape();
  const size_t width = std::accumulate(shape.begin(), shape.end(), size_t{1}, std::multiplies<>());
  std::vector<float> values(kRowsAtOnce * width);
  size_t notFinite = 0;
  for (size_t first = 0; first < array->rows(); first += kRowsAtOnce) {
    if (context.stop.stop_requested()) throw Cancelled();
    const size_t count = std::min(kRowsAtOnce, array->rows() - first);
    const auto part = std::span(values).first(count * width);
    array->read(first, count, part);
    for (const float value : part) notFinite += !std::isfinite(value);
  }
  if (command.isJson) {
    printJson({{"rows", array->rows()}, {"shape", shape}, {"names", array->names()}, {"not_finite", notFinite}});
    return kDone;
  }
  std::cout << thousands(array->rows()) << " rows of " << thousands(width) << " values, "
            << (array->names().empty() ? "without names" : "each with a picture's name") << "; "
            << (notFinite == 0 ? "all" : thousands(notFinite) + " not") << " finite" << std::endl;
  return kDone;
}

}  // namespace

void addArray(CLI::App& app) {
  auto command = std::make_shared<ArrayCommand>();
  CLI::App* array = addCommand(app, "array", "Read a .npy or HDF5 array made elsewhere and say what it holds",
                               [command](const Context& context) { return describeArray(*command, context); });
  array->add_option("file", command->file, "The array's file")->required();
  array->add_flag("--json", command->isJson, "Print {rows, shape, names, not_finite} as JSON");
}

}  // namespace corticast::cli
