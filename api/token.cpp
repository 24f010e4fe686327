#include "api/token.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "api/assert.hpp"
#include "perdure/token.pb.h"

namespace perdure {
namespace {

using message = perdure::token::v1::TaskToken;
constexpr std::uint32_t token_version = 1;
constexpr std::size_t max_token_bytes = 16 * 1024;  // seven ids of at most 1000 bytes, and room

service_failure refuse(const std::string& reason) {
    return {status_code::invalid_argument,
            "Error deserializing task token: " + reason + ". Send back the bytes that came with the task, unchanged."};
}

}  // namespace

std::string_view to_string(task_kind kind) noexcept {
    switch (kind) {
        case task_kind::workflow:
            return "workflow task";
        case task_kind::activity:
            return "activity task";
        case task_kind::query:
            return "query task";
    }
    return "unknown task";
}

std::string encode_token(const task_token& token) {
    PERDURE_ASSERT(!token.workflow_id.empty() && !token.run_id.empty(), "a task token names a run");
    message out;
    out.set_version(token_version);
    out.set_kind(static_cast<message::Kind>(token.kind));
    out.set_namespace_(token.space);
    out.set_workflow_id(token.workflow_id);
    out.set_run_id(token.run_id);
    out.set_scheduled_event_id(token.scheduled_event_id);
    out.set_started_event_id(token.started_event_id);
    out.set_attempt(token.attempt);
    out.set_activity_id(token.activity_id);
    out.set_request_id(token.request_id);
    out.set_query_id(token.query_id);
    out.set_task_queue(token.task_queue);
    std::string bytes;
    {
        google::protobuf::io::StringOutputStream stream(&bytes);
        google::protobuf::io::CodedOutputStream coded(&stream);
        coded.SetSerializationDeterministic(true);
        out.SerializeToCodedStream(&coded);
    }
    return bytes;
}

result<task_token> decode_token(std::string_view bytes) {
    if (bytes.empty()) return refuse("it is empty");
    if (bytes.size() > max_token_bytes) return refuse("it has " + std::to_string(bytes.size()) + " bytes");
    message in;
    if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return refuse("the bytes are damaged");
    if (in.version() != token_version || in.workflow_id().empty() || in.run_id().empty()) {
        return refuse("these bytes are no token of this service");
    }
    if (in.kind() == message::KIND_UNSPECIFIED || !message::Kind_IsValid(in.kind())) {
        return refuse("it names an unknown kind of task");
    }
    return task_token{.kind = static_cast<task_kind>(in.kind()),
                      .space = std::move(*in.mutable_namespace_()),
                      .workflow_id = std::move(*in.mutable_workflow_id()),
                      .run_id = std::move(*in.mutable_run_id()),
                      .scheduled_event_id = in.scheduled_event_id(),
                      .started_event_id = in.started_event_id(),
                      .attempt = in.attempt(),
                      .activity_id = std::move(*in.mutable_activity_id()),
                      .request_id = std::move(*in.mutable_request_id()),
                      .query_id = std::move(*in.mutable_query_id()),
                      .task_queue = std::move(*in.mutable_task_queue())};
}

result<task_token> decode_token(std::string_view bytes, task_kind expected) {
    result<task_token> token = decode_token(bytes);
    if (!token || token->kind == expected) return token;
    return refuse("it is the token of a " + std::string(to_string(token->kind)) + ", not of a " +
                  std::string(to_string(expected)));
}

}  // namespace perdure
