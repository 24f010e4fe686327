#include "history_service/store/check.hpp"

#include <string>
#include <unordered_set>

#include "api/assert.hpp"

namespace perdure::history {

void assert_well_formed(const commit_batch& batch) {
    std::unordered_set<run_number> seen;
    for (const run_write& write : batch.runs) {
        PERDURE_ASSERT(write.run > 0, "run numbers start at 1");
        PERDURE_ASSERT(seen.insert(write.run).second, "a batch writes a run once");
        PERDURE_ASSERT(!write.created || write.visibility, "a new run has a visibility row");
        PERDURE_ASSERT(!write.created || write.previous_sequence == 0, "a new run has no journal yet");
        std::int64_t sequence = write.previous_sequence;
        for (const journal_record& record : write.records)
            PERDURE_ASSERT(record.sequence == ++sequence, "records follow each other without a gap");
        PERDURE_ASSERT(!write.checkpoint || (write.checkpoint->sequence > 0 && write.checkpoint->sequence <= sequence),
                       "a checkpoint is of a transition that the journal has");
    }
}

service_failure stale_epoch(std::int64_t asked, std::int64_t newest) {
    return {status_code::failed_precondition, "the shard's lease of epoch " + std::to_string(asked) + " was taken over (epoch " +
                                                  std::to_string(newest) +
                                                  "): another server owns this data now; this one must stop"};
}

service_failure journal_conflict(run_number run, std::int64_t expected, std::int64_t found) {
    return {status_code::aborted, "the journal of run " + std::to_string(run) + " ends at record " + std::to_string(found) +
                                      ", not at " + std::to_string(expected) + ": somebody else wrote to it"};
}

service_failure read_only_refusal() {
    return {status_code::failed_precondition, "the database is open for reading only; start a server to write to it"};
}

}  // namespace perdure::history
