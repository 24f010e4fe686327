#pragma once

#include "api/result.hpp"
#include "history_service/engine/environment.hpp"
#include "history_service/shard/background.hpp"
#include "history_service/store/store.hpp"
#include "server/node/node.hpp"
#include "server/node/options.hpp"

#include <memory>
#include <optional>

namespace perdure::server {

/// What a node stands on. Everything must outlive it.
struct node_environment {
    history::store& rows;
    /// Run ids and request ids: random in a server, counted in tests.
    history::id_source& ids;
    /// Where commits are made. What follows a commit must come back to the thread that drives the node.
    history::background& writes;
    /// Where lists and counts are made, beside the commits.
    history::background& lists;
    /// Where runs that are due soon are read, beside both.
    history::background& reads;
    /// The store's lease, if its owner has taken it already.
    std::optional<history::shard_lease> lease{};
};

/// A node on a store, at the time `now`. It takes the store's lease unless it is given one: a node that had it before is refused
/// from then on. Errors: the store's.
[[nodiscard]] result<std::unique_ptr<node>> make_node(node_options options, const node_environment& environment, wall_time now);

}  // namespace perdure::server
