#include "tests/unit/server/fake_node.hpp"

#include <utility>

namespace perdure::server {
namespace {

class fake_session final : public worker_session {
  public:
    fake_session(fake_node& owner, session_sink sink) : owner_(owner), sink_(std::move(sink)) {
        ++owner_.sessions;
        ++owner_.sessions_ever;
    }
    ~fake_session() override { --owner_.sessions; }

    void receive(pb::worker::FromWorker& frame) override {
        for (const pb::worker::WorkerMessage& message : frame.messages()) {
            pb::worker::ServerMessage answer;
            answer.set_request_id(message.request_id());
            if (message.has_ping()) {
                answer.mutable_pong();
                sink_.send(std::move(answer));
            } else if (message.has_drain()) {
                sink_.close("drained");
            } else if (message.has_credit()) {
                // As many large messages as there are credits.
                answer.mutable_error()->set_message(std::string(1024UL * 1024, 'x'));
                for (std::uint32_t i = 0; i < message.credit().count(); ++i) sink_.send(pb::worker::ServerMessage(answer));
            }
        }
    }

    void set_unsent_bytes(std::size_t bytes) override { owner_.most_unsent = std::max(owner_.most_unsent, bytes); }

  private:
    fake_node& owner_;
    session_sink sink_;
};

}  // namespace

std::unique_ptr<worker_session> fake_node::open_session(session_sink sink) {
    return std::make_unique<fake_session>(*this, std::move(sink));
}

void fake_node::start_workflow_execution(pb::service::StartWorkflowExecutionRequest request,
                                         reply<pb::service::StartWorkflowExecutionResponse> done) {
    asked.emplace_back("StartWorkflowExecution");
    started = request;
    if (request.workflow_id() == "running") return done(service_failure{status_code::already_exists, "it runs", "run-1"});
    pb::service::StartWorkflowExecutionResponse response;
    response.set_run_id("run-of-" + request.workflow_id());
    done(std::move(response));
}

void fake_node::describe_workflow_execution(pb::service::DescribeWorkflowExecutionRequest request,
                                            reply<pb::service::DescribeWorkflowExecutionResponse> done) {
    asked.emplace_back("DescribeWorkflowExecution");
    if (request.execution().workflow_id() == "missing")
        return done(service_failure{status_code::not_found, "there is no workflow \"missing\""});
    pb::service::DescribeWorkflowExecutionResponse response;
    *response.mutable_workflow_execution_info()->mutable_execution() = request.execution();
    done(std::move(response));
}

void fake_node::get_workflow_execution_history(pb::service::GetWorkflowExecutionHistoryRequest request,
                                               reply<pb::service::GetWorkflowExecutionHistoryResponse> done) {
    asked.emplace_back("GetWorkflowExecutionHistory");
    if (request.wait_new_event()) return later.push_back(std::move(done));
    done(pb::service::GetWorkflowExecutionHistoryResponse{});
}

}  // namespace perdure::server
