#pragma once

#include <string>
#include <vector>

#include "sdk/guards/remedies.hpp"
#include "tools/workflow_check/graph.hpp"

namespace perdure::workflow_check {

/// A way from workflow code to a function that it may not call.
struct finding {
    std::vector<std::string> path;  ///< readable names, the workflow's own function first
    guards::ban reason{};
};

/// Everything forbidden that workflow code reaches, each call once, by its shortest path.
///
/// A walk begins at each user's function of the workflow objects that no other one of them uses. It goes through helpers and
/// the C++ library's templates, and ends at the SDK's functions. What is only reached as a side effect may do anything.
[[nodiscard]] std::vector<finding> find(const graph& all);

/// "shop::OrderWorkflow::run -> shop::price_of -> std::chrono::system_clock::now: the answer differs at replay; use ctx.now()"
[[nodiscard]] std::string sentence(const finding& of);

}  // namespace perdure::workflow_check
