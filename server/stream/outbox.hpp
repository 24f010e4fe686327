#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "api/proto.hpp"

namespace perdure::server {

/// What waits to be written to one worker: messages go in as they come, frames come out, each as full as it may be.
///
/// A message is encoded when it is put in, so that the bytes that wait are known exactly. Sans I/O.
class outbox {
  public:
    /// Messages are joined to frames of at most this size; a larger message travels alone.
    static constexpr std::size_t full_frame_bytes = 1024 * 1024;

    void put(const pb::worker::ServerMessage& message);

    /// The next frame, encoded. Empty when nothing waits.
    [[nodiscard]] std::string take();

    [[nodiscard]] bool empty() const noexcept { return frames_.empty(); }
    /// Bytes that wait here, what was taken not included.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  private:
    std::deque<std::string> frames_;
    std::size_t bytes_ = 0;
};

}  // namespace perdure::server
