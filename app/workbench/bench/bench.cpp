#include "app/workbench/bench/bench.h"

#include <algorithm>
#include <iostream>

#include "app/workbench/bench/bench_rows.h"
#include "core/base/error.h"

namespace corticast {

int bench(const BenchOptions& options) {
  try {
    const std::vector<BenchRow> rows = options.name == "startup"    ? benchStartup(options.dataset)
                                       : options.name == "export"   ? benchExport()
                                       : options.name == "live"     ? benchLive(options.dataset)
                                       : options.name == "pictures" ? benchPictures()
                                                                    : benchView(options.name);
    for (const BenchRow& row : rows)
      if (row.milliseconds.empty())
        throw Error({.what = "measure",
                     .where = row.name,
                     .why = "nothing was drawn within a minute",
                     .remedy = "see the program's messages"});
    print(rows, options.asJson);
    const bool isWrong = std::ranges::any_of(
        rows, [](const BenchRow& row) { return row.extra.value("differing_from_brute_force", 0) > 0; });
    return isWrong ? 1 : 0;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << std::endl;
    return 1;
  }
}

}  // namespace corticast
