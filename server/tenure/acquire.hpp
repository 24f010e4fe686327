#pragma once

#include <chrono>
#include <string_view>

#include "history_service/store/store.hpp"

namespace perdure::server {

/// Asks for the store's lease, and gives it back in the holder's stead where that is a process that is known to be gone
/// (`has_ended`). `owner` is a name of `owner_name`. Errors are those of the store.
[[nodiscard]] result<history::lease_answer> acquire_lease(history::store& rows, std::string_view owner,
                                                          std::chrono::milliseconds duration);

}  // namespace perdure::server
