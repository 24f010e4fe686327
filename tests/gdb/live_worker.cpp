// A worker process for debuggers to look at: says "ready" when its runs wait, and stays until it is killed.

#include <chrono>
#include <cstdio>
#include <functional>
#include <perdure/embedded.hpp>
#include <perdure/worker.hpp>
#include <thread>

#include "order.workflow.hpp"
#include "tests/gdb/yard.workflow.hpp"

namespace {

using namespace std::chrono_literals;

bool eventually(const std::function<bool()>& holds) {
    for (int tries = 0; tries < 3000; ++tries) {
        if (holds()) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

shop::Order large(const std::string& id) {
    return {.id = id, .customer = "eve", .email = "e@x.org", .card = "ok", .lines = {{"sku-1", 2}}, .amount_cents = 420'000};
}

}  // namespace

int main() {
    const perdure::embedded_server server({.log_level = "off"});
    const perdure::client client = server.client();
    perdure::worker worker(client,
                           {.task_queue = "q", .workflow_threads = 1, .activity_threads = 2, .log_to = [](auto, auto) {}});
    worker.add_workflow<shop::OrderWorkflow>();
    worker.add_workflow<yard::Yard>();
    worker.add_activity(shop::act::validate, [](const shop::Order&) {});
    worker.add_activity(shop::act::reserve, [](const shop::Hold&) {});
    worker.start();

    // One after the other, so that the debugger finds them in this order.
    for (const char* id : {"order-1", "order-2"}) {
        const auto run = client.start<shop::OrderFlow>(large(id), {.id = id, .task_queue = "q"});
        const auto waits = [&] { return run.query(shop::OrderFlow::status).stage == shop::Stage::awaiting_approval; };
        if (!eventually(waits)) return 1;
    }
    const auto yard = client.start<yard::YardFlow>("bob", {.id = "yard-1", .task_queue = "q"});
    // A query is answered when what came before it is done: each signal then has a task of its own.
    const auto settle = [&] { return yard.query(yard::YardFlow::waiting); };
    (void)settle();
    yard.signal(yard::YardFlow::tree, "oak");
    (void)settle();
    yard.signal(yard::YardFlow::tree, "elm");
    (void)settle();
    yard.signal(yard::YardFlow::water, 7);
    if (!eventually([&] { return settle() == 4; })) return 1;

    std::puts("ready");
    std::fflush(stdout);
    for (;;) std::this_thread::sleep_for(1h);
}
