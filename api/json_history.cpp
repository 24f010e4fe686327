#include "api/json.hpp"

namespace perdure {
namespace {

bool is_list(std::string_view json) {
    const std::size_t first = json.find_first_not_of(" \n\r\t");
    return first != std::string_view::npos && json[first] == '[';
}

/// The bare list, read as if it stood in an export.
result<done> parse_events(std::string_view json, pb::history::History& into, const json_parse_options& how) {
    result<json_value> events = parse_json(json);
    if (!events) return events.error();
    json_value::object wrapped;
    wrapped.push_back({"events", std::move(*events)});
    return parse_message(json_value(std::move(wrapped)), into, how);
}

}  // namespace

result<pb::history::History> parse_history(std::string_view json, unknown_fields unknown) {
    pb::history::History history;
    const json_parse_options how{.payload_shorthand = false, .unknown = unknown};
    const auto parsed = is_list(json) ? parse_events(json, history, how) : parse_message(json, history, how);
    if (!parsed) return parsed.error();
    if (history.events().empty()) {
        return service_failure{status_code::invalid_argument,
                               "the history has no events; export one with `perdure workflow show --output json`"};
    }
    for (int i = 0; i < history.events_size(); ++i) {
        if (history.events(i).event_id() == i + 1) continue;
        return service_failure{status_code::invalid_argument, "field \"events[" + std::to_string(i) + "].eventId\" must be " +
                                                                  std::to_string(i + 1) + ", but is " +
                                                                  std::to_string(history.events(i).event_id()) +
                                                                  "; a history starts at 1 and has no gaps"};
    }
    return history;
}

result<std::string> print_history(const pb::history::History& history, json_style style) {
    return print_message(history, {.payload_shorthand = false, .style = style});
}

}  // namespace perdure
