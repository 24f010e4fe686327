#include "server/tenure/acquire.hpp"

#include <variant>

#include "server/tenure/owner_name.hpp"

namespace perdure::server {

result<history::lease_answer> acquire_lease(history::store& rows, std::string_view owner, std::chrono::milliseconds duration) {
    auto answer = rows.acquire_lease(owner, duration);
    const auto* holder = answer ? std::get_if<history::lease_holder>(&*answer) : nullptr;
    if (holder == nullptr || !has_ended(holder->owner)) return answer;
    // Refused where somebody else was first: the next answer tells who.
    (void)rows.release_lease(holder->epoch);
    return rows.acquire_lease(owner, duration);
}

}  // namespace perdure::server
