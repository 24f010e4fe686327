#include "sdk/replay/differences.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/time_convert.hpp"
#include "sdk/replay/wording.hpp"

namespace perdure::detail {
namespace {

using std::chrono::milliseconds;

// Of a payload only what its receiver decodes: the bytes, and how they are encoded.
bool same(const pb::common::Payload& one, const pb::common::Payload& other) {
    if (one.data() != other.data()) return false;
    const auto how = [](const pb::common::Payload& payload) -> std::string_view {
        const auto& metadata = payload.metadata();
        const auto found = metadata.find("encoding");
        return found == metadata.end() ? std::string_view() : std::string_view(found->second);
    };
    return how(one) == how(other);
}

bool same(const pb::common::Payloads& one, const pb::common::Payloads& other) {
    return std::equal(one.payloads().begin(), one.payloads().end(), other.payloads().begin(), other.payloads().end(),
                      [](const auto& a, const auto& b) { return same(a, b); });
}

std::string text(milliseconds length) {
    return length == milliseconds::zero() ? std::string("none") : value_text(to_duration(length));
}

class comparison {
  public:
    explicit comparison(differences& found) : found_(found) {}

    void arguments(std::string_view name, const pb::common::Payloads& recorded, const pb::common::Payloads& produced) {
        if (same(recorded, produced)) return;
        found_.arguments.push_back({std::string(name), value_text(recorded), value_text(produced)});
    }
    void argument(std::string_view name, const std::string& recorded, const std::string& produced) {
        if (recorded != produced) found_.arguments.push_back({std::string(name), recorded, produced});
    }
    void option(std::string_view name, const std::string& recorded, const std::string& produced) {
        if (recorded != produced) found_.options.push_back({std::string(name), recorded, produced});
    }
    void option(std::string_view name, milliseconds recorded, milliseconds produced) {
        if (recorded != produced) found_.options.push_back({std::string(name), text(recorded), text(produced)});
    }
    template <class Number>
    void number(std::string_view name, Number recorded, Number produced) {
        if (recorded != produced)
            found_.options.push_back({std::string(name), std::to_string(recorded), std::to_string(produced)});
    }

  private:
    differences& found_;
};

struct timeouts {
    milliseconds schedule_to_close, schedule_to_start, start_to_close, heartbeat;
};

template <class Message>
timeouts timeouts_of(const Message& from) {
    return {from_duration(from.schedule_to_close_timeout()), from_duration(from.schedule_to_start_timeout()),
            from_duration(from.start_to_close_timeout()), from_duration(from.heartbeat_timeout())};
}

timeouts as_the_service_writes(timeouts asked, milliseconds run_timeout) {
    constexpr milliseconds none{0};
    const auto cap = [](milliseconds& length, milliseconds most) { length = std::min(length, most); };
    if (asked.schedule_to_close > none) {
        for (milliseconds* part : {&asked.schedule_to_start, &asked.start_to_close}) {
            if (*part == none) *part = asked.schedule_to_close;
            cap(*part, asked.schedule_to_close);
        }
    } else {
        asked.schedule_to_close = run_timeout;
        if (asked.schedule_to_start == none) asked.schedule_to_start = run_timeout;
    }
    if (run_timeout > none) {
        for (milliseconds* part : {&asked.schedule_to_close, &asked.schedule_to_start, &asked.start_to_close, &asked.heartbeat})
            cap(*part, run_timeout);
    }
    cap(asked.heartbeat, asked.start_to_close);
    return asked;
}

struct retry {
    milliseconds initial, most;
    double coefficient;
    std::int32_t attempts;
};

retry retry_of(const pb::common::RetryPolicy& policy) {
    retry made{from_duration(policy.initial_interval()), from_duration(policy.maximum_interval()), policy.backoff_coefficient(),
               policy.maximum_attempts()};
    if (made.initial == milliseconds::zero()) made.initial = milliseconds(1'000);
    if (made.coefficient == 0) made.coefficient = 2;
    if (made.most == milliseconds::zero()) made.most = 100 * made.initial;
    return made;
}

void compare_activity(comparison& with, const pb::command::ScheduleActivityTaskCommandAttributes& produced,
                      const pb::history::ActivityTaskScheduledEventAttributes& recorded, milliseconds run_timeout) {
    with.arguments("input", recorded.input(), produced.input());
    with.option("activity type", recorded.activity_type().name(), produced.activity_type().name());
    with.option("task queue", recorded.task_queue().name(), produced.task_queue().name());
    const timeouts was = timeouts_of(recorded);
    const timeouts is = as_the_service_writes(timeouts_of(produced), run_timeout);
    with.option("schedule-to-close timeout", was.schedule_to_close, is.schedule_to_close);
    with.option("schedule-to-start timeout", was.schedule_to_start, is.schedule_to_start);
    with.option("start-to-close timeout", was.start_to_close, is.start_to_close);
    with.option("heartbeat timeout", was.heartbeat, is.heartbeat);
    const retry old_policy = retry_of(recorded.retry_policy());
    const retry new_policy = retry_of(produced.retry_policy());
    with.option("retry policy: initial interval", old_policy.initial, new_policy.initial);
    with.option("retry policy: maximum interval", old_policy.most, new_policy.most);
    with.number("retry policy: backoff coefficient", old_policy.coefficient, new_policy.coefficient);
    with.number("retry policy: maximum attempts", old_policy.attempts, new_policy.attempts);
    const auto& old_types = recorded.retry_policy().non_retryable_error_types();
    const auto& new_types = produced.retry_policy().non_retryable_error_types();
    if (std::equal(old_types.begin(), old_types.end(), new_types.begin(), new_types.end())) return;
    const auto list = [](const auto& types) {
        std::string all;
        for (const std::string& type : types) all += (all.empty() ? "" : ", ") + type;
        return all.empty() ? "none" : all;
    };
    with.option("retry policy: errors that are not retried", list(old_types), list(new_types));
}

}  // namespace

differences compare(const pb::command::Command& command, const pb::history::HistoryEvent& event, milliseconds run_timeout) {
    using namespace pb::enums;
    differences found;
    comparison with(found);
    switch (event.event_type()) {
        case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            compare_activity(with, command.schedule_activity_task_command_attributes(),
                             event.activity_task_scheduled_event_attributes(), run_timeout);
            break;
        case EVENT_TYPE_TIMER_STARTED:
            with.option("duration", from_duration(event.timer_started_event_attributes().start_to_fire_timeout()),
                        from_duration(command.start_timer_command_attributes().start_to_fire_timeout()));
            break;
        case EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            with.arguments("result", event.workflow_execution_completed_event_attributes().result(),
                           command.complete_workflow_execution_command_attributes().result());
            break;
        case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: {
            const auto& recorded = event.workflow_execution_failed_event_attributes().failure();
            const auto& produced = command.fail_workflow_execution_command_attributes().failure();
            with.argument("failure", recorded.message(), produced.message());
            with.argument("type of the failure", recorded.application_failure_info().type(),
                          produced.application_failure_info().type());
            break;
        }
        case EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: {
            const auto& recorded = event.workflow_execution_continued_as_new_event_attributes();
            const auto& produced = command.continue_as_new_workflow_execution_command_attributes();
            with.arguments("input of the next run", recorded.input(), produced.input());
            with.option("workflow type", recorded.workflow_type().name(), produced.workflow_type().name());
            with.option("task queue", recorded.task_queue().name(), produced.task_queue().name());
            break;
        }
        default:
            break;
    }
    return found;
}

}  // namespace perdure::detail
