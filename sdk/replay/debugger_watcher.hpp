#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sdk/replay/debug_replay.hpp"
#include "sdk/replay/replay_watcher.hpp"

namespace perdure::detail {

/// Turns what a replay does into moments, each given to one function when it comes.
class debugger_watcher final : public replay_watcher {
  public:
    using sink = std::function<void(const perdure_debug_moment&)>;

    explicit debugger_watcher(sink each) : each_(std::move(each)) {}

    void event(const run& live, const pb::history::HistoryEvent& event) override;
    void woke(const run& live, const frame_base& frame, const site& at) override;
    void issued(const run& live, const command_entry& command, std::int64_t event_id) override;
    void task_done(const run& live, std::int64_t started_event_id) override;

  private:
    sink each_;
    std::int64_t present_ = 0;
};

/// The events of a history as a debugger lists them. The rows point into the object.
class debugger_events {
  public:
    explicit debugger_events(const pb::history::History& history);
    debugger_events(const debugger_events&) = delete;
    debugger_events& operator=(const debugger_events&) = delete;
    ~debugger_events() = default;

    [[nodiscard]] const std::vector<perdure_debug_event>& rows() const noexcept { return rows_; }

  private:
    struct texts {
        std::string type;
        std::string summary;
        std::string time;
    };
    std::vector<texts> texts_;
    std::vector<perdure_debug_event> rows_;
};

/// Tells the debugger that moment number `number` has come, and stops there if it wants to.
void reach_moment(std::int64_t number);

}  // namespace perdure::detail
