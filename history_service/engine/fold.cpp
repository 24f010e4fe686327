#include <string>

#include "api/time_convert.hpp"
#include "history_service/engine/apply.hpp"
#include "history_service/engine/engine.hpp"

namespace perdure::history {

result<done> fold(run_state& state, const journal::JournalRecord& record) {
    const auto damaged = [&](const std::string& why) {
        return service_failure{status_code::data_loss, "Record " + std::to_string(record.sequence()) + " of run " +
                                                           state.key().run_id + " of workflow " + state.key().workflow_id + ' ' +
                                                           why + "; run `perdure fsck` on the database."};
    };
    if (record.sequence() != state.execution.sequence + 1) {
        return damaged("does not follow record " + std::to_string(state.execution.sequence));
    }
    const auto time = from_timestamp(record.time());
    for (const auto& change : record.changes()) {
        if (!apply(state, change, time)) return damaged("does not fit the state before it");
    }
    state.execution.sequence = record.sequence();
    return done{};
}

}  // namespace perdure::history
