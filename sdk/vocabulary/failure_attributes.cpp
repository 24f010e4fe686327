#include "sdk/vocabulary/failure_attributes.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/payload.hpp"

namespace perdure::detail {

void hide_attributes(pb::failure::Failure& failure) {
    if (failure.has_encoded_attributes() && failure.message() == encoded_failure_message) return;
    const nlohmann::ordered_json attributes{{"message", failure.message()}, {"stack_trace", failure.stack_trace()}};
    // Messages of exceptions hold whatever bytes their author gave them.
    *failure.mutable_encoded_attributes() =
        json_payload(attributes.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    failure.set_message(encoded_failure_message);
    failure.clear_stack_trace();
}

void restore_attributes(pb::failure::Failure& failure) {
    if (!failure.has_encoded_attributes() || encoding_of(failure.encoded_attributes()) != encoding::json) return;
    const auto attributes = nlohmann::json::parse(failure.encoded_attributes().data(), nullptr, false);
    if (!attributes.is_object()) return;
    const auto message = attributes.find("message");
    const auto stack = attributes.find("stack_trace");
    if (message == attributes.end() || !message->is_string()) return;
    failure.set_message(message->get<std::string>());
    if (stack != attributes.end() && stack->is_string()) failure.set_stack_trace(stack->get<std::string>());
    failure.clear_encoded_attributes();
}

}  // namespace perdure::detail
