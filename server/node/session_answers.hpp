#pragma once

#include "server/node/node_core.hpp"
#include "server/node/session.hpp"

#include <concepts>
#include <string>
#include <utility>

namespace perdure::server {

template <class Response>
void session::answer(std::uint64_t request_id, result<Response>&& what) {
    if (!what) {
        complain(request_id, what.error());
        return;
    }
    if (request_id == 0) return;
    pb::worker::ServerMessage message;
    message.set_request_id(request_id);
    if constexpr (std::same_as<Response, pb::service::RespondWorkflowTaskCompletedResponse>) {
        *message.mutable_workflow_task_completed() = std::move(*what);
    } else if constexpr (std::same_as<Response, pb::service::RecordActivityTaskHeartbeatResponse>) {
        *message.mutable_activity_heartbeat() = std::move(*what);
    } else if constexpr (std::same_as<Response, pb::service::GetWorkflowExecutionHistoryResponse>) {
        *message.mutable_get_history() = std::move(*what);
    } else {
        message.mutable_done();
    }
    send(std::move(message));
}

template <class Response>
reply<Response> session::answering(std::uint64_t request_id) {
    return [node = node_, id = id_, request_id](result<Response>&& what) {
        if (session* to = node->find_session(id)) to->answer(request_id, std::move(what));
    };
}

template <class Response>
reply<Response> session::settling(std::uint64_t request_id, std::string task_token) {
    return [node = node_, id = id_, request_id, token = std::move(task_token)](result<Response>&& what) {
        session* to = node->find_session(id);
        if (to == nullptr) return;
        if (what || !what.error().retryable()) to->settle(token);
        to->answer(request_id, std::move(what));
    };
}

template <class Request>
bool session::adopt(std::uint64_t request_id, Request& request) {
    if (request.namespace_().empty()) {
        request.set_namespace_(name_space_);
    } else if (request.namespace_() != name_space_) {
        complain(request_id, {status_code::invalid_argument, "the request is for namespace '" + request.namespace_() +
                                                                 "', but this connection said Hello for '" + name_space_ +
                                                                 "'; open a connection for each namespace"});
        return false;
    }
    if constexpr (requires { request.set_identity(std::string()); }) {
        if (request.identity().empty()) request.set_identity(identity_);
    }
    return true;
}

}  // namespace perdure::server
