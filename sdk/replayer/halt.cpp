#include "sdk/replayer/halt.hpp"

#include "sdk/replay/state_fingerprint.hpp"
#include "sdk/replay/wording.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure::detail {

void halt::look(const run& live) {
    reached_ = true;
    text_ += "Coroutines:\n" + live.stack_text() + "\nStatus:\n  " + live.status_json() + "\n";
    if (!live.type().state.empty() && live.object() != nullptr)
        text_ += "\nState:\n  " + state_json(live.type(), live.object()) + "\n";
}

void halt::event(const run& live, const pb::history::HistoryEvent& event) {
    if (reached_) return;
    if (is_next_ || event.event_id() > event_id_) return look(live);
    is_next_ = event.event_id() == event_id_;
}

void halt::issued(const run& live, const command_entry& command, std::int64_t event_id) {
    if (reached_ || event_id != event_id_) return;
    text_ = "Event " + std::to_string(event_id) + " is made here, a " + describe(command) + ":\n" +
            live.issuing_stack(command.at) + "\n";
    look(live);
}

void halt::task_done(const run& live, std::int64_t) {
    if (!reached_ && is_next_) look(live);
}

}  // namespace perdure::detail
