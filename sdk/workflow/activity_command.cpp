#include "sdk/workflow/activity_command.hpp"

#include <string>
#include <utility>

#include "api/payload.hpp"
#include "api/time_convert.hpp"
#include "sdk/workflow/raise.hpp"

namespace perdure::detail {

void fill_activity(pb::command::ScheduleActivityTaskCommandAttributes& attributes, std::string_view name, arguments input,
                   const activity_options& options) {
    if (const std::string_view problem = problem_of(options); !problem.empty()) {
        throw_misuse(("the options of activity " + std::string(name) + " cannot work: " + std::string(problem)).c_str());
    }
    attributes.mutable_activity_type()->set_name(std::string(name));
    if (!options.task_queue.empty()) attributes.mutable_task_queue()->set_name(std::string(options.task_queue));
    if (!input.values.empty()) *attributes.mutable_input() = to_proto(std::move(input.values));

    const auto set = [](milliseconds limit,
                        google::protobuf::Duration* (pb::command::ScheduleActivityTaskCommandAttributes::*field)(),
                        pb::command::ScheduleActivityTaskCommandAttributes& target) {
        if (limit > milliseconds::zero()) *(target.*field)() = to_duration(limit);
    };
    using command = pb::command::ScheduleActivityTaskCommandAttributes;
    set(options.timeouts.schedule_to_close(), &command::mutable_schedule_to_close_timeout, attributes);
    set(options.timeouts.schedule_to_start(), &command::mutable_schedule_to_start_timeout, attributes);
    set(options.timeouts.start_to_close(), &command::mutable_start_to_close_timeout, attributes);
    set(options.heartbeat, &command::mutable_heartbeat_timeout, attributes);

    auto& retry = *attributes.mutable_retry_policy();
    *retry.mutable_initial_interval() = to_duration(options.retry.initial);
    retry.set_backoff_coefficient(options.retry.backoff);
    if (options.retry.max_interval > milliseconds::zero())
        *retry.mutable_maximum_interval() = to_duration(options.retry.max_interval);
    retry.set_maximum_attempts(options.retry.max_attempts);
    for (const std::string_view type : options.retry.non_retryable) retry.add_non_retryable_error_types(std::string(type));
}

}  // namespace perdure::detail
