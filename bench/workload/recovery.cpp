#include <perdure/worker.hpp>
#include <stdexcept>

#include "bench/stage/worker_settings.hpp"
#include "bench/workflows/inbox.hpp"
#include "bench/workload/measuring.hpp"
#include "bench/workload/sleepers.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {

report run_recovery(const settings& wanted) {
    if (wanted.store == "memory") throw std::runtime_error("nothing is left in memory after a kill: use another --store");
    const std::size_t count = or_default(wanted.count, 100'000);
    report made = begin_report("recovery", wanted);
    made.parameters["count"] = count;
    server_place place{.programs = wanted.programs, .folder = wanted.folder, .store = wanted.store};
    {
        server_process server(place);
        place.port = server.port();
        put_to_sleep(client::connect({.target = server.address()}), count);
        server.kill();
    }
    const server_process again(place);
    const client via = client::connect({.target = again.address()});
    worker here(via, busy_worker(wanted.plain));
    add_inbox(here);
    here.start();
    const auto inbox = via.attach<InboxFlow>(waiting_inbox);
    inbox.signal(InboxFlow::letter, std::string("wake up"));
    if (inbox.result() != 1) throw std::runtime_error("the inbox lost its letter");
    const double step_ms = again.age_ms();
    here.stop();
    made.add("ready_ms", again.ready_ms());
    made.add("step_ms", step_ms);
    made.add("open_runs", count_running(again));
    if (count_running(again) != static_cast<double>(count)) throw std::runtime_error("runs that were open are lost");
    return made;
}

}  // namespace perdure::bench
