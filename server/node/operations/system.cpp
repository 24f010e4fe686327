#include "api/time_convert.hpp"
#include "server/node/operations/checks.hpp"
#include "server/node/queue_names.hpp"

#include <utility>

namespace perdure::server {
namespace {

void fill(pb::service::DescribeTaskQueueResponse& response, const pb::service::DescribeTaskQueueRequest& request,
          const matching::queue_stats& stats, const node_clock& clock) {
    for (const matching::poller_stats& poller : stats.pollers) {
        auto& info = *response.add_pollers();
        info.set_identity(poller.identity);
        info.set_rate_per_second(poller.rate_per_second);
        *info.mutable_last_access_time() = to_timestamp(clock.wall_at(poller.last_access));
    }
    if (request.report_stats()) {
        auto& counted = *response.mutable_stats();
        counted.set_approximate_backlog_count(stats.backlog);
        *counted.mutable_approximate_backlog_age() = to_duration(std::chrono::duration_cast<milliseconds>(stats.backlog_age));
        counted.set_tasks_add_rate(static_cast<float>(stats.tasks_added_per_second));
        counted.set_tasks_dispatch_rate(static_cast<float>(stats.tasks_dispatched_per_second));
        counted.set_rate_limiting_active(stats.rate_limiting_active);
    }
    if (request.include_task_queue_status()) {
        response.mutable_task_queue_status()->set_backlog_count_hint(stats.backlog);
        response.mutable_task_queue_status()->set_rate_per_second(stats.rate_per_second);
    }
}

}  // namespace

void node_core::describe_task_queue(pb::service::DescribeTaskQueueRequest request,
                                    reply<pb::service::DescribeTaskQueueResponse> done) {
    if (const auto wrong = check_namespace(request.namespace_())) return done(*wrong);
    if (const auto wrong = check_required_id("TaskQueue.Name", request.task_queue().name())) return done(*wrong);
    const bool activities = request.task_queue_type() == pb::enums::TASK_QUEUE_TYPE_ACTIVITY;
    if (!activities && request.task_queue_type() != pb::enums::TASK_QUEUE_TYPE_WORKFLOW &&
        request.task_queue_type() != pb::enums::TASK_QUEUE_TYPE_UNSPECIFIED) {
        return done(service_failure{status_code::invalid_argument,
                                    "task_queue_type must be TASK_QUEUE_TYPE_WORKFLOW or TASK_QUEUE_TYPE_ACTIVITY."});
    }
    const auto queue = queue_of(request.namespace_(), request.task_queue(),
                                activities ? matching::task_kind::activity : matching::task_kind::workflow);
    dispatcher_.describe(queue,
                         [this, request = std::move(request), done = std::move(done)](result<matching::queue_stats>&& stats) {
                             if (!stats) return done(stats.error());
                             pb::service::DescribeTaskQueueResponse response;
                             fill(response, request, *stats, clock_);
                             done(std::move(response));
                         });
}

void node_core::get_system_info(pb::service::GetSystemInfoRequest /*request*/, reply<pb::service::GetSystemInfoResponse> done) {
    pb::service::GetSystemInfoResponse response;
    response.set_server_version(PERDURE_VERSION);
    auto& can = *response.mutable_capabilities();
    can.set_signal_and_query_header(true);
    can.set_internal_error_differentiation(true);
    can.set_activity_failure_include_heartbeat(true);
    can.set_encoded_failure_attributes(true);
    can.set_upsert_memo(true);
    can.set_sdk_metadata(true);
    can.set_count_group_by_execution_status(true);
    done(std::move(response));
}

}  // namespace perdure::server
