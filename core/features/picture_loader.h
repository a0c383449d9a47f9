#pragma once
#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "core/formats/image.h"

namespace corticast {

/// Decodes pictures, and turns them upright, ahead of whoever uses them:
///
///     paths -> [thread 1] [thread 2] ... -> at most `ahead` decoded pictures -> next()
///
/// next() returns them in the order of the paths and is for one thread.
class PictureLoader {
 public:
  /// `threads` 0 = all there are; `ahead` at least the largest count that next() will be asked for.
  PictureLoader(std::span<const std::filesystem::path> paths, unsigned threads, size_t ahead);
  ~PictureLoader();
  PictureLoader(const PictureLoader&) = delete;
  PictureLoader& operator=(const PictureLoader&) = delete;

  struct Decoded {
    Image image;
    std::exception_ptr failure;  ///< set when it could not be decoded
  };
  [[nodiscard]] std::vector<Decoded> nextDecoded(size_t count);
  /// The next `count` pictures. Throws the Error of the first of them that cannot be decoded.
  [[nodiscard]] std::vector<Image> next(size_t count);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace corticast
