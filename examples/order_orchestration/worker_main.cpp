// A worker process that runs orders: order_worker run --address http://127.0.0.1:7243
#include <charconv>
#include <cstdlib>
#include <perdure/worker_main.hpp>
#include <string>

#include "activities.hpp"

int main(int argc, char** argv) {
    const char* stock = std::getenv("SHOP_WAREHOUSE");
    const char* gateway_port = std::getenv("SHOP_GATEWAY_PORT");
    std::uint16_t port = 7300;
    if (gateway_port != nullptr) std::from_chars(gateway_port, gateway_port + std::string(gateway_port).size(), port);

    return perdure::worker_main(argc, argv, [&](perdure::worker_setup& setup) {
        // Replays need no warehouse, and must not make one.
        const char* file = stock != nullptr ? stock : "warehouse.db";
        static shop::Warehouse warehouse{setup.serves() ? file : ":memory:"};
        static const shop::GatewayClient gateway{port};
        shop::add_orders(setup.add_worker({.task_queue = "orders", .workflow_threads = 1, .activity_threads = 16}),
                         {.warehouse = warehouse, .gateway = gateway});
    });
}
