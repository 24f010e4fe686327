#pragma once

#include <perdure/worker.hpp>

#include "world/gateway_client.hpp"
#include "world/warehouse.hpp"

namespace shop {

/// Everything that the order's activities act upon. Must outlive the workers it is registered with.
struct World {
    Warehouse& warehouse;
    const GatewayClient& gateway;
};

/// Registers the order workflow and its activities.
void add_orders(perdure::worker& worker, const World& world);

}  // namespace shop
