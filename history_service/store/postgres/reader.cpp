#include "history_service/store/postgres/reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "history_service/store/blob.hpp"

namespace perdure::history::postgres {
namespace {

constexpr statement find_current{"find_current",
                                 "SELECT run FROM perdure.current_runs WHERE shard = 0 AND workflow_id = $1 AND namespace = $2"};

// A question for each, and no join: the planner does not know how few they are.
constexpr statement find_currents{
    "find_currents",
    "SELECT (SELECT c.run FROM perdure.current_runs AS c WHERE c.shard = 0 AND c.workflow_id = n.workflow_id "
    "AND c.namespace = n.namespace) FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS n(workflow_id, namespace, place) "
    "ORDER BY n.place"};

constexpr statement find_by_id{
    "find_by_id", "SELECT run FROM perdure.runs WHERE shard = 0 AND workflow_id = $1 AND run_id = $2 AND namespace = $3"};

// One statement, so that all of it is of one moment.
constexpr statement load{
    "load",
    "SELECT r.run, r.namespace, r.workflow_id, r.run_id, w.due, c.sequence, c.state, "
    "(SELECT array_agg(j.records ORDER BY j.last_sequence) FROM perdure.journal AS j "
    "WHERE j.shard = 0 AND j.run = r.run AND j.last_sequence > coalesce(c.sequence, 0)) FROM unnest($1::bigint[]) AS asked "
    "(number) "
    "CROSS JOIN LATERAL (SELECT * FROM perdure.runs WHERE shard = 0 AND run = asked.number LIMIT 1) AS r "
    "LEFT JOIN LATERAL (SELECT due FROM perdure.wakeups WHERE shard = 0 AND run = r.run LIMIT 1) AS w ON true "
    "LEFT JOIN LATERAL (SELECT sequence, state FROM perdure.checkpoints WHERE shard = 0 AND run = r.run LIMIT 1) AS c ON true"};

constexpr statement records_after{"records_after",
                                  "SELECT last_sequence, records FROM perdure.journal WHERE shard = 0 AND run = $1 "
                                  "AND last_sequence > $2 ORDER BY last_sequence LIMIT $3"};

constexpr statement events_from{"events_from",
                                "SELECT last_sequence, records FROM perdure.journal WHERE shard = 0 AND run = $1 "
                                "AND last_sequence >= $2 AND events > 0 ORDER BY last_sequence LIMIT $3"};

constexpr statement events_back_from{"events_back_from",
                                     "SELECT last_sequence, records FROM perdure.journal WHERE shard = 0 AND run = $1 "
                                     "AND last_sequence <= $2 AND events > 0 ORDER BY last_sequence DESC LIMIT $3"};

// The last row that begins at or before the event. Rows of a run follow each other in event ids as in sequences, so it is
// found by halving, all of it in the server.
constexpr statement find_row{
    "find_row",
    "WITH RECURSIVE step (low, high, found) AS ("
    "SELECT 1::bigint, (SELECT last_sequence FROM perdure.journal WHERE shard = 0 AND run = $1 "
    "ORDER BY last_sequence DESC LIMIT 1), 0::bigint "
    "UNION ALL SELECT CASE WHEN p.first_event <= $2 THEN p.last_sequence + 1 ELSE s.low END, "
    "CASE WHEN p.first_event <= $2 THEN s.high ELSE m.middle - 1 END, "
    "CASE WHEN p.first_event <= $2 THEN p.last_sequence ELSE s.found END FROM step AS s, "
    "LATERAL (SELECT s.low + (s.high - s.low) / 2 AS middle) AS m, "
    "LATERAL (SELECT last_sequence, first_event FROM perdure.journal AS j WHERE j.shard = 0 AND j.run = $1 "
    "AND j.last_sequence >= m.middle ORDER BY j.last_sequence LIMIT 1) AS p WHERE s.low <= s.high) "
    "SELECT coalesce(max(found), 0)::bigint FROM step"};

constexpr statement find_due{"find_due",
                             "SELECT due, run FROM perdure.wakeups WHERE shard = 0 AND due <= $1 AND (due, run) > ($2, $3) "
                             "ORDER BY due, run LIMIT $4"};

constexpr statement find_tasks{
    "find_tasks",
    "SELECT t.scheduled, t.run, t.event, t.attempt, r.namespace, r.workflow_id, r.run_id FROM perdure.tasks AS t "
    "LEFT JOIN LATERAL (SELECT namespace, workflow_id, run_id FROM perdure.runs WHERE shard = 0 AND run = t.run LIMIT 1) AS r "
    "ON true "
    "WHERE t.shard = 0 AND t.namespace = $1 AND t.queue = $2 AND t.kind = $3 AND t.sticky = $4 "
    "AND (t.scheduled, t.run, t.event) > ($5, $6, $7) ORDER BY t.scheduled, t.run, t.event LIMIT $8"};

// A jump from queue to queue along the key: the number of tasks does not matter.
constexpr statement find_queues{
    "find_queues",
    "WITH RECURSIVE step (namespace, queue, kind, sticky, n) AS ("
    "(SELECT namespace, queue, kind, sticky, 1 FROM perdure.tasks WHERE shard = 0 "
    "AND (namespace, queue, kind, sticky) > ($1, $2, $3::int, $4::int) ORDER BY shard, namespace, queue, kind, sticky LIMIT 1) "
    "UNION ALL SELECT p.namespace, p.queue, p.kind, p.sticky, s.n + 1 FROM step AS s, "
    "LATERAL (SELECT t.namespace, t.queue, t.kind, t.sticky FROM perdure.tasks AS t WHERE t.shard = 0 "
    "AND (t.namespace, t.queue, t.kind, t.sticky) > (s.namespace, s.queue, s.kind, s.sticky) "
    "ORDER BY t.shard, t.namespace, t.queue, t.kind, t.sticky LIMIT 1) AS p WHERE s.n < $5) "
    "SELECT namespace, queue, kind, sticky FROM step ORDER BY n LIMIT $5"};

constexpr wall_time earliest{std::chrono::nanoseconds::min()};
/// Rows read at once, where each may be large.
constexpr std::int64_t piece = 32;

loaded_run loaded_of(const answer& from, int at) {
    loaded_run loaded;
    loaded.run = from.integer(at, 0);
    loaded.key = {from.text(at, 1), from.text(at, 2), from.text(at, 3)};
    if (!from.is_null(at, 4)) loaded.wakeup = from.time(at, 4);
    std::int64_t last = 0;
    if (!from.is_null(at, 5)) {
        last = from.integer(at, 5);
        auto state = unseal(from.bytes(at, 6));
        if (!state) throw error{{std::move(state).error()}};
        loaded.checkpoint = run_checkpoint{last, std::move(*state)};
    }
    for (const auto& blob : read_array(from.bytes(at, 7)))
        for (journal_record& record : records_of_row(blob.value_or("")))
            if (record.sequence > last) loaded.records.push_back(std::move(record));
    return loaded;
}

std::int64_t bounded(std::size_t limit) {
    return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int32_t>::max()));
}

}  // namespace

