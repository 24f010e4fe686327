#include "sdk/client/calls.hpp"

#include <utility>

#include "api/payload.hpp"
#include "perdure/client.hpp"
#include "sdk/client/requests.hpp"

namespace perdure::detail {

std::exception_ptr to_exception(const service_failure& refusal) {
    try {
        service_error::raise(refusal);
    } catch (...) {
        return std::current_exception();
    }
}

void start_call(const std::shared_ptr<connection>& via, std::string_view type, std::vector<raw_payload> input,
                const start_options& options, call_end<std::shared_ptr<untyped_run>> done) {
    if (auto problem = problem_of(options)) return done(to_exception(*problem), nullptr);
    via->service().start_workflow_execution(
        start_request(*via, type, std::move(input), options),
        [via, id = options.id, done = std::move(done)](result<pb::service::StartWorkflowExecutionResponse> answer) {
            if (!answer) return done(to_exception(answer.error()), nullptr);
            const std::string& first =
                answer->first_execution_run_id().empty() ? answer->run_id() : answer->first_execution_run_id();
            done(nullptr, std::make_shared<untyped_run>(via, id, answer->run_id(), first));
        });
}

void signal_call(const run_target& run, std::string_view name, std::vector<raw_payload> input, call_end<> done) {
    pb::service::SignalWorkflowExecutionRequest request;
    request.set_namespace_(run.via->space());
    request.set_identity(run.via->identity());
    request.set_request_id(run.via->make_request_id());
    request.mutable_workflow_execution()->set_workflow_id(run.workflow_id);
    request.mutable_workflow_execution()->set_run_id(run.run_id);
    request.set_signal_name(std::string(name));
    if (!input.empty()) *request.mutable_input() = perdure::to_proto(std::move(input));
    run.via->service().signal_workflow_execution(
        std::move(request), [via = run.via, done = std::move(done)](result<pb::service::SignalWorkflowExecutionResponse> answer) {
            done(answer ? nullptr : to_exception(answer.error()));
        });
}

void query_call(const run_target& run, std::string_view name, std::vector<raw_payload> input,
                call_end<std::vector<raw_payload>> done) {
    pb::service::QueryWorkflowRequest request;
    request.set_namespace_(run.via->space());
    request.mutable_execution()->set_workflow_id(run.workflow_id);
    request.mutable_execution()->set_run_id(run.run_id);
    request.mutable_query()->set_query_type(std::string(name));
    if (!input.empty()) *request.mutable_query()->mutable_query_args() = perdure::to_proto(std::move(input));
    run.via->service().query_workflow(std::move(request),
                                      [via = run.via, done = std::move(done)](result<pb::service::QueryWorkflowResponse> answer) {
                                          if (!answer) return done(to_exception(answer.error()), {});
                                          done(nullptr, perdure::from_proto(std::move(*answer->mutable_query_result())));
                                      });
}

void cancel_call(const run_target& run, std::string reason, call_end<> done) {
    pb::service::RequestCancelWorkflowExecutionRequest request;
    request.set_namespace_(run.via->space());
    request.set_identity(run.via->identity());
    request.set_request_id(run.via->make_request_id());
    request.mutable_workflow_execution()->set_workflow_id(run.workflow_id);
    request.mutable_workflow_execution()->set_run_id(run.run_id);
    request.set_first_execution_run_id(run.first_run_id);
    request.set_reason(std::move(reason));
    run.via->service().request_cancel_workflow_execution(
        std::move(request),
        [via = run.via, done = std::move(done)](result<pb::service::RequestCancelWorkflowExecutionResponse> answer) {
            done(answer ? nullptr : to_exception(answer.error()));
        });
}

void terminate_call(const run_target& run, std::string reason, call_end<> done) {
    pb::service::TerminateWorkflowExecutionRequest request;
    request.set_namespace_(run.via->space());
    request.set_identity(run.via->identity());
    request.mutable_workflow_execution()->set_workflow_id(run.workflow_id);
    request.mutable_workflow_execution()->set_run_id(run.run_id);
    request.set_first_execution_run_id(run.first_run_id);
    request.set_reason(std::move(reason));
    run.via->service().terminate_workflow_execution(
        std::move(request),
        [via = run.via, done = std::move(done)](result<pb::service::TerminateWorkflowExecutionResponse> answer) {
            done(answer ? nullptr : to_exception(answer.error()));
        });
}

void describe_call(const run_target& run, call_end<std::shared_ptr<run_description>> done) {
    pb::service::DescribeWorkflowExecutionRequest request;
    request.set_namespace_(run.via->space());
    request.mutable_execution()->set_workflow_id(run.workflow_id);
    request.mutable_execution()->set_run_id(run.run_id);
    run.via->service().describe_workflow_execution(
        std::move(request),
        [via = run.via, done = std::move(done)](result<pb::service::DescribeWorkflowExecutionResponse> answer) {
            if (!answer) return done(to_exception(answer.error()), nullptr);
            done(nullptr, std::make_shared<run_description>(to_description(*answer)));
        });
}

}  // namespace perdure::detail
