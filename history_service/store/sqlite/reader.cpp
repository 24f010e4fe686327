#include "history_service/store/sqlite/reader.hpp"

#include <limits>
#include <tuple>

#include "history_service/store/blob.hpp"

namespace perdure::history::sqlite {
namespace {

constexpr wall_time earliest{std::chrono::nanoseconds::min()};

}  // namespace

reader::reader(connection& db)
    : db_(db),
      current_(db.prepare("SELECT run FROM current_runs WHERE workflow_id = ? AND namespace = ?")),
      find_(db.prepare("SELECT run FROM runs WHERE workflow_id = ? AND run_id = ? AND namespace = ?")),
      load_(
          db.prepare("SELECT r.namespace, r.workflow_id, r.run_id, w.due FROM runs AS r LEFT JOIN wakeups AS w ON w.run = r.run "
                     "WHERE r.run = ?")),
      checkpoint_(db.prepare("SELECT sequence, state FROM checkpoints WHERE run = ?")),
      records_(db.prepare("SELECT records FROM journal WHERE run = ? AND last_sequence > ? ORDER BY last_sequence LIMIT ?")),
      events_(
          db.prepare("SELECT records FROM journal WHERE run = ? AND last_sequence >= ? AND events > 0 ORDER BY last_sequence")),
      events_reverse_(db.prepare(
          "SELECT records FROM journal WHERE run = ? AND last_sequence <= ? AND events > 0 ORDER BY last_sequence DESC")),
      last_row_(db.prepare("SELECT last_sequence, first_event FROM journal WHERE run = ? ORDER BY last_sequence DESC LIMIT 1")),
      row_from_(db.prepare("SELECT last_sequence, first_event FROM journal WHERE run = ? AND last_sequence >= ? "
                           "ORDER BY last_sequence LIMIT 1")),
      due_(db.prepare("SELECT due, run FROM wakeups WHERE due <= ? AND (due, run) > (?, ?) ORDER BY due, run LIMIT ?")),
      tasks_(db.prepare("SELECT t.scheduled, t.run, t.event, t.attempt, r.namespace, r.workflow_id, r.run_id FROM tasks AS t "
                        "LEFT JOIN runs AS r "
                        "ON r.run = t.run WHERE t.namespace = ? AND t.queue = ? AND t.kind = ? AND t.sticky = ? AND "
                        "(t.scheduled, t.run, t.event) > (?, ?, ?) ORDER BY t.scheduled, t.run, t.event LIMIT ?")),
      queues_(db.prepare("SELECT namespace, queue, kind, sticky FROM tasks WHERE (namespace, queue, kind, sticky) > (?, ?, ?, ?) "
                         "ORDER BY namespace, queue, kind, sticky LIMIT 1")) {}

std::optional<run_number> reader::current_run(std::string_view namespace_name, std::string_view workflow_id) {
    std::optional<run_number> found;
    if (current_.run(workflow_id, namespace_name)) found = current_.integer(0);
    current_.finish();
    return found;
}

std::optional<run_number> reader::find_run(const run_key& key) {
    std::optional<run_number> found;
    if (find_.run(key.workflow_id, key.run_id, key.namespace_name)) found = find_.integer(0);
    find_.finish();
    return found;
}

std::optional<loaded_run> reader::load_run(run_number run) {
    const transaction reading(db_, transaction::kind::read);
    return loaded(run);
}

std::vector<loaded_run> reader::load_runs(std::span<const run_number> runs) {
    const transaction reading(db_, transaction::kind::read);
    std::vector<loaded_run> found;
    for (const run_number run : runs)
        if (auto one = loaded(run)) found.push_back(std::move(*one));
    return found;
}

std::optional<loaded_run> reader::loaded(run_number run) {
    if (!load_.run(run)) return std::nullopt;
    loaded_run found;
    found.run = run;
    found.key = {load_.text(0), load_.text(1), load_.text(2)};
    if (!load_.is_null(3)) found.wakeup = load_.time(3);
    load_.finish();

    std::int64_t from = 0;
    if (checkpoint_.run(run)) {
        from = checkpoint_.integer(0);
        auto state = unseal(checkpoint_.bytes(1));
        checkpoint_.finish();
        if (!state) throw error{{std::move(state).error()}};
        found.checkpoint = run_checkpoint{from, std::move(*state)};
    }
    for (bool row = records_.run(run, from, std::numeric_limits<std::int64_t>::max()); row; row = records_.next())
        for (journal_record& record : records_of_row(records_.bytes(0)))
            if (record.sequence > from) found.records.push_back(std::move(record));
    return found;
}

// The last row that begins at or before the event; 0 when there is none. Rows of a run follow each other in event ids as in
// sequences, so it is found by halving.
std::int64_t reader::row_with_event(run_number run, std::int64_t event_id) {
    if (!last_row_.run(run)) return 0;
    const std::int64_t last = last_row_.integer(0);
    const bool is_last = last_row_.integer(1) <= event_id;
    last_row_.finish();
    if (is_last) return last;
    std::int64_t found = 0;
    for (std::int64_t low = 1, high = last - 1; low <= high;) {
        const std::int64_t middle = low + (high - low) / 2;
        row_from_.run(run, middle);
        const std::int64_t row = row_from_.integer(0);
        const bool starts_before = row_from_.integer(1) <= event_id;
        row_from_.finish();
        if (starts_before) {
            found = row;
            low = row + 1;
        } else {
            high = middle - 1;
        }
    }
    return found;
}

std::vector<journal_record> reader::read_events(run_number run, std::int64_t first_event_id, std::size_t max_events,
                                                std::size_t max_bytes) {
    return fill({record_page::direction::forwards, first_event_id, max_events, max_bytes}, run, events_);
}

std::vector<journal_record> reader::read_events_reverse(run_number run, std::int64_t last_event_id, std::size_t max_events,
                                                        std::size_t max_bytes) {
    return fill({record_page::direction::backwards, last_event_id, max_events, max_bytes}, run, events_reverse_);
}

std::vector<journal_record> reader::fill(record_page page, run_number run, statement& rows) {
    for (bool row = rows.run(run, row_with_event(run, page.event_id())); row; row = rows.next())
        if (!page.add_row(rows.bytes(0))) break;
    rows.finish();
    return page.take();
}

std::vector<journal_record> reader::read_journal(run_number run, std::int64_t after_sequence, std::size_t limit) {
    std::vector<journal_record> found;
    for (bool row = records_.run(run, after_sequence, static_cast<std::int64_t>(limit)); row; row = records_.next())
        for (journal_record& record : records_of_row(records_.bytes(0)))
            if (record.sequence > after_sequence && found.size() < limit) found.push_back(std::move(record));
    return found;
}

std::vector<due_run> reader::due_runs(wall_time until, const std::optional<due_run>& after, std::size_t limit) {
    std::vector<due_run> found;
    const due_run from = after.value_or(due_run{earliest, 0});
    for (bool row = due_.run(until, from.due, from.run, static_cast<std::int64_t>(limit)); row; row = due_.next())
        found.push_back({due_.time(0), due_.integer(1)});
    return found;
}

std::vector<stored_task> reader::outstanding_tasks(const queue_key& queue, const std::optional<task_position>& after,
                                                   std::size_t limit) {
    std::vector<stored_task> found;
    const task_position from = after.value_or(task_position{earliest, 0, 0});
    for (bool row =
             tasks_.run(queue.namespace_name, queue.name, static_cast<std::int64_t>(queue.kind), std::int64_t{queue.sticky},
                        from.scheduled, from.run, from.event_id, static_cast<std::int64_t>(limit));
         row; row = tasks_.next())
        found.push_back(
            {{queue, {tasks_.time(0), tasks_.integer(1), tasks_.integer(2)}, static_cast<std::int32_t>(tasks_.integer(3))},
             {tasks_.text(4), tasks_.text(5), tasks_.text(6)}});
    return found;
}

// A jump from queue to queue along the key: the number of tasks does not matter.
std::vector<queue_key> reader::outstanding_queues(const std::optional<queue_key>& after, std::size_t limit) {
    std::vector<queue_key> found;
    queue_key from = after.value_or(queue_key{});
    std::int64_t kind = after ? static_cast<std::int64_t>(from.kind) : -1;
    while (found.size() < limit && queues_.run(from.namespace_name, from.name, kind, std::int64_t{from.sticky})) {
        kind = queues_.integer(2);
        from = {queues_.text(0), queues_.text(1), kind == 0 ? task_kind::workflow : task_kind::activity, queues_.integer(3) != 0};
        found.push_back(from);
    }
    queues_.finish();
    return found;
}

std::vector<std::string> reader::check_rows() {
    std::vector<std::string> findings;
    statement integrity = db_.prepare("PRAGMA integrity_check");
    for (bool row = integrity.run(); row; row = integrity.next())
        if (integrity.text(0) != "ok") findings.push_back("the database file is damaged: " + integrity.text(0));
    static constexpr std::pair<const char*, const char*> orphans[] = {
        {"a wake-up", "SELECT run FROM wakeups WHERE run NOT IN (SELECT run FROM runs)"},
        {"an outstanding task", "SELECT run FROM tasks WHERE run NOT IN (SELECT run FROM runs)"},
        {"a checkpoint", "SELECT run FROM checkpoints WHERE run NOT IN (SELECT run FROM runs)"},
        {"a search attribute", "SELECT run FROM attributes WHERE run NOT IN (SELECT run FROM runs)"},
        {"a workflow id", "SELECT run FROM current_runs WHERE run NOT IN (SELECT run FROM runs)"},
        {"a journal",
         "SELECT DISTINCT run FROM journal WHERE run NOT IN (SELECT run FROM runs) AND run NOT IN "
         "(SELECT run FROM garbage)"},
    };
    for (const auto& [what, sql] : orphans) {
        statement question = db_.prepare(sql);
        for (bool row = question.run(); row; row = question.next())
            findings.push_back(std::string(what) + " belongs to run " + std::to_string(question.integer(0)) +
                               ", which is not there");
    }
    return findings;
}

}  // namespace perdure::history::sqlite
