#include "core/features/picture_loader.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>

#include "core/base/parallel.h"

namespace corticast {
namespace {

struct Slot {
  Image image;
  std::exception_ptr failure;
  bool isReady = false;
};

}  // namespace

struct PictureLoader::State {
  std::vector<std::filesystem::path> paths;
  std::vector<Slot> slots;  ///< picture i lies in slot i modulo their number
  size_t taken = 0;         ///< pictures handed to a thread
  size_t given = 0;         ///< pictures that next() has returned
  std::mutex mutex;
  std::condition_variable_any roomIsMade;
  std::condition_variable_any pictureIsReady;
  std::vector<std::jthread> threads;  ///< last: joined before the rest is destroyed

  void decode(const std::stop_token& stop);
};

void PictureLoader::State::decode(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  for (;;) {
    const bool hasWork =
        roomIsMade.wait(lock, stop, [&] { return taken == paths.size() || taken < given + slots.size(); });
    if (!hasWork || taken == paths.size()) return;
    const size_t index = taken++;
    lock.unlock();
    Slot decoded;
    try {
      decoded.image = readUprightImage(paths[index]);
    } catch (...) {
      decoded.failure = std::current_exception();
    }
    decoded.isReady = true;
    lock.lock();
    slots[index % slots.size()] = std::move(decoded);
    pictureIsReady.notify_all();
  }
}

PictureLoader::PictureLoader(std::span<const std::filesystem::path> paths, unsigned threads, size_t ahead)
    : m_state(std::make_unique<State>()) {
  m_state->paths.assign(paths.begin(), paths.end());
  m_state->slots.resize(std::max<size_t>(1, ahead));
  const unsigned count = threads == 0 ? availableThreads() : threads;
  for (unsigned i = 0; i < count; ++i)
    m_state->threads.emplace_back([state = m_state.get()](const std::stop_token& stop) { state->decode(stop); });
}

PictureLoader::~PictureLoader() = default;

std::vector<PictureLoader::Decoded> PictureLoader::nextDecoded(size_t count) {
  std::vector<Decoded> pictures;
  std::unique_lock lock(m_state->mutex);
  for (size_t i = 0; i < count; ++i) {
    Slot& slot = m_state->slots[m_state->given % m_state->slots.size()];
    m_state->pictureIsReady.wait(lock, [&] { return slot.isReady; });
    pictures.push_back({std::move(slot.image), slot.failure});
    slot = {};
    ++m_state->given;
    m_state->roomIsMade.notify_one();
  }
  return pictures;
}

std::vector<Image> PictureLoader::next(size_t count) {
  std::vector<Image> images;
  for (Decoded& picture : nextDecoded(count)) {
    if (picture.failure) std::rethrow_exception(picture.failure);
    images.push_back(std::move(picture.image));
  }
  return images;
}

}  // namespace corticast
