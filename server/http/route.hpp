#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace perdure::server {

/// One path of the HTTP API. `{field.path}` in it is a field of the request message.
struct route {
    std::string_view verb;
    std::string_view path;
    /// The operation's name in Temporal's WorkflowService.
    std::string_view operation;
};

/// Every route, without the prefix: each is served as written and below `/api/v1`, as Temporal's annotations say.
[[nodiscard]] std::span<const route> routes() noexcept;

/// A route that fits, and the fields its path gave.
struct route_match {
    std::string_view operation;
    std::vector<std::pair<std::string, std::string>> fields;
};

/// The path exists, but not with this verb.
struct wrong_verb {
    std::string allowed;
};

struct no_route {};

/// Finds what serves a path; `path` is decoded, a segment an element. Next to the routes, each operation answers a POST on
/// the path that gRPC gives it, `/temporal.api.workflowservice.v1.WorkflowService/<Operation>`.
[[nodiscard]] std::variant<route_match, wrong_verb, no_route> find_route(std::string_view verb,
                                                                         const std::vector<std::string>& path);

/// The first segment of gRPC's paths.
inline constexpr std::string_view grpc_service = "temporal.api.workflowservice.v1.WorkflowService";

}  // namespace perdure::server
