#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "api/result.hpp"
#include "api/time.hpp"
#include "history_service/shard/background.hpp"
#include "history_service/store/rows.hpp"
#include "server/config/options.hpp"
#include "server/log/log.hpp"
#include "server/metrics/metrics.hpp"
#include "server/node/node.hpp"
#include "server/tenure/tenure.hpp"

namespace perdure::server {

class admission;

/// What a node stands on. All of it outlives the node.
struct node_ground {
    history::background& writes;
    history::background& lists;
    history::background& reads;
    logger& log;
    metrics& measured;
    wall_time now;
    /// What new work is admitted by; nothing where nobody outside the process can ask for any.
    admission* gate = nullptr;
};

/// Where a server's nodes come from: a store that is opened once, and a lease on it that is taken, kept and lost.
///
/// `open`, `acquire`, `renew` and `release` may block; they are called on one thread at a time, the one that also commits. `make`
/// is called on the loop's thread. A node that was made is let go before `acquire` is called again, its last commit possibly
/// still under way.
class node_source {
  public:
    node_source() = default;
    node_source(const node_source&) = delete;
    node_source& operator=(const node_source&) = delete;
    virtual ~node_source() = default;

    /// How its lease runs; nothing where no other server can come to the store: it is then taken at once and for good.
    [[nodiscard]] virtual std::optional<tenure_timing> shared() const = 0;

    [[nodiscard]] virtual result<done> open(logger& log, metrics& measured) = 0;
    [[nodiscard]] virtual result<history::lease_answer> acquire() = 0;
    [[nodiscard]] virtual result<done> renew(std::int64_t epoch) = 0;
    [[nodiscard]] virtual result<done> release(std::int64_t epoch) = 0;
    /// Ends what waits for a store that is away, for good. Any thread.
    virtual void interrupt() noexcept {}
    /// When the last commit that succeeded was asked for: it renewed the lease. Any thread.
    [[nodiscard]] virtual boot_time last_commit() const noexcept { return boot_time::min(); }

    /// A node under a lease that was acquired.
    [[nodiscard]] virtual result<std::unique_ptr<node>> make(const node_ground& ground, const history::shard_lease& lease) = 0;
};

/// Nodes on the store that the options name. A lost or locked file is refused with the remedy.
[[nodiscard]] std::unique_ptr<node_source> make_store_source(const options& from);

}  // namespace perdure::server