answer reader::ask(const statement& what, const parameters& with) {
    return session_.ask(limit_, [&](connection& db, deadline until) { return db.run(what, with, until); });
}

std::optional<run_number> reader::current_run(std::string_view namespace_name, std::string_view workflow_id) {
    const answer found = ask(find_current, parameters().add_bytes(workflow_id).add_bytes(namespace_name));
    return found.rows() > 0 ? std::optional(found.integer(0, 0)) : std::nullopt;
}

std::vector<std::optional<run_number>> reader::current_runs(std::span<const workflow_name> names) {
    std::vector<std::string_view> namespaces;
    std::vector<std::string_view> ids;
    for (const auto& [namespace_name, workflow_id] : names) {
        namespaces.emplace_back(namespace_name);
        ids.emplace_back(workflow_id);
    }
    const answer rows = ask(find_currents, parameters().add(ids).add(namespaces));
    std::vector<std::optional<run_number>> found;
    for (int row = 0; row < rows.rows(); ++row)
        found.push_back(rows.is_null(row, 0) ? std::nullopt : std::optional(rows.integer(row, 0)));
    return found;
}

std::optional<run_number> reader::find_run(const run_key& key) {
    const answer found =
        ask(find_by_id, parameters().add_bytes(key.workflow_id).add_bytes(key.run_id).add_bytes(key.namespace_name));
    return found.rows() > 0 ? std::optional(found.integer(0, 0)) : std::nullopt;
}

