#include "api/token.hpp"

#include "api/assert.hpp"
#include "api/ids.hpp"
#include "api/wire_reader.hpp"
#include "perdure/token.pb.h"

namespace perdure {
namespace {

using message = perdure::token::v1::TaskToken;
constexpr std::uint32_t token_version = 1;
constexpr std::size_t max_token_bytes = 16 * 1024;  // seven ids of at most 1000 bytes, and room

// Of all fields: tags, numbers, and lengths of texts.
constexpr std::size_t fixed_bytes = 96;

// Tokens are made and read at each step of each run, so their few fields are written and read without a message in between.

void put(std::string& bytes, int field, std::uint64_t value) {
    if (value != 0) append_number_field(bytes, field, value);
}

void put(std::string& bytes, int field, const std::string& text) {
    if (text.empty()) return;
    append_field_head(bytes, field, text.size());
    bytes += text;
}

struct fields {
    std::uint64_t version = 0;
    std::uint64_t kind = 0;
    task_token& token;
};

bool take_number(fields& to, std::uint64_t field, std::uint64_t value) {
    switch (field) {
        case message::kVersionFieldNumber:
            to.version = value;
            return true;
        case message::kKindFieldNumber:
            to.kind = value;
            return true;
        case message::kScheduledEventIdFieldNumber:
            to.token.scheduled_event_id = static_cast<std::int64_t>(value);
            return true;
        case message::kStartedEventIdFieldNumber:
            to.token.started_event_id = static_cast<std::int64_t>(value);
            return true;
        case message::kAttemptFieldNumber:
            to.token.attempt = static_cast<std::int32_t>(value);
            return true;
        case message::kRunNumberFieldNumber:
            to.token.run_number = static_cast<std::int64_t>(value);
            return true;
        default:
            return false;
    }
}

std::string* text_of(task_token& token, std::uint64_t field) {
    switch (field) {
        case message::kNamespaceFieldNumber:
            return &token.space;
        case message::kWorkflowIdFieldNumber:
            return &token.workflow_id;
        case message::kRunIdFieldNumber:
            return &token.run_id;
        case message::kActivityIdFieldNumber:
            return &token.activity_id;
        case message::kRequestIdFieldNumber:
            return &token.request_id;
        case message::kQueryIdFieldNumber:
            return &token.query_id;
        case message::kTaskQueueFieldNumber:
            return &token.task_queue;
        default:
            return nullptr;
    }
}

// False for anything that `encode_token` does not write. Of the kinds of fields it knows those two alone, which takes a fifth
// less time than a `wire_reader`.
bool take_fields(std::string_view bytes, fields& to) {
    to.token.attempt = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        std::uint64_t tag = 0;
        std::uint64_t value = 0;
        if (!read_varint(bytes, at, tag) || !read_varint(bytes, at, value)) return false;
        const auto type = static_cast<wire_type>(tag & 7U);
        if (type == wire_type::varint) {
            if (!take_number(to, tag >> 3U, value)) return false;
            continue;
        }
        std::string* const text = text_of(to.token, tag >> 3U);
        if (type != wire_type::with_length || text == nullptr || value > bytes.size() - at) return false;
        text->assign(bytes.substr(at, value));
        if (!is_valid_utf8(*text)) return false;
        at += value;
    }
    return true;
}

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
    std::string bytes;
    bytes.reserve(fixed_bytes + token.space.size() + token.workflow_id.size() + token.run_id.size() + token.activity_id.size() +
                  token.request_id.size() + token.query_id.size() + token.task_queue.size());
    put(bytes, message::kVersionFieldNumber, token_version);
    put(bytes, message::kKindFieldNumber, static_cast<std::uint64_t>(token.kind));
    put(bytes, message::kNamespaceFieldNumber, token.space);
    put(bytes, message::kWorkflowIdFieldNumber, token.workflow_id);
    put(bytes, message::kRunIdFieldNumber, token.run_id);
    put(bytes, message::kScheduledEventIdFieldNumber, static_cast<std::uint64_t>(token.scheduled_event_id));
    put(bytes, message::kStartedEventIdFieldNumber, static_cast<std::uint64_t>(token.started_event_id));
    put(bytes, message::kAttemptFieldNumber, static_cast<std::uint64_t>(std::int64_t{token.attempt}));
    put(bytes, message::kActivityIdFieldNumber, token.activity_id);
    put(bytes, message::kRequestIdFieldNumber, token.request_id);
    put(bytes, message::kQueryIdFieldNumber, token.query_id);
    put(bytes, message::kTaskQueueFieldNumber, token.task_queue);
    put(bytes, message::kRunNumberFieldNumber, static_cast<std::uint64_t>(token.run_number));
    return bytes;
}

result<task_token> decode_token(std::string_view bytes) {
    if (bytes.empty()) return refuse("it is empty");
    if (bytes.size() > max_token_bytes) return refuse("it has " + std::to_string(bytes.size()) + " bytes");
    result<task_token> made{task_token{}};
    fields in{.token = *made};
    if (!take_fields(bytes, in)) return refuse("the bytes are damaged");
    if (in.version != token_version || in.token.workflow_id.empty() || in.token.run_id.empty()) {
        return refuse("these bytes are no token of this service");
    }
    if (in.kind == message::KIND_UNSPECIFIED || in.kind > message::Kind_MAX) {
        return refuse("it names an unknown kind of task");
    }
    in.token.kind = static_cast<task_kind>(in.kind);
    return made;
}

result<task_token> decode_token(std::string_view bytes, task_kind expected) {
    result<task_token> token = decode_token(bytes);
    if (token && token->kind != expected)
        token = refuse("it is the token of a " + std::string(to_string(token->kind)) + ", not of a " +
                       std::string(to_string(expected)));
    return token;
}

}  // namespace perdure
