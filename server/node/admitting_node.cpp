#include "server/node/admitting_node.hpp"

#include "server/node/close_wait.hpp"
#include "server/node/node_clock.hpp"

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace perdure::server {
namespace {

using asker = admission::asker;

// Whom new work is for; nothing for everything that is no new work.
template <class Request>
std::optional<asker> asker_of(const Request&) {
    return std::nullopt;
}
std::optional<asker> asker_of(const pb::service::StartWorkflowExecutionRequest& request) {
    return asker{asker::kind::task_queue, request.namespace_(), request.task_queue().name()};
}
std::optional<asker> asker_of(const pb::service::SignalWithStartWorkflowExecutionRequest& request) {
    return asker{asker::kind::workflow, request.namespace_(), request.workflow_id()};
}
std::optional<asker> asker_of(const pb::service::SignalWorkflowExecutionRequest& request) {
    return asker{asker::kind::workflow, request.namespace_(), request.workflow_execution().workflow_id()};
}
std::optional<asker> asker_of(const pb::service::QueryWorkflowRequest& request) {
    return asker{asker::kind::workflow, request.namespace_(), request.execution().workflow_id()};
}

// A query waits for a worker, which tells nothing of the server.
template <class Request>
constexpr bool waits_for_disk = !std::is_same_v<Request, pb::service::QueryWorkflowRequest>;

class gated_node final : public node {
  public:
    gated_node(std::unique_ptr<node> inner, admission& gate, std::function<void(exhausted_cause)> refused)
        : gate_(gate), refused_(std::move(refused)), inner_(std::move(inner)) {}

    void advance(wall_time now) override {
        if (!clock_) clock_.emplace(now);
        clock_->advance(now);
        gate_.advance(gate_began_ + clock_->steady());
        inner_->advance(now);
    }
    [[nodiscard]] std::optional<wall_time> next_due() const override { return inner_->next_due(); }
    [[nodiscard]] bool idle() const override { return inner_->idle(); }
    [[nodiscard]] std::optional<service_failure> lost_lease() const override { return inner_->lost_lease(); }
    [[nodiscard]] node_figures figures() const override { return inner_->figures(); }
    [[nodiscard]] std::unique_ptr<worker_session> open_session(session_sink sink) override {
        return inner_->open_session(std::move(sink));
    }

#define PERDURE_GATED_OPERATION(function, Name)                                                           \
    void function(pb::service::Name##Request request, reply<pb::service::Name##Response> done) override { \
        wait_outside(request, done);                                                                      \
        if (admit(request, done)) inner_->function(std::move(request), std::move(done));                  \
    }
    PERDURE_FRONTEND_OPERATIONS(PERDURE_GATED_OPERATION)
    PERDURE_GATED_OPERATION(poll_workflow_task_queue, PollWorkflowTaskQueue)
    PERDURE_GATED_OPERATION(poll_activity_task_queue, PollActivityTaskQueue)
    PERDURE_GATED_OPERATION(respond_workflow_task_completed, RespondWorkflowTaskCompleted)
    PERDURE_GATED_OPERATION(respond_workflow_task_failed, RespondWorkflowTaskFailed)
    PERDURE_GATED_OPERATION(respond_query_task_completed, RespondQueryTaskCompleted)
    PERDURE_GATED_OPERATION(reset_sticky_task_queue, ResetStickyTaskQueue)
#undef PERDURE_GATED_OPERATION

  private:
    template <class Request, class Response>
    void wait_outside(const Request& /*request*/, const reply<Response>& /*done*/) {}
    // What waits for a workflow's end would look to the gate like a slow disk.
    void wait_outside(pb::service::StartWorkflowExecutionRequest& request,
                      reply<pb::service::StartWorkflowExecutionResponse>& done) {
        if (!request.perdure_wait_for_close()) return;
        done = after_close(*inner_, request, std::move(done));
        request.clear_perdure_wait_for_close();
    }
    // False when the request was refused and answered. `done` is made to tell the gate, when it counts there.
    template <class Request, class Response>
    [[nodiscard]] bool admit(const Request& request, reply<Response>& done) {
        const std::optional<asker> who = asker_of(request);
        if (!who) return true;
        if constexpr (waits_for_disk<Request>) {
            auto answer = gate_.begin(*who, request.ByteSizeLong());
            if (auto* no = std::get_if<admission::refused>(&answer)) return refuse(std::move(*no), done);
            done = [&gate = gate_, counted = std::get<admission::waiting>(answer),
                    done = std::move(done)](result<Response>&& response) {
                gate.end(counted, response.has_value());
                done(std::move(response));
            };
            return true;
        } else {
            auto no = gate_.ask(*who);
            return no ? refuse(std::move(*no), done) : true;
        }
    }
    template <class Response>
    bool refuse(admission::refused no, const reply<Response>& done) {
        if (refused_) refused_(no.cause);
        done(std::move(no.failure));
        return false;
    }

    admission& gate_;
    std::function<void(exhausted_cause)> refused_;
    std::optional<node_clock> clock_;
    /// The gate may have served a node before.
    matching::instant gate_began_ = gate_.now();
    /// Last, so that it goes first: its replies find the gate in place.
    std::unique_ptr<node> inner_;
};

}  // namespace

std::unique_ptr<node> behind_gate(std::unique_ptr<node> inner, admission& gate, std::function<void(exhausted_cause)> refused) {
    return std::make_unique<gated_node>(std::move(inner), gate, std::move(refused));
}

}  // namespace perdure::server
