#include "perdure/client.hpp"

#include <cstdlib>
#include <utility>

#include "api/payload.hpp"
#include "sdk/client/blocking.hpp"
#include "sdk/client/codec_connection.hpp"
#include "sdk/client/http_connection.hpp"
#include "sdk/client/requests.hpp"
#include "sdk/vocabulary/failure_conversion.hpp"

namespace perdure {

using detail::blocking;
using detail::blocking_reply;
using detail::blocking_void;

endpoint endpoint::from_env() {
    endpoint where;
    if (const char* address = std::getenv("PERDURE_ADDRESS"); address != nullptr && *address != '\0') where.target = address;
    if (const char* space = std::getenv("PERDURE_NAMESPACE"); space != nullptr && *space != '\0') where.space = space;
    return where;
}

client client::connect(endpoint where) {
    auto servers = detail::server_list::parse(where.target);
    if (!servers) service_error::raise(servers.error());
    std::string identity = where.identity.empty() ? detail::default_identity() : std::move(where.identity);
    auto via = std::make_shared<detail::http_connection>(*std::move(servers), std::move(where.space), std::move(identity),
                                                         where.patience);
    return client(detail::with_conversion(std::move(via), std::move(where.conversion)));
}

client::client(std::shared_ptr<detail::connection> via) noexcept : via_(std::move(via)) {}

const std::string& client::space() const noexcept { return via_->space(); }
const std::string& client::identity() const noexcept { return via_->identity(); }

untyped_run client::start_untyped(std::string_view workflow_type, std::vector<raw_payload> input,
                                  const start_options& options) const {
    return *blocking<std::shared_ptr<untyped_run>>(
        *via_, [&](auto done) { detail::start_call(via_, workflow_type, std::move(input), options, std::move(done)); });
}

std::vector<raw_payload> client::execute_untyped(std::string_view workflow_type, std::vector<raw_payload> input,
                                                 const start_options& options, std::chrono::milliseconds limit) const {
    return blocking<std::vector<raw_payload>>(
        *via_, [&](auto done) { detail::execute_call(via_, workflow_type, std::move(input), options, limit, std::move(done)); });
}

untyped_run client::signal_with_start_untyped(std::string_view workflow_type, std::vector<raw_payload> input,
                                              std::string_view signal, std::vector<raw_payload> message,
                                              const start_options& options) const {
    if (auto problem = detail::problem_of(options)) service_error::raise(*problem);
    auto request = detail::signal_with_start_request(detail::start_request(*via_, workflow_type, std::move(input), options),
                                                     signal, std::move(message));
    const auto started = blocking_reply<pb::service::SignalWithStartWorkflowExecutionResponse>(
        *via_, [&](auto done) { via_->service().signal_with_start_workflow_execution(std::move(request), std::move(done)); });
    const std::string& first = started.first_execution_run_id().empty() ? started.run_id() : started.first_execution_run_id();
    return {via_, options.id, started.run_id(), first};
}

untyped_run client::attach_untyped(std::string workflow_id, std::string run_id) const {
    untyped_run attached(via_, std::move(workflow_id), run_id, {});
    attached.pin();
    return attached;
}

void client::complete_activity_untyped(const std::string& task_token, std::vector<raw_payload> result) const {
    pb::service::RespondActivityTaskCompletedRequest request;
    request.set_namespace_(space());
    request.set_identity(identity());
    request.set_task_token(task_token);
    if (!result.empty()) *request.mutable_result() = to_proto(std::move(result));
    (void)blocking_reply<pb::service::RespondActivityTaskCompletedResponse>(
        *via_, [&](auto done) { via_->service().respond_activity_task_completed(std::move(request), std::move(done)); });
}

void client::fail_activity(const std::string& task_token, const failure& why) const {
    pb::service::RespondActivityTaskFailedRequest request;
    request.set_namespace_(space());
    request.set_identity(identity());
    request.set_task_token(task_token);
    *request.mutable_failure() = detail::to_proto(why);
    (void)blocking_reply<pb::service::RespondActivityTaskFailedResponse>(
        *via_, [&](auto done) { via_->service().respond_activity_task_failed(std::move(request), std::move(done)); });
}

std::string client::server_version() const {
    return blocking_reply<pb::service::GetSystemInfoResponse>(
               *via_, [&](auto done) { via_->service().get_system_info({}, std::move(done)); })
        .server_version();
}

untyped_run::untyped_run(std::shared_ptr<detail::connection> via, std::string workflow_id, std::string run_id,
                         std::string first_run_id)
    : workflow_id_(workflow_id),
      run_id_(std::move(run_id)),
      target_{std::move(via), std::move(workflow_id), {}, std::move(first_run_id)} {}

void untyped_run::pin() { target_.run_id = run_id_; }

void untyped_run::signal(std::string_view name, std::vector<raw_payload> input) const {
    blocking_void(*target_.via, [&](auto done) { detail::signal_call(target_, name, std::move(input), std::move(done)); });
}

std::vector<raw_payload> untyped_run::query(std::string_view name, std::vector<raw_payload> input) const {
    return blocking<std::vector<raw_payload>>(
        *target_.via, [&](auto done) { detail::query_call(target_, name, std::move(input), std::move(done)); });
}

std::vector<raw_payload> untyped_run::result(std::chrono::milliseconds limit) const {
    return blocking<std::vector<raw_payload>>(*target_.via,
                                              [&](auto done) { detail::result_call(target_, limit, std::move(done)); });
}

void untyped_run::cancel(std::string reason) const {
    blocking_void(*target_.via, [&](auto done) { detail::cancel_call(target_, std::move(reason), std::move(done)); });
}

void untyped_run::terminate(std::string reason) const {
    blocking_void(*target_.via, [&](auto done) { detail::terminate_call(target_, std::move(reason), std::move(done)); });
}

run_description untyped_run::describe() const {
    return *blocking<std::shared_ptr<run_description>>(*target_.via,
                                                       [&](auto done) { detail::describe_call(target_, std::move(done)); });
}

std::vector<history_line> untyped_run::history() const {
    std::vector<history_line> lines;
    std::string token;
    do {
        pb::service::GetWorkflowExecutionHistoryRequest request;
        request.set_namespace_(target_.via->space());
        request.mutable_execution()->set_workflow_id(workflow_id_);
        request.mutable_execution()->set_run_id(run_id_);
        request.set_next_page_token(token);
        const auto page = blocking_reply<pb::service::GetWorkflowExecutionHistoryResponse>(*target_.via, [&](auto done) {
            target_.via->service().get_workflow_execution_history(std::move(request), std::move(done));
        });
        for (const auto& event : page.history().events()) lines.push_back(detail::to_line(event));
        token = page.next_page_token();
    } while (!token.empty());
    return lines;
}

}  // namespace perdure
