#include "sdk/client/http_frontend.hpp"

#include <type_traits>
#include <utility>

#include "api/media_type.hpp"
#include "sdk/client/http_failure.hpp"

namespace perdure::detail {
namespace {

// Every operation answers on the path that gRPC gives it; the other paths are for people.
constexpr const char* path_prefix = "/temporal.api.workflowservice.v1.WorkflowService/";
constexpr std::chrono::milliseconds quick_limit{15'000};
// The server ends a long poll after at most a minute.
constexpr std::chrono::milliseconds long_poll_limit{75'000};
// With another server to turn to, one that hangs is given up sooner: polls of histories end after 20 s, queries after 10.
constexpr std::chrono::milliseconds quick_limit_with_choice{5'000};
constexpr std::chrono::milliseconds long_poll_limit_with_choice{25'000};

template <class Request>
bool waits(const Request& request) {
    if constexpr (std::is_same_v<Request, pb::service::GetWorkflowExecutionHistoryRequest>) return request.wait_new_event();
    if constexpr (std::is_same_v<Request, pb::service::StartWorkflowExecutionRequest>) return request.perdure_wait_for_close();
    return std::is_same_v<Request, pb::service::QueryWorkflowRequest>;
}

// Without a request id, doing it twice could be seen: the second terminate finds the run closed, the second answer of an
// activity finds it gone. These are repeated only while no byte was sent.
template <class Request>
bool repeatable(const Request& request) {
    if constexpr (requires { request.request_id(); }) return !request.request_id().empty();
    return !std::is_same_v<Request, pb::service::TerminateWorkflowExecutionRequest> &&
           !std::is_same_v<Request, pb::service::DeleteWorkflowExecutionRequest> && !requires { request.task_token(); } &&
           !requires { request.activity_id(); };
}

service_failure no_answer(const google::protobuf::Message& wanted) {
    return {.code = status_code::internal,
            .message = "the server's answer is no " + wanted.GetDescriptor()->full_name() + "; is it a Perdure server?"};
}

}  // namespace

http_frontend::http_frontend(http_address only, std::chrono::milliseconds patience)
    : http_frontend(std::make_shared<server_list>(std::move(only)), patience) {}

http_frontend::http_frontend(std::shared_ptr<server_list> servers, std::chrono::milliseconds patience)
    : quick_limit_(servers->is_choice() ? quick_limit_with_choice : quick_limit),
      long_poll_limit_(servers->is_choice() ? long_poll_limit_with_choice : long_poll_limit),
      pool_(std::move(servers)),
      patience_(patience) {}

http_frontend::~http_frontend() = default;

template <class Response, class Request>
void http_frontend::post(const char* operation, const Request& request, reply<Response> done) {
    pool_.send({.method = "POST",
                .target = std::string(path_prefix) + operation,
                .body = request.SerializeAsString(),
                .media_type = protobuf_media_type,
                .timeout = waits(request) ? long_poll_limit_ : quick_limit_,
                .repeatable = repeatable(request),
                .retry_for = patience_},
               [done = std::move(done)](result<http_reply> answer) {
                   if (!answer) return done(answer.error());
                   if (answer->status != 200) return done(read_failure(answer->status, answer->body));
                   Response response;
                   if (!response.ParseFromString(answer->body)) return done(no_answer(response));
                   done(std::move(response));
               });
}

#define PERDURE_HTTP_OPERATION(function, Name)                                                                  \
    void http_frontend::function(pb::service::Name##Request request, reply<pb::service::Name##Response> done) { \
        post<pb::service::Name##Response>(#Name, request, std::move(done));                                     \
    }
PERDURE_FRONTEND_OPERATIONS(PERDURE_HTTP_OPERATION)
#undef PERDURE_HTTP_OPERATION

}  // namespace perdure::detail
