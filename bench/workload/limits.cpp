#include <array>

#include "bench/machine/flush.hpp"
#include "bench/machine/loopback.hpp"
#include "bench/machine/postgres.hpp"
#include "bench/machine/sqlite_rows.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {

report run_limits(const settings& wanted) {
    constexpr std::array<std::size_t, 4> batches{1, 16, 64, 256};
    const auto each = wanted.measure / static_cast<int>(2 * batches.size());
    report made{.workload = "limits"};
    made.add("flush_ms", flush_ms(wanted.folder));
    made.add("loopback_ms", loopback_ms());
    for (const std::size_t batch : batches)
        made.add("sqlite_rows_at_" + std::to_string(batch), sqlite_rows_per_second(wanted.folder, batch, each));
    if (!is_postgres(wanted.store)) return made;
    postgres_link link(wanted.store);
    for (const std::size_t batch : batches)
        made.add("postgres_rows_at_" + std::to_string(batch), link.rows_per_second(batch, each));
    return made;
}

}  // namespace perdure::bench
