#include "server/node/absent_node.hpp"

#include <utility>

namespace perdure::server {
namespace {

class refused_session final : public worker_session {
  public:
    void receive(pb::worker::FromWorker&) override {}
    void set_unsent_bytes(std::size_t) override {}
};

class absent_node final : public node {
  public:
    explicit absent_node(std::function<service_failure()> refusal) : refusal_(std::move(refusal)) {}

    void advance(wall_time) override {}
    [[nodiscard]] std::optional<wall_time> next_due() const override { return std::nullopt; }
    [[nodiscard]] bool idle() const override { return true; }
    [[nodiscard]] node_figures figures() const override { return {}; }
    [[nodiscard]] std::optional<service_failure> lost_lease() const override { return std::nullopt; }

    [[nodiscard]] std::unique_ptr<worker_session> open_session(session_sink sink) override {
        const service_failure why = refusal_();
        pb::worker::ServerMessage message;
        auto& error = *message.mutable_error();
        error.set_code(static_cast<std::uint32_t>(why.code));
        error.set_message(why.message);
        sink.send(std::move(message));
        sink.close(why.message);
        return std::make_unique<refused_session>();
    }

#define PERDURE_ABSENT(function, Name) \
    void function(pb::service::Name##Request, reply<pb::service::Name##Response> done) override { done(refusal_()); }
    PERDURE_FRONTEND_OPERATIONS(PERDURE_ABSENT)
    PERDURE_ABSENT(poll_workflow_task_queue, PollWorkflowTaskQueue)
    PERDURE_ABSENT(poll_activity_task_queue, PollActivityTaskQueue)
    PERDURE_ABSENT(respond_workflow_task_completed, RespondWorkflowTaskCompleted)
    PERDURE_ABSENT(respond_workflow_task_failed, RespondWorkflowTaskFailed)
    PERDURE_ABSENT(respond_query_task_completed, RespondQueryTaskCompleted)
    PERDURE_ABSENT(reset_sticky_task_queue, ResetStickyTaskQueue)
#undef PERDURE_ABSENT

  private:
    std::function<service_failure()> refusal_;
};

}  // namespace

std::unique_ptr<node> make_absent_node(std::function<service_failure()> refusal) {
    return std::make_unique<absent_node>(std::move(refusal));
}

}  // namespace perdure::server
