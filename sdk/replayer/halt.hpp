#pragma once

#include <cstdint>
#include <string>

#include "sdk/replay/replay_watcher.hpp"

namespace perdure::detail {

/// Remembers how a run looks at one event: where its coroutines are, what it waits for, its declared state.
class halt final : public replay_watcher {
  public:
    explicit halt(std::int64_t event_id) : event_id_(event_id) {}

    void event(const run& live, const pb::history::HistoryEvent& event) override;
    void issued(const run& live, const command_entry& command, std::int64_t event_id) override;
    void task_done(const run& live, std::int64_t started_event_id) override;

    /// False: the replay did not come that far.
    [[nodiscard]] bool reached() const noexcept { return reached_; }
    /// How it looked, for people.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

  private:
    void look(const run& live);

    std::int64_t event_id_;
    std::string text_;
    bool reached_ = false;
    bool is_next_ = false;  // the event is being applied
};

}  // namespace perdure::detail
