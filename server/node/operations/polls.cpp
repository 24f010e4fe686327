#include "api/carried_history.hpp"
#include "server/node/operations/checks.hpp"
#include "server/node/queue_names.hpp"

#include <memory>
#include <type_traits>
#include <utility>

namespace perdure::server {
namespace {

/// A poll for one task of one kind.
template <class Response>
class one_shot_poll final : public task_receiver {
  public:
    explicit one_shot_poll(reply<Response> done) : done_(std::move(done)) {}
    ~one_shot_poll() override {
        if (done_) done_(service_failure{status_code::unavailable, "the server is stopping; poll another one"});
    }

    bool take(const matching::match& /*made*/, pb::service::PollWorkflowTaskQueueResponse& task) override { return give(task); }
    bool take(const matching::match& /*made*/, pb::service::PollActivityTaskQueueResponse& task) override { return give(task); }
    void end_empty() override { std::exchange(done_, nullptr)(Response()); }

  private:
    template <class Task>
    bool give(Task& task) {
        if constexpr (std::is_same_v<Task, Response>) {
            if constexpr (std::is_same_v<Task, pb::service::PollWorkflowTaskQueueResponse>) {
                unpack_history(task);
            } else {
                // Whoever polls is no worker that keeps runs.
                task.clear_perdure_foreseen_task();
            }
            std::exchange(done_, nullptr)(std::move(task));
            return true;
        } else {
            return false;
        }
    }

    reply<Response> done_;
};

}  // namespace

template <class Response>
bool node_core::admit_poll(const std::string& name_space, const pb::taskqueue::TaskQueue& queue, const std::string& identity,
                           const reply<Response>& done) const {
    std::optional<service_failure> wrong = check_namespace(name_space);
    if (!wrong) wrong = check_required_id("TaskQueue.Name", queue.name());
    if (!wrong) wrong = check_id("Identity", identity);
    if (!wrong && dispatcher_.polls() >= options_.max_polls) {
        wrong = service_failure{status_code::resource_exhausted, std::to_string(options_.max_polls) +
                                                                     " polls wait already and this server takes no more; poll "
                                                                     "less, or raise the limit"};
    }
    if (wrong) done(*wrong);
    return !wrong;
}

void node_core::poll_workflow_task_queue(pb::service::PollWorkflowTaskQueueRequest request,
                                         reply<pb::service::PollWorkflowTaskQueueResponse> done) {
    if (!admit_poll(request.namespace_(), request.task_queue(), request.identity(), done)) return;
    dispatcher_.poll(queue_of(request.namespace_(), request.task_queue(), matching::task_kind::workflow), request.identity(),
                     std::make_unique<one_shot_poll<pb::service::PollWorkflowTaskQueueResponse>>(std::move(done)));
}

void node_core::poll_activity_task_queue(pb::service::PollActivityTaskQueueRequest request,
                                         reply<pb::service::PollActivityTaskQueueResponse> done) {
    if (!admit_poll(request.namespace_(), request.task_queue(), request.identity(), done)) return;
    matching::queue_key queue = queue_of(request.namespace_(), request.task_queue(), matching::task_kind::activity);
    queue.sticky = false;
    dispatcher_.poll(queue, request.identity(),
                     std::make_unique<one_shot_poll<pb::service::PollActivityTaskQueueResponse>>(std::move(done)));
}

}  // namespace perdure::server
