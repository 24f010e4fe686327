// The order's workflow as another edition has it; for replays, so it comes without activities.
#include <perdure/worker_main.hpp>

#include "order.workflow.hpp"

int main(int argc, char** argv) {
    return perdure::worker_main(argc, argv, {.task_queue = "orders"},
                                [](perdure::worker& worker) { worker.add_workflow<shop::OrderWorkflow>(); });
}
