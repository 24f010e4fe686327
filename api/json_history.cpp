#include "api/json.hpp"

namespace perdure {

result<pb::history::History> parse_history(std::string_view json, unknown_fields unknown) {
    result<json_value> value = parse_json(json);
    if (!value) return value.error();
    if (value->if_list() != nullptr) {
        json_value::object wrapped;
        wrapped.push_back({"events", std::move(*value)});
        value = json_value(std::move(wrapped));
    }
    pb::history::History history;
    const auto parsed = parse_message(*value, history, {.payload_shorthand = false, .unknown = unknown});
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
