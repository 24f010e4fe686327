#include "history_service/store/lease.hpp"

#include <string>
#include <variant>

namespace perdure::history {

service_failure held_by_another(const lease_holder& holder) {
    return {status_code::unavailable, "server '" + holder.owner + "' holds this data (epoch " + std::to_string(holder.epoch) +
                                          ") for another " + std::to_string(holder.remaining.count()) +
                                          " ms: wait until its lease has run out, or stop it"};
}

result<shard_lease> take_lease(store& rows, std::string_view owner, std::chrono::milliseconds duration) {
    auto answer = rows.acquire_lease(owner, duration);
    if (!answer) return std::move(answer).error();
    if (const auto* holder = std::get_if<lease_holder>(&*answer)) return held_by_another(*holder);
    return std::get<shard_lease>(*answer);
}

}  // namespace perdure::history
