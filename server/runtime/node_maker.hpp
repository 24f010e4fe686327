#pragma once

#include <functional>
#include <memory>

#include "api/result.hpp"
#include "api/time.hpp"
#include "history_service/shard/background.hpp"
#include "server/config/options.hpp"
#include "server/log/log.hpp"
#include "server/metrics/metrics.hpp"
#include "server/node/node.hpp"

namespace perdure::server {

/// What a node stands on. All of it outlives the node.
struct node_ground {
    history::background& writes;
    history::background& lists;
    logger& log;
    metrics& measured;
    wall_time now;
};

/// A node, and whatever must live as long as it does: its store, its sources of ids.
struct owned_node {
    std::shared_ptr<void> beneath;
    std::unique_ptr<node> served;
};

using node_maker = std::function<result<owned_node>(const node_ground&)>;

/// Opens the store that the options name and makes a node on it. A lost or locked file is refused with the remedy.
[[nodiscard]] node_maker make_node_on_store(const options& from);

}  // namespace perdure::server
