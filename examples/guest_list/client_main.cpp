// Starts a guest list, sends it guests, asks who is there and waits for its end.
#include <cstdlib>
#include <iostream>
#include <perdure/client.hpp>

#include "guest_list.hpp"

using namespace std::chrono_literals;

int main() {
    try {
        const perdure::client client = perdure::client::connect(perdure::endpoint::from_env());
        const auto run = client.start<party::GuestListFlow>(
            party::Plan{.seats = 2}, {.id = "wedding", .task_queue = "parties", .on_conflict = perdure::use_existing});
        run.signal(party::GuestListFlow::arrival, party::Guest{.name = "Ann"});
        std::cout << run.query(party::GuestListFlow::guests).names.size() << " of 2 are here\n";

        run.signal(party::GuestListFlow::arrival, party::Guest{.name = "Bob"});
        const party::GuestList list = run.result(1min);
        for (const std::string& name : list.names) std::cout << name << '\n';
        return EXIT_SUCCESS;
    } catch (const perdure::workflow_failure& failed) {  // the workflow did not complete: what() has the chain of causes
        std::cerr << failed.what() << '\n';
    } catch (const perdure::service_error& refused) {  // no answer, or a refusal
        std::cerr << refused.what() << '\n';
    }
    return EXIT_FAILURE;
}
