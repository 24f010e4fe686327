#include "history_service/store/sqlite/writer.hpp"

#include <algorithm>

#include "history_service/store/blob.hpp"
#include "history_service/store/check.hpp"

namespace perdure::history::sqlite {
namespace {

// A row is read whole, even for one of its events.
constexpr std::size_t most_row_bytes = std::size_t{32} * 1'024;

}  // namespace

writer::writer(connection& db)
    : db_(db),
      epoch_(db.prepare("SELECT value FROM meta WHERE name = 'epoch'")),
      insert_run_(db.prepare("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")),
      update_run_(db.prepare("UPDATE runs SET status = ?, close_time = ?, history_length = ?, info = ? WHERE run = ?")),
      delete_attributes_(db.prepare("DELETE FROM attributes WHERE run = ?")),
      insert_attribute_(db.prepare("INSERT INTO attributes VALUES (?, ?, ?, ?)")),
      last_sequence_(db.prepare("SELECT max(last_sequence) FROM journal WHERE run = ?")),
      insert_records_(
          db.prepare("INSERT INTO journal (run, last_sequence, first_event, events, records) VALUES (?, ?, ?, ?, ?)")),
      put_checkpoint_(db.prepare("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)")),
      put_wakeup_(db.prepare("INSERT OR REPLACE INTO wakeups VALUES (?, ?)")),
      delete_wakeup_(db.prepare("DELETE FROM wakeups WHERE run = ?")),
      insert_task_(db.prepare("INSERT OR REPLACE INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?)")),
      delete_task_(db.prepare("DELETE FROM tasks WHERE namespace = ? AND queue = ? AND kind = ? AND sticky = ? AND scheduled = ? "
                              "AND run = ? AND event = ?")),
      put_current_(db.prepare("INSERT OR REPLACE INTO current_runs VALUES (?, ?, ?)")),
      delete_current_(db.prepare("DELETE FROM current_runs WHERE workflow_id = ? AND namespace = ?")),
      delete_run_(db.prepare("DELETE FROM runs WHERE run = ?")),
      delete_checkpoint_(db.prepare("DELETE FROM checkpoints WHERE run = ?")),
      insert_garbage_(db.prepare("INSERT OR IGNORE INTO garbage VALUES (?)")),
      put_applied_(db.prepare("UPDATE meta SET value = ? WHERE name = 'applied'")) {}

void writer::begin_epoch(std::string_view owner) {
    db_.execute("UPDATE meta SET value = value + 1 WHERE name = 'epoch'");
    statement name = db_.prepare("UPDATE meta SET value = ? WHERE name = 'owner'");
    name.run(owner);
}

std::int64_t writer::release_lease() {
    transaction writing(db_, transaction::kind::write);
    begin_epoch("");
    epoch_.run();
    const std::int64_t epoch = epoch_.integer(0);
    epoch_.finish();
    writing.commit();
    return epoch;
}

// The lock on the file keeps other processes out, so there is nobody to wait for.
shard_lease writer::acquire_lease(std::string_view owner) {
    transaction writing(db_, transaction::kind::write);
    begin_epoch(owner);
    shard_lease lease;
    epoch_.run();
    lease.epoch = epoch_.integer(0);
    epoch_.finish();
    // A number is free again only when nothing of its former run is left.
    const std::int64_t runs = db_.ask_integer("SELECT max(run) FROM runs").value_or(0);
    const std::int64_t garbage = db_.ask_integer("SELECT max(run) FROM garbage").value_or(0);
    lease.next_run = std::max(runs, garbage) + 1;
    writing.commit();
    return lease;
}

void writer::create(const run_write& write) {
    const visibility_row& row = *write.visibility;
    insert_run_.run(write.run, write.created->namespace_name, write.created->workflow_id, write.created->run_id,
                    row.workflow_type, row.task_queue, std::int64_t{row.status}, row.start_time, row.execution_time,
                    row.close_time, row.history_length, statement::blob{row.info});
    insert_attributes(row);
}

void writer::insert_attributes(const visibility_row& row) {
    std::int64_t ordinal = 0;
    for (const auto& [name, value] : row.attributes) insert_attribute_.run(row.run, ordinal++, name, value);
}

void writer::update_visibility(const visibility_row& row) {
    update_run_.run(std::int64_t{row.status}, row.close_time, row.history_length, statement::blob{row.info}, row.run);
    delete_attributes_.run(row.run);
    insert_attributes(row);
}

void writer::append(const run_write& write) {
    if (write.records.empty()) return;
    std::int64_t last = 0;
    if (!write.created) {
        last_sequence_.run(write.run);
        last = last_sequence_.integer(0);
        last_sequence_.finish();
    }
    if (last != write.previous_sequence) throw error{journal_conflict(write.run, write.previous_sequence, last)};
    const std::span records(write.records);
    for (std::size_t from = 0; from < records.size();) {
        std::size_t to = from + 1;
        for (std::size_t bytes = records[from].bytes.size(); to < records.size(); ++to) {
            bytes += records[to].bytes.size();
            if (bytes > most_row_bytes) break;
        }
        append_row(write.run, records.subspan(from, to - from));
        from = to;
    }
}

void writer::append_row(run_number run, std::span<const journal_record> records) {
    std::int64_t events = 0;
    for (const journal_record& record : records) events += record.event_count;
    const std::string blob = encode_records(records);
    insert_records_.run(run, records.back().sequence, records.front().first_event_id, events, statement::blob{blob});
}

void writer::change(const run_write& write) {
    if (write.created) create(write);
    append(write);
    if (write.checkpoint) {
        const std::string blob = seal(write.checkpoint->bytes);
        put_checkpoint_.run(write.run, write.checkpoint->sequence, statement::blob{blob});
    }
    if (write.wakeup && *write.wakeup) put_wakeup_.run(write.run, **write.wakeup);
    if (write.wakeup && !*write.wakeup) delete_wakeup_.run(write.run);
    for (const task_row& task : write.tasks_removed)
        delete_task_.run(task.queue.namespace_name, task.queue.name, static_cast<std::int64_t>(task.queue.kind),
                         std::int64_t{task.queue.sticky}, task.position.scheduled, task.position.run, task.position.event_id);
    for (const task_row& task : write.tasks_added)
        insert_task_.run(task.queue.namespace_name, task.queue.name, static_cast<std::int64_t>(task.queue.kind),
                         std::int64_t{task.queue.sticky}, task.position.scheduled, task.position.run, task.position.event_id,
                         std::int64_t{task.attempt});
    if (write.visibility && !write.created) update_visibility(*write.visibility);
}

void writer::point(const workflow_name& name, std::optional<run_number> run) {
    if (run)
        put_current_.run(name.second, name.first, *run);
    else
        delete_current_.run(name.second, name.first);
}

void writer::erase(run_number run) {
    insert_garbage_.run(run);
    delete_run_.run(run);
    delete_attributes_.run(run);
    delete_checkpoint_.run(run);
    delete_wakeup_.run(run);
}

void writer::apply(const batch_fold& commits, std::int64_t last_sequence) {
    transaction writing(db_, transaction::kind::write);
    for (const auto& [run, write] : commits.runs()) change(write);
    for (const auto& [name, run] : commits.current_runs()) point(name, run);
    for (const run_number run : commits.deleted()) erase(run);
    put_applied_.run(last_sequence);
    writing.commit();
}

std::size_t writer::collect_garbage(std::size_t max_rows) {
    const auto run = db_.ask_integer("SELECT min(run) FROM garbage");
    if (!run || max_rows == 0) return 0;
    transaction writing(db_, transaction::kind::write);
    statement remove = db_.prepare("DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE run = ? LIMIT ?)");
    remove.run(*run, static_cast<std::int64_t>(max_rows));
    auto removed = static_cast<std::size_t>(db_.changes());
    if (removed < max_rows) {
        statement finished = db_.prepare("DELETE FROM garbage WHERE run = ?");
        finished.run(*run);
        ++removed;
    }
    writing.commit();
    return removed;
}

}  // namespace perdure::history::sqlite
