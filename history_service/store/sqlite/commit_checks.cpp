#include "history_service/store/sqlite/commit_checks.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "history_service/store/check.hpp"

namespace perdure::history::sqlite {
namespace {

// A few hundred kilobytes, and more runs than are busy at a time.
constexpr std::size_t known_journal_ends = 8'192;

[[noreturn]] void refuse_twin(const std::string& which) {
    throw error{{status_code::aborted, which + " is there already: somebody else wrote to this database"}};
}

}  // namespace

commit_checks::commit_checks(connection& tables, const backlog& pending)
    : pending_(pending),
      find_key_(tables.prepare("SELECT 1 FROM runs WHERE workflow_id = ? AND run_id = ? AND namespace = ?")),
      find_run_(tables.prepare("SELECT 1 FROM runs WHERE run = ?1 UNION ALL SELECT 1 FROM garbage WHERE run = ?1 "
                               "UNION ALL SELECT 1 FROM journal WHERE run = ?1")),
      last_sequence_(tables.prepare("SELECT max(last_sequence) FROM journal WHERE run = ?")),
      highest_run_(std::max({tables.ask_integer("SELECT max(run) FROM runs").value_or(0),
                             tables.ask_integer("SELECT max(run) FROM garbage").value_or(0),
                             tables.ask_integer("SELECT max(run) FROM journal").value_or(0)})) {}

void commit_checks::check(const commit_batch& batch) {
    std::set<run_key> made;
    for (const run_write& write : batch.runs) {
        if (write.created) {
            check_new(write);
            if (!made.insert(*write.created).second) refuse_twin("run '" + write.created->run_id + "'");
            continue;
        }
        const std::int64_t last = journal_end(write.run);
        if (last != write.previous_sequence || pending_.deletes(write.run))
            throw error{journal_conflict(write.run, write.previous_sequence, last)};
    }
}

void commit_checks::check_new(const run_write& write) {
    const run_key& key = *write.created;
    const bool key_is_there = pending_.created(key) || find_key_.run(key.workflow_id, key.run_id, key.namespace_name);
    find_key_.finish();
    if (key_is_there) refuse_twin("run '" + key.run_id + "' of workflow '" + key.workflow_id + "'");
    if (is_known(write.run)) refuse_twin("run " + std::to_string(write.run));
}

bool commit_checks::is_known(run_number run) {
    if (run > highest_run_) return false;
    const bool found = pending_.mentions(run) || find_run_.run(run);
    find_run_.finish();
    return found;
}

std::int64_t commit_checks::journal_end(run_number run) {
    if (const auto known = journal_ends_.find(run); known != journal_ends_.end()) return known->second;
    if (const auto pending = pending_.journal_end(run)) return *pending;
    last_sequence_.run(run);
    const std::int64_t last = last_sequence_.integer(0);
    last_sequence_.finish();
    return last;
}

void commit_checks::remember(const commit_batch& batch) {
    if (journal_ends_.size() >= known_journal_ends) journal_ends_.clear();
    for (const run_write& write : batch.runs) {
        highest_run_ = std::max(highest_run_, write.run);
        if (!write.records.empty()) journal_ends_[write.run] = write.records.back().sequence;
    }
    for (const run_number run : batch.deleted) journal_ends_.erase(run);
}

}  // namespace perdure::history::sqlite
