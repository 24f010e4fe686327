#pragma once

#include <chrono>
#include <string_view>

#include "history_service/store/store.hpp"

namespace perdure::history {

/// How long a server that says nothing keeps its shard, unless told otherwise.
inline constexpr std::chrono::milliseconds default_lease{3'000};

/// Acquires the lease for one who does not wait for it. Error, besides those of the store: unavailable, naming who holds it
/// and for how long.
[[nodiscard]] result<shard_lease> take_lease(store& rows, std::string_view owner,
                                             std::chrono::milliseconds duration = default_lease);

/// The refusal for one who does not wait.
[[nodiscard]] service_failure held_by_another(const lease_holder& holder);

}  // namespace perdure::history
