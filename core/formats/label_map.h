#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace corticast {

/// Reads a `mapping_*.npy` of Algonauts 2023: a dict of int -> str that numpy.save has pickled into a 0-d object
/// array (protocols 2 to 5; keys may be Python or NumPy integers, values str or numpy.str_). Nothing in the file is
/// executed (pickle.h). Throws Error naming the file and the place for anything else, also for two equal keys.
[[nodiscard]] std::map<int64_t, std::string> readLabelMap(const std::filesystem::path& path);

/// Writes what numpy.save(path, labels) would, in one step; numpy.load(path, allow_pickle=True).item() reads it in
/// every NumPy since 1.16. Names must be UTF-8.
void writeLabelMap(const std::filesystem::path& path, const std::map<int64_t, std::string>& labels);

}  // namespace corticast
