#include "sdk/replay/matcher.hpp"

#include <string_view>
#include <utility>

#include <perdure/errors.hpp>

#include "sdk/replay/call_site.hpp"
#include "sdk/replay/differences.hpp"
#include "sdk/replay/turns.hpp"
#include "sdk/replay/wording.hpp"
#include "sdk/workflow/markers.hpp"

namespace perdure::detail {
namespace {

using namespace pb::enums;

constexpr std::size_t most_warnings = 100;

std::string_view last_part(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

bool is_closing(int command) {
    return command == COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION || command == COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION ||
           command == COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION || command == COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION;
}

// Whether they are made depends on what the run knows already, and patches may come and go with the code.
bool is_uncompared(std::string_view marker) { return marker == mutable_side_effect_marker || marker == version_marker; }

bool is_uncompared(const command_entry& command) {
    return command.type == COMMAND_TYPE_RECORD_MARKER && is_uncompared(command.name);
}

bool fits(const command_entry& command, const pb::history::HistoryEvent& event) {
    switch (event.event_type()) {
        case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
            const auto& recorded = event.activity_task_scheduled_event_attributes();
            return command.type == COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK && recorded.activity_id() == command.id &&
                   last_part(recorded.activity_type().name()) == last_part(command.name);
        }
        case EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
        case EVENT_TYPE_MARKER_RECORDED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
        case EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return similar(command, event);
        case EVENT_TYPE_TIMER_STARTED:
            return command.type == COMMAND_TYPE_START_TIMER && event.timer_started_event_attributes().timer_id() == command.id;
        case EVENT_TYPE_TIMER_CANCELED:
            return command.type == COMMAND_TYPE_CANCEL_TIMER && event.timer_canceled_event_attributes().timer_id() == command.id;
        default:
            return false;
    }
}

mismatch both_sides(const pb::history::HistoryEvent* event, std::int64_t event_id, const command_entry* command) {
    mismatch found{.event_id = event_id};
    if (event != nullptr) {
        found.expected = describe(*event);
        found.expected_site = recorded_site(*event);
    }
    if (command != nullptr) {
        found.produced = describe(*command);
        found.produced_site = site_text(*command);
    }
    const bool ends = (event != nullptr && ends_run(event->event_type())) || (command != nullptr && is_closing(command->type));
    found.number = ends ? "PD-1004" : event == nullptr ? "PD-1002" : command == nullptr ? "PD-1003" : "PD-1001";
    return found;
}

}  // namespace

void command_matcher::expect_replayed(std::vector<command_entry> made) {
    for (command_entry& command : made) waiting_.push_back(std::move(command));
}

void command_matcher::expect_sent(std::vector<command_entry> made) {
    for (command_entry& command : made) {
        command.message.reset();
        waiting_.push_back(std::move(command));
    }
}

void command_matcher::skip_uncompared() {
    while (!waiting_.empty() && is_uncompared(waiting_.front())) waiting_.pop_front();
}

void command_matcher::compare_details(const command_entry& command, const pb::history::HistoryEvent& event) {
    if (command.message == nullptr) return;
    differences found = compare(*command.message, event, run_timeout_);
    if (found.empty()) return;
    mismatch report = both_sides(&event, event.event_id(), &command);
    report.number = found.arguments.empty() ? "PD-1006" : "PD-1005";
    report.fields = std::move(found.arguments);
    for (mismatch::field& option : found.options) {
        option.site = site_text(option.name.starts_with("retry policy") ? command.retry_at : command.options_at);
        report.fields.push_back(std::move(option));
    }
    if (rules_.level >= replay_level::arguments) throw nondeterminism_error(std::move(report));
    if (warnings_.size() < most_warnings) warnings_.push_back(std::move(report));
}

std::optional<command_entry> command_matcher::match(const pb::history::HistoryEvent& event) {
    if (ends_run(event.event_type()) && !rules_.ends) {
        while (!waiting_.empty() && (is_uncompared(waiting_.front()) || is_closing(waiting_.front().type))) waiting_.pop_front();
        return std::nullopt;
    }
    if (event.event_type() == EVENT_TYPE_MARKER_RECORDED &&
        is_uncompared(event.marker_recorded_event_attributes().marker_name())) {
        if (!waiting_.empty() && is_uncompared(waiting_.front())) waiting_.pop_front();
        return std::nullopt;
    }
    skip_uncompared();
    const command_entry* next = waiting_.empty() ? nullptr : &waiting_.front();
    if (next == nullptr || !fits(*next, event)) throw nondeterminism_error(both_sides(&event, event.event_id(), next));
    compare_details(*next, event);
    command_entry found = std::move(waiting_.front());
    waiting_.pop_front();
    return found;
}

void command_matcher::finish(std::int64_t event_id) {
    skip_uncompared();
    if (!waiting_.empty()) throw nondeterminism_error(both_sides(nullptr, event_id, &waiting_.front()));
}

std::size_t command_matcher::bytes() const noexcept {
    // A deque has a block and a table of blocks even while it is empty.
    constexpr std::size_t empty_deque = 576;
    std::size_t bytes = empty_deque;
    for (const command_entry& command : waiting_) bytes += sizeof(command) + command.id.capacity() + command.name.capacity();
    return bytes;
}

}  // namespace perdure::detail
