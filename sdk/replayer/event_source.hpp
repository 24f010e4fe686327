#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/proto.hpp"

namespace perdure::detail {

/// The events of a recorded history one by one, so that a file need not fit into memory once more as messages.
class event_source {
  public:
    event_source() = default;
    event_source(const event_source&) = delete;
    event_source& operator=(const event_source&) = delete;
    virtual ~event_source() = default;

    /// Reads the next event into an empty message; false behind the last one. Throws history_error, which names the place.
    [[nodiscard]] virtual bool next(pb::history::HistoryEvent& into) = 0;

    /// How far it has read, in bytes.
    [[nodiscard]] virtual std::size_t position() const noexcept = 0;
};

/// How much of each event is wanted. A JSON event that is unusual is always read whole.
enum class event_parts : std::uint8_t {
    all,
    replayed,  // what a replay uses, for a fraction of the time; enough to compare, not to report
};

/// An export as JSON: `{"events": [...]}` or the bare list. The text must outlive the source; `name` stands for it in messages.
/// Members and names of enums that the contract does not know are ignored, but an event of an unknown type is refused unless it
/// says that workers may ignore it; its type is then EVENT_TYPE_UNSPECIFIED.
[[nodiscard]] std::unique_ptr<event_source> json_events(std::string_view text, std::string name,
                                                        event_parts parts = event_parts::all);

/// The binary form of temporal.api.history.v1.History. The bytes must outlive the source.
[[nodiscard]] std::unique_ptr<event_source> binary_events(std::string_view bytes, std::string name,
                                                          event_parts parts = event_parts::all);

/// One of the two, by the first byte that is no space.
[[nodiscard]] std::unique_ptr<event_source> any_events(std::string_view bytes, std::string name,
                                                       event_parts parts = event_parts::all);

/// Checks what every history must fulfil: the first event is the run's start and the ids count from 1. Throws history_error.
class event_order {
  public:
    explicit event_order(std::string name) : name_(std::move(name)) {}
    void check(const pb::history::HistoryEvent& event);
    /// Behind the last event.
    void finish() const;

  private:
    std::string name_;
    std::int64_t last_ = 0;
};

}  // namespace perdure::detail
