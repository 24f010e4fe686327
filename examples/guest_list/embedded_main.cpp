// Server, worker and client in one process; guest_list.db keeps what happened.
#include <cstdlib>
#include <iostream>
#include <perdure/embedded.hpp>
#include <perdure/worker.hpp>

#include "guest_list.hpp"

using namespace std::chrono_literals;

int main() {
    try {
        const perdure::embedded_server server({.database = "guest_list.db"});
        const perdure::client client = server.client();
        perdure::worker worker(client, {.task_queue = "parties", .least_log_level = perdure::log_level::warning});
        worker.add_workflow<party::GuestListWorkflow>();
        worker.start();

        const auto run = client.start<party::GuestListFlow>(party::Plan{.seats = 1}, {.id = "dinner", .task_queue = "parties"});
        run.signal(party::GuestListFlow::arrival, party::Guest{.name = "Ann"});
        std::cout << run.result(1min).names.front() << " came to dinner\n";
        worker.stop();
        return EXIT_SUCCESS;
    } catch (const perdure::error& trouble) {
        std::cerr << trouble.what() << '\n';
        return EXIT_FAILURE;
    }
}
