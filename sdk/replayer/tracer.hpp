#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sdk/replay/history_words.hpp"
#include "sdk/replay/replay_watcher.hpp"

namespace perdure::detail {

/// Writes a replay as it goes: each event, the coroutines that it woke, the commands that they made with their source lines, and
/// the declared state where it has changed.
///
///        11  ActivityTaskCompleted  inventory.reserve
///            wakes  fulfil, order_orchestration/order.workflow.cpp:57 in fulfil
///            makes  call of activity payment.charge (id 3) at order_orchestration/order.workflow.cpp:101 in pay (event 17)
class tracer final : public replay_watcher {
  public:
    /// `write` takes whole lines.
    explicit tracer(std::function<void(const std::string& line)> write) : write_(std::move(write)) {}

    void event(const run& live, const pb::history::HistoryEvent& event) override;
    void woke(const run& live, const frame_base& frame, const site& at) override;
    void issued(const run& live, const command_entry& command, std::int64_t event_id) override;
    void task_done(const run& live, std::int64_t started_event_id) override;

  private:
    std::function<void(const std::string& line)> write_;
    event_teller teller_;
    std::string state_;
};

}  // namespace perdure::detail
