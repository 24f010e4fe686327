#include <perdure/replayer.hpp>

#include "sdk/replayer/event_source.hpp"

namespace perdure::detail {

void event_order::check(const pb::history::HistoryEvent& event) {
    const auto refuse = [&](const std::string& why) { throw history_error(history_trouble::incomplete, name_ + ": " + why); };
    const std::int64_t id = event.event_id();
    if (last_ == 0) {
        if (event.event_type() != pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
            refuse("the history begins with event " + std::to_string(id) + ", a " +
                   pb::enums::EventType_Name(event.event_type()) +
                   ", and not with the start of the run; export it whole, from event 1");
        if (id != 1) refuse("the first event has the number " + std::to_string(id) + " instead of 1; export the history whole");
    } else if (id != last_ + 1) {
        refuse("event " + std::to_string(last_) + " is followed by event " + std::to_string(id) +
               "; a history has no gaps and no repetitions: export it again");
    }
    last_ = id;
}

void event_order::finish() const {
    if (last_ == 0)
        throw history_error(history_trouble::incomplete,
                            name_ + ": the history has no events; export one with `perdure workflow show --output json`");
}

}  // namespace perdure::detail
