// A worker process that keeps guest lists: guest_list_worker run --address http://127.0.0.1:7243
#include <perdure/worker_main.hpp>

#include "guest_list.hpp"

int main(int argc, char** argv) {
    return perdure::worker_main(argc, argv, {.task_queue = "parties"},
                                [](perdure::worker& worker) { worker.add_workflow<party::GuestListWorkflow>(); });
}
