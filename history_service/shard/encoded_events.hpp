#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "api/proto.hpp"
#include "api/result.hpp"
#include "api/wire_reader.hpp"

namespace perdure::history {

/// Events of a run as the bytes that a `History` of them has on the wire, so that they go from the journal to a worker without
/// becoming messages in between.
class encoded_events {
  public:
    /// Appends one event.
    void add(std::string_view event);
    /// Appends `count` events that are encoded so already.
    void add_encoded(std::string_view events, std::size_t count) {
        bytes_ += events;
        count_ += count;
    }
    void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::string take() { return std::move(bytes_); }
    /// As messages. Errors: data_loss when the bytes are no events.
    [[nodiscard]] result<pb::history::History> decode() const;

  private:
    std::string bytes_;
    std::size_t count_ = 0;
};

/// Walks the events that a serialised JournalRecord put into the run's history, or those of a serialised History, in order.
/// The bytes must outlive it.
class event_walk {
  public:
    enum class of : std::uint8_t { record, history };
    event_walk(std::string_view bytes, of what) : reader_(bytes), what_(what) {}

    /// The next event's bytes; empty after the last one, and where the bytes cannot be understood.
    [[nodiscard]] std::string_view next();
    /// What was walked over is no record or history.
    [[nodiscard]] bool failed() const noexcept { return failed_ || reader_.failed(); }

  private:
    std::string_view fail();

    wire_reader reader_;
    of what_;
    bool failed_ = false;
};

}  // namespace perdure::history
