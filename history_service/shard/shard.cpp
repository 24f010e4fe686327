#include "history_service/shard/shard.hpp"

#include <utility>

#include "history_service/shard/core.hpp"
#include "history_service/store/lease.hpp"

namespace perdure::history {

history_shard::history_shard(std::unique_ptr<core> made) : core_(std::move(made)) {}
history_shard::~history_shard() = default;

result<std::unique_ptr<history_shard>> history_shard::open(const shard_environment& environment, shard_options options,
                                                           wall_time now) {
    auto lease = take_lease(environment.rows, options.owner, options.lease);
    if (!lease) return std::move(lease).error();
    return open(environment, std::move(options), *lease, now);
}

result<std::unique_ptr<history_shard>> history_shard::open(const shard_environment& environment, shard_options options,
                                                           const shard_lease& lease, wall_time now) {
    auto inside = std::make_unique<core>(environment, std::move(options), lease, now);
    inside->begin();
    return std::unique_ptr<history_shard>(new history_shard(std::move(inside)));
}

void history_shard::advance(wall_time now) { core_->advance(now); }
std::optional<wall_time> history_shard::next_due() const { return core_->next_due(); }

void history_shard::together(const std::function<void()>& operations) { core_->together(operations); }

#define PERDURE_SHARD_FORWARD(function, Name)                                                                          \
    void history_shard::function(const pb::service::Name##Request& request, reply<pb::service::Name##Response> done) { \
        core_->operate([&] { core_->function(request, std::move(done)); });                                            \
    }
PERDURE_SHARD_OPERATIONS(PERDURE_SHARD_FORWARD)
#undef PERDURE_SHARD_FORWARD

void history_shard::start_workflow_task(run_number run, const task_ref& task, const task_taker& taker, bool normal_queue,
                                        reply<pb::service::PollWorkflowTaskQueueResponse> done) {
    core_->operate([&] { core_->start_workflow_task(run, task, taker, normal_queue, std::move(done)); });
}

void history_shard::start_activity_task(run_number run, const task_ref& task, const task_taker& taker,
                                        reply<pb::service::PollActivityTaskQueueResponse> done) {
    core_->operate([&] { core_->start_activity_task(run, task, taker, std::move(done)); });
}

void history_shard::start_query_task(std::uint64_t query, const task_taker& taker, bool normal_queue,
                                     reply<pb::service::PollWorkflowTaskQueueResponse> done) {
    core_->operate([&] { core_->start_query_task(query, taker, normal_queue, std::move(done)); });
}

void history_shard::redeliver_workflow_task(const std::string& task_token,
                                            reply<pb::service::PollWorkflowTaskQueueResponse> done) {
    core_->operate([&] { core_->redeliver_workflow_task(task_token, std::move(done)); });
}

void history_shard::redeliver_activity_task(const std::string& task_token,
                                            reply<pb::service::PollActivityTaskQueueResponse> done) {
    core_->operate([&] { core_->redeliver_activity_task(task_token, std::move(done)); });
}

void history_shard::put_back_query(std::uint64_t query) {
    core_->operate([&] { core_->put_back_query(query); });
}

void history_shard::outstanding(const queue_key& queue, const task_position& after, std::size_t limit,
                                reply<outstanding_page> done) {
    core_->operate([&] { core_->outstanding(queue, after, limit, std::move(done)); });
}

bool history_shard::idle() const noexcept { return core_->idle(); }
std::uint64_t history_shard::cache_requests() const noexcept { return core_->cache_requests(); }
foreseen_figures history_shard::foreseen() const noexcept { return core_->foreseen(); }

std::size_t history_shard::cached_bytes() const noexcept { return core_->cache().bytes() + core_->bytes_ahead(); }
std::size_t history_shard::cached_runs() const noexcept { return core_->cache().size(); }
std::size_t history_shard::armed_wakeups() const noexcept { return core_->armed(); }
const std::optional<service_failure>& history_shard::lost_lease() const noexcept { return core_->lost_lease(); }

}  // namespace perdure::history
