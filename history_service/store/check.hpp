#pragma once

#include "api/result.hpp"
#include "history_service/store/rows.hpp"

namespace perdure::history {

/// Asserts what every store may rely on in a batch: sequences without a gap, a visibility row with each new run, a checkpoint
/// that stands within what is written, no run twice.
void assert_well_formed(const commit_batch& batch);

/// The refusals that all stores share.
[[nodiscard]] service_failure stale_epoch(std::int64_t asked, std::int64_t newest);
[[nodiscard]] service_failure journal_conflict(run_number run, std::int64_t expected, std::int64_t found);
[[nodiscard]] service_failure read_only_refusal();

}  // namespace perdure::history
