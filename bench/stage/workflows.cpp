#include <perdure/worker.hpp>

#include "bench/stage/stage.hpp"
#include "bench/workflows/alarm.hpp"
#include "bench/workflows/fanout.hpp"
#include "bench/workflows/inbox.hpp"
#include "bench/workflows/order4.hpp"

namespace perdure::bench {

void add_workflows(worker& to) {
    add_order4(to);
    add_inbox(to);
    add_fanout(to);
    add_nap(to);
}

}  // namespace perdure::bench
