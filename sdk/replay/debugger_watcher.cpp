#include "sdk/replay/debugger_watcher.hpp"

#include <utility>

#include "api/iso_time.hpp"
#include "api/time_convert.hpp"
#include "perdure/detail/frame.hpp"
#include "sdk/replay/history_words.hpp"
#include "sdk/replay/wording.hpp"

namespace perdure::detail {
namespace {

// The first word of a suspended coroutine's frame, in every compiler that we know.
const void* resume_function(const frame_base& frame) { return *static_cast<const void* const*>(frame.self.address()); }

}  // namespace

void debugger_watcher::event(const run& /*live*/, const pb::history::HistoryEvent& event) {
    present_ = event.event_id();
    each_({.phase = perdure_debug_applies, .event_id = present_, .resume = nullptr, .line = 0});
}

void debugger_watcher::woke(const run& /*live*/, const frame_base& frame, const site& at) {
    each_({.phase = perdure_debug_wakes, .event_id = present_, .resume = resume_function(frame), .line = at.line});
}

// Inlining would be of no harm, but tail calls would hide the workflow's frames from the debugger.
[[clang::disable_tail_calls]] void debugger_watcher::issued(const run& /*live*/, const command_entry& /*command*/,
                                                            std::int64_t event_id) {
    each_({.phase = perdure_debug_issues, .event_id = event_id, .resume = nullptr, .line = 0});
}

void debugger_watcher::task_done(const run& /*live*/, std::int64_t started_event_id) {
    each_({.phase = perdure_debug_task_end, .event_id = started_event_id, .resume = nullptr, .line = 0});
}

debugger_events::debugger_events(const pb::history::History& history) {
    event_teller words;
    for (const auto& event : history.events()) {
        texts_.push_back({.type = event_type_text(event.event_type()),
                          .summary = words.tell(event),
                          .time = to_rfc3339(from_timestamp(event.event_time()))});
    }
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        rows_.push_back({.id = history.events(static_cast<int>(i)).event_id(),
                         .type = texts_[i].type.c_str(),
                         .summary = texts_[i].summary.c_str(),
                         .time = texts_[i].time.c_str()});
    }
}

void reach_moment(std::int64_t number) {
    perdure_debug_replay.reached = number;
    if (number < perdure_debug_replay.moment_count && perdure_debug_replay.stops[number] != 0) perdure_debug_stop();
}

}  // namespace perdure::detail