std::optional<loaded_run> reader::load_run(run_number run) {
    auto found = load_runs({&run, 1});
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<loaded_run> reader::load_runs(std::span<const run_number> runs) {
    const answer rows = ask(load, parameters().add(std::vector<std::int64_t>(runs.begin(), runs.end())));
    std::vector<loaded_run> found;
    for (int row = 0; row < rows.rows(); ++row) found.push_back(loaded_of(rows, row));
    return found;
}

std::int64_t reader::row_with_event(run_number run, std::int64_t event_id) {
    return ask(find_row, parameters().add(run).add(event_id)).integer(0, 0);
}

std::vector<journal_record> reader::read_events(run_number run, std::int64_t first_event_id, std::size_t max_events,
                                                std::size_t max_bytes) {
    return fill({record_page::direction::forwards, first_event_id, max_events, max_bytes}, run);
}

std::vector<journal_record> reader::read_events_reverse(run_number run, std::int64_t last_event_id, std::size_t max_events,
                                                        std::size_t max_bytes) {
    return fill({record_page::direction::backwards, last_event_id, max_events, max_bytes}, run);
}

std::vector<journal_record> reader::fill(record_page page, run_number run) {
    const bool forwards = page.way() == record_page::direction::forwards;
    std::int64_t from = row_with_event(run, page.event_id());
    for (;;) {
        const answer rows = ask(forwards ? events_from : events_back_from, parameters().add(run).add(from).add(piece));
        for (int row = 0; row < rows.rows(); ++row) {
            from = rows.integer(row, 0) + (forwards ? 1 : -1);
            if (!page.add_row(rows.bytes(row, 1))) return page.take();
        }
        if (rows.rows() < piece) return page.take();
    }
}

std::vector<journal_record> reader::read_journal(run_number run, std::int64_t after_sequence, std::size_t limit) {
    std::vector<journal_record> found;
    for (std::int64_t from = after_sequence; found.size() < limit;) {
        const answer rows = ask(records_after, parameters().add(run).add(from).add(std::min(piece, bounded(limit))));
        for (int row = 0; row < rows.rows(); ++row) {
            from = rows.integer(row, 0);
            for (journal_record& record : records_of_row(rows.bytes(row, 1)))
                if (record.sequence > after_sequence && found.size() < limit) found.push_back(std::move(record));
        }
        if (rows.rows() < std::min(piece, bounded(limit))) break;
    }
    return found;
}

std::vector<due_run> reader::due_runs(wall_time until, const std::optional<due_run>& after, std::size_t limit) {
    const due_run from = after.value_or(due_run{earliest, 0});
    const answer rows = ask(find_due, parameters().add(until).add(from.due).add(from.run).add(bounded(limit)));
    std::vector<due_run> found;
    for (int row = 0; row < rows.rows(); ++row) found.push_back({rows.time(row, 0), rows.integer(row, 1)});
    return found;
}

std::vector<stored_task> reader::outstanding_tasks(const queue_key& queue, const std::optional<task_position>& after,
                                                   std::size_t limit) {
    const task_position from = after.value_or(task_position{earliest, 0, 0});
    const answer rows = ask(find_tasks, parameters()
                                            .add_bytes(queue.namespace_name)
                                            .add_bytes(queue.name)
                                            .add(static_cast<std::int64_t>(queue.kind))
                                            .add(std::int64_t{queue.sticky})
                                            .add(from.scheduled)
                                            .add(from.run)
                                            .add(from.event_id)
                                            .add(bounded(limit)));
    std::vector<stored_task> found;
    for (int row = 0; row < rows.rows(); ++row)
        found.push_back({{queue,
                          {rows.time(row, 0), rows.integer(row, 1), rows.integer(row, 2)},
                          static_cast<std::int32_t>(rows.integer(row, 3))},
                         {rows.text(row, 4), rows.text(row, 5), rows.text(row, 6)}});
    return found;
}

std::vector<queue_key> reader::outstanding_queues(const std::optional<queue_key>& after, std::size_t limit) {
    if (limit == 0) return {};
    const queue_key from = after.value_or(queue_key{});
    const std::int64_t kind = after ? static_cast<std::int64_t>(from.kind) : -1;
    const answer rows = ask(find_queues, parameters()
                                             .add_bytes(from.namespace_name)
                                             .add_bytes(from.name)
                                             .add(kind)
                                             .add(std::int64_t{from.sticky})
                                             .add(bounded(limit)));
    std::vector<queue_key> found;
    for (int row = 0; row < rows.rows(); ++row)
        found.push_back({rows.text(row, 0), rows.text(row, 1),
                         rows.integer(row, 2) == 0 ? task_kind::workflow : task_kind::activity, rows.integer(row, 3) != 0});
    return found;
}

std::vector<std::string> reader::check_rows() {
    static constexpr std::pair<const char*, const char*> orphans[] = {
        {"a wake-up", "wakeups"},          {"an outstanding task", "tasks"},
        {"a checkpoint", "checkpoints"},   {"a search attribute", "attributes"},
        {"a workflow id", "current_runs"}, {"a journal", "journal"},
    };
    std::vector<std::string> findings;
    for (const auto& [what, table] : orphans) {
        std::string sql =
            "SELECT DISTINCT t.run FROM perdure." + std::string(table) +
            " AS t WHERE t.shard = 0 AND NOT EXISTS (SELECT FROM perdure.runs AS r WHERE r.shard = 0 AND r.run = t.run)";
        if (std::string_view(table) == "journal")
            sql += " AND NOT EXISTS (SELECT FROM perdure.garbage AS g WHERE g.shard = 0 AND g.run = t.run)";
        sql += " ORDER BY t.run";
        // A look at everything takes as long as it takes.
        const answer rows = session_.get({}).run(sql, {}, {});
        for (int row = 0; row < rows.rows(); ++row)
            findings.push_back(std::string(what) + " belongs to run " + std::to_string(rows.integer(row, 0)) +
                               ", which is not there");
    }
    return findings;
}

}  // namespace perdure::history::postgres
