#pragma once

#include <google/protobuf/util/json_util.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "api/frontend.hpp"
#include "tests/conformance/driver.hpp"
#include "tests/conformance/left_out.hpp"

namespace perdure::conformance {

using answer_handler = std::function<void(answer)>;

/// Proto-JSON to a message; a field or enum value that the contract does not know is refused as a server would.
template <class Message>
[[nodiscard]] result<Message> from_json(const json& document) {
    Message message;
    const auto status = google::protobuf::util::JsonStringToMessage(document.dump(), &message);
    if (!status.ok()) return service_failure{status_code::invalid_argument, "not a valid request: " + status.ToString()};
    return message;
}

template <class Message>
[[nodiscard]] json to_json(Message message) {
    clear_left_out(message);
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(message, &text);
    return status.ok() ? json::parse(text) : json("unprintable: " + status.ToString());
}

/// Wraps a handler of JSON answers as the reply of a typed operation.
template <class Response>
[[nodiscard]] reply<Response> json_reply(answer_handler done) {
    return [done = std::move(done)](result<Response> response) {
        if (response) {
            done(to_json(*std::move(response)));
        } else {
            done(std::move(response.error()));
        }
    };
}

/// Calls a member function of an interface that takes a request message and a reply.
template <class Interface, class Request, class Response>
[[nodiscard]] std::function<void(Interface&, const json&, answer_handler)> json_operation(
    void (Interface::*function)(Request, reply<Response>)) {
    return [function](Interface& target, const json& document, answer_handler done) {
        auto request = from_json<Request>(document);
        if (!request) return done(std::move(request.error()));
        (target.*function)(*std::move(request), json_reply<Response>(std::move(done)));
    };
}

using frontend_operation = std::function<void(frontend&, const json&, answer_handler)>;

/// Every operation of the contract's frontend by Temporal's name.
[[nodiscard]] const std::map<std::string, frontend_operation>& frontend_operations();

}  // namespace perdure::conformance
