#include "bench/workload/measuring.hpp"

#include <stdexcept>

#include "bench/machine/postgres.hpp"

namespace perdure::bench {
namespace {

double growth(const sample& before, const sample& after, const std::string& name) {
    const auto value = [&](const sample& of) {
        const auto found = of.metrics.find(name);
        return found == of.metrics.end() ? 0.0 : found->second;
    };
    return value(after) - value(before);
}

}  // namespace

std::string kind_of_store(const std::string& store) { return is_postgres(store) ? "postgres" : store; }

report begin_report(std::string_view workload, const settings& wanted) {
    report made{.workload = std::string(workload), .store = kind_of_store(wanted.store)};
    if (wanted.plain) made.parameters["plain"] = true;
    return made;
}

void add_spent(report& to, const sample& before, const sample& after, std::size_t workflows, double steps_each) {
    const auto each = static_cast<double>(workflows);
    const double server = after.server.cpu_ms - before.server.cpu_ms;
    const double worker = after.worker.cpu_ms - before.worker.cpu_ms;
    const double client = after.client.cpu_ms - before.client.cpu_ms;
    const double database = after.database.cpu_ms - before.database.cpu_ms;
    to.add("cpu_ms_per_workflow", (server + worker + client + database) / each);
    to.add("server_cpu_ms", server / each);
    to.add("worker_cpu_ms", worker / each);
    to.add("client_cpu_ms", client / each);
    if (to.store == "postgres") to.add("database_cpu_ms", database / each);
    to.add("server_rss_mb", after.server.rss_mb > 0 ? after.server.rss_mb : after.client.rss_mb);
    if (after.metrics.empty()) return;
    const double commits = growth(before, after, "persistence_batch_size_count");
    const double transitions = growth(before, after, "persistence_batch_size_sum");
    to.add("transitions_per_workflow", transitions / each);
    if (commits > 0) to.add("batch_size", transitions / commits);
    if (to.store == "memory") return;
    to.add("flushes_per_workflow", commits / each);
    to.add("flushes_per_step", commits / each / steps_each);
    const double written =
        after.server.written_bytes - before.server.written_bytes + after.database.written_bytes - before.database.written_bytes;
    to.add("bytes_written_per_step", written / each / steps_each);
}

measured_loop measure_loop(const stage& on, std::size_t concurrency, std::chrono::milliseconds warm_up,
                           std::chrono::milliseconds measure, const errand& work, double per_second) {
    measured_loop made;
    made.done = closed_loop(concurrency,
                            {.warm_up = warm_up,
                             .measure = measure,
                             .per_second = per_second,
                             .on_begin = [&] { made.before = on.look(); },
                             .on_end = [&] { made.after = on.look(); }},
                            work);
    if (made.done.finished == 0) throw std::runtime_error("no workflow finished within the measured time; measure for longer");
    return made;
}

}  // namespace perdure::bench
