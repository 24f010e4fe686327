#include "history_service/shard/read_ahead.hpp"

#include <utility>

namespace perdure::history {
namespace {

// What wake-ups of runs that are in memory may cost a look.
constexpr std::size_t most_looked_at = 256;

std::size_t bytes_of(const loaded_run& rows) {
    std::size_t bytes =
        sizeof(loaded_run) + rows.key.namespace_name.size() + rows.key.workflow_id.size() + rows.key.run_id.size();
    if (rows.checkpoint) bytes += rows.checkpoint->bytes.size();
    for (const journal_record& record : rows.records) bytes += sizeof(journal_record) + record.bytes.size();
    return bytes;
}

}  // namespace

void read_ahead::look(const wakeup_window& window, wall_time now, const std::function<bool(run_number)>& is_known,
                      std::function<void()> read) {
    if (busy_ || limits_.span.count() == 0 || bytes_ >= limits_.bytes) return;
    const wall_time until = now + limits_.span;
    // The clock was set back, or nothing was due for long: what is due now is late already, and is read as it fires.
    looked_at_ = looked_at_.due > until ? due_run{now, 0} : std::max(looked_at_, due_run{now, 0});
    std::vector<run_number> wanted;
    window.visit_after(looked_at_, until, [&, looks = std::size_t{0}](const due_run& due) mutable {
        looked_at_ = due;
        if (!waiting_.contains(due.run) && !is_known(due.run)) wanted.push_back(due.run);
        return wanted.size() < limits_.runs && ++looks < most_looked_at;
    });
    if (wanted.empty()) return;
    busy_ = true;
    asked_.insert(wanted.begin(), wanted.end());
    auto found = std::make_shared<result<std::vector<loaded_run>>>(std::vector<loaded_run>{});
    reads_.run([this_rows = &rows_, wanted = std::move(wanted), found] { *found = this_rows->load_runs(wanted); },
               [this, alive = alive_, found, read = std::move(read)] {
                   if (!*alive) return;
                   busy_ = false;
                   // A read that failed is made again when the time has come.
                   if (*found) came(std::move(**found));
                   asked_.clear();
                   read();
               });
}

void read_ahead::came(std::vector<loaded_run> found) {
    for (loaded_run& rows : found) {
        if (!asked_.contains(rows.run)) continue;
        bytes_ += bytes_of(rows);
        const run_number run = rows.run;
        waiting_.emplace(run, std::move(rows));
    }
}

std::optional<loaded_run> read_ahead::take(run_number run) {
    asked_.erase(run);
    const auto at = waiting_.find(run);
    if (at == waiting_.end()) return std::nullopt;
    loaded_run rows = std::move(at->second);
    bytes_ -= bytes_of(rows);
    waiting_.erase(at);
    return rows;
}

}  // namespace perdure::history
