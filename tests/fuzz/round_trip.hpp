#pragma once

#include "api/assert.hpp"
#include "api/json.hpp"

namespace perdure::fuzz {

/// What was read once must print, and read and print again the same.
template <class Message>
void expect_stable(const Message& message, const json_print_options& how) {
    const auto printed = print_message(message, how);
    if (!printed) return;  // bytes may hold what JSON cannot
    Message again;
    // Enum values of the future are kept as numbers, which a strict reader refuses.
    const auto parsed =
        parse_message(*printed, again, {.payload_shorthand = how.payload_shorthand, .unknown = unknown_fields::ignore});
    PERDURE_ASSERT(parsed.has_value(), "what was printed can be read");
    const auto second = print_message(again, how);
    PERDURE_ASSERT(second.has_value(), "what was read can be printed");
    PERDURE_ASSERT(*second == *printed, "printing is stable");
}

template <class Message>
void parse_and_print(std::string_view json) {
    for (const bool shorthand : {true, false}) {
        Message message;
        const json_parse_options how{.payload_shorthand = shorthand,
                                     .unknown = shorthand ? unknown_fields::refuse : unknown_fields::ignore};
        const auto parsed = parse_message(json, message, how);
        PERDURE_ASSERT(parsed.has_value() || !parsed.error().message.empty(), "a refusal says why");
        if (parsed) expect_stable(message, {.payload_shorthand = shorthand});
    }
}

}  // namespace perdure::fuzz
