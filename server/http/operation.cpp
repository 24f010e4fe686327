#include "server/http/operation.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace perdure::server {
namespace {

template <class Request>
message_ptr make() {
    return std::make_unique<Request>();
}

template <class Request, class Response, void (*Function)(node&, Request, reply<Response>)>
void call(node& on, message_ptr request, message_reply done) {
    auto& typed = static_cast<Request&>(*request);
    Function(on, std::move(typed), [done = std::move(done)](result<Response>&& answer) {
        if (!answer) return done(std::move(answer.error()));
        done(message_ptr(std::make_unique<Response>(*std::move(answer))));
    });
}

// The polls of Temporal's service are the node's, next to the frontend's operations.
#define PERDURE_NODE_OPERATIONS(X)                                   \
    X(poll_workflow_task_queue, PollWorkflowTaskQueue)               \
    X(poll_activity_task_queue, PollActivityTaskQueue)               \
    X(respond_workflow_task_completed, RespondWorkflowTaskCompleted) \
    X(respond_workflow_task_failed, RespondWorkflowTaskFailed)       \
    X(respond_query_task_completed, RespondQueryTaskCompleted)       \
    X(reset_sticky_task_queue, ResetStickyTaskQueue)

#define PERDURE_OPERATION(function, Name)                                                                         \
    operation{#Name, &make<pb::service::Name##Request>,                                                           \
              &call<pb::service::Name##Request, pb::service::Name##Response,                                      \
                    [](node& on, pb::service::Name##Request request, reply<pb::service::Name##Response> answer) { \
                        on.function(std::move(request), std::move(answer));                                       \
                    }>},

const std::array all_operations{PERDURE_FRONTEND_OPERATIONS(PERDURE_OPERATION) PERDURE_NODE_OPERATIONS(PERDURE_OPERATION)};

#undef PERDURE_OPERATION
#undef PERDURE_NODE_OPERATIONS

}  // namespace

std::span<const operation> operations() noexcept { return all_operations; }

const operation* find_operation(std::string_view name) noexcept {
    const auto found = std::ranges::find(all_operations, name, &operation::name);
    return found == all_operations.end() ? nullptr : &*found;
}

bool is_long_poll(const google::protobuf::Message& request) {
    const google::protobuf::Descriptor* type = request.GetDescriptor();
    if (type == pb::service::GetWorkflowExecutionHistoryRequest::descriptor())
        return static_cast<const pb::service::GetWorkflowExecutionHistoryRequest&>(request).wait_new_event();
    if (type == pb::service::StartWorkflowExecutionRequest::descriptor())
        return static_cast<const pb::service::StartWorkflowExecutionRequest&>(request).perdure_wait_for_close();
    return type == pb::service::PollWorkflowTaskQueueRequest::descriptor() ||
           type == pb::service::PollActivityTaskQueueRequest::descriptor() ||
           type == pb::service::QueryWorkflowRequest::descriptor();
}

}  // namespace perdure::server
