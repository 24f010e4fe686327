#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "api/result.hpp"
#include "history_service/shard/options.hpp"
#include "history_service/store/store.hpp"

namespace perdure::history {

/// Proves a store, run by run: the journal folds from its first record to the very state that checkpoint and tail give, without
/// a gap in records or events; whatever is pending has its wake-up and its outstanding rows, and there are no others;
/// workflow ids point to their newest runs; lists show what the states say. Answers what is wrong, a sentence each.
///
/// Reads everything, in bounded memory but for the rows of outstanding tasks. Nobody may write meanwhile.
[[nodiscard]] result<std::vector<std::string>> fsck(store& rows, std::chrono::hours retention = shard_options{}.retention);

}  // namespace perdure::history
