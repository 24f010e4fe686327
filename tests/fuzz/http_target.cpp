#include <string>

#include "api/assert.hpp"
#include "api/ids.hpp"
#include "api/json.hpp"
#include "server/http/message_fields.hpp"
#include "server/http/operation.hpp"
#include "server/http/route.hpp"
#include "server/http/uri.hpp"
#include "tests/fuzz/targets.hpp"

namespace perdure::fuzz {

void http_target(std::string_view input) {
    const std::size_t line = input.find('\n');
    const std::string_view verb = line == std::string_view::npos ? "GET" : input.substr(0, line);
    const auto target = server::parse_target(line == std::string_view::npos ? input : input.substr(line + 1));
    if (!target) return;
    for (const std::string& segment : target->path) PERDURE_ASSERT(is_valid_utf8(segment), "a path that was read is text");
    const auto found = server::find_route(verb, target->path);
    const auto* match = std::get_if<server::route_match>(&found);
    const server::operation* asked = match == nullptr ? nullptr : server::find_operation(match->operation);
    if (asked == nullptr) return;
    const auto request = asked->make_request();
    for (const auto& [field, value] : match->fields) server::set_text_field(*request, field, value);
    const auto json = server::query_as_json(*request->GetDescriptor(), target->query);
    if (!json || !parse_message(*json, *request)) return;
    PERDURE_ASSERT(print_message(*request), "a request that was read can be written");
}

}  // namespace perdure::fuzz
