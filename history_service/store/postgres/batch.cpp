#include "history_service/store/postgres/batch.hpp"

#include <map>
#include <utility>

#include "history_service/store/blob.hpp"

namespace perdure::history::postgres {
namespace {

using numbers = std::vector<std::int64_t>;
using texts = std::vector<std::string_view>;

constexpr statement insert_runs{
    "insert_runs",
    "INSERT INTO perdure.runs SELECT 0, * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], "
    "$6::bytea[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bytea[])"};

// Rows are found one by one, by all of their key, and then taken by their places. Plans are made once, when tables are small:
// a join, or an array for a column of a key, may then be one way through all of an index, for ever.
constexpr statement update_runs{
    "update_runs",
    "UPDATE perdure.runs AS r SET status = n.status, close_time = n.close_time, history_length = n.history_length, info = n.info "
    "FROM (SELECT u.*, (SELECT f.ctid FROM perdure.runs AS f WHERE f.shard = 0 AND f.run = u.run) AS place "
    "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[]) "
    "AS u (run, status, close_time, history_length, info)) AS n WHERE r.ctid = n.place"};

constexpr statement delete_attributes{
    "delete_attributes",
    "DELETE FROM perdure.attributes WHERE ctid = ANY (ARRAY(SELECT f.ctid FROM unnest($1::bigint[]) AS d (run), "
    "LATERAL (SELECT a.ctid FROM perdure.attributes AS a WHERE a.shard = 0 AND a.run = d.run OFFSET 0) AS f))"};

constexpr statement insert_attributes{
    "insert_attributes",
    "INSERT INTO perdure.attributes SELECT 0, * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bigint[], $5::float8[], "
    "$6::bytea[])"};

// One look at the end of each run's journal; the first that is not where it should be ends the transaction.
constexpr statement check_journals{
    "check_journals",
    "SELECT perdure.refuse('PD002', w.run || ' ' || w.previous || ' ' || f.last) "
    "FROM unnest($1::bigint[], $2::bigint[]) AS w (run, previous), LATERAL (SELECT coalesce((SELECT last_sequence "
    "FROM perdure.journal AS j WHERE j.shard = 0 AND j.run = w.run ORDER BY last_sequence DESC LIMIT 1), 0) AS last) AS f "
    "WHERE f.last <> w.previous LIMIT 1"};

constexpr statement insert_journal{
    "insert_journal",
    "INSERT INTO perdure.journal SELECT 0, * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[])"};

constexpr statement put_checkpoints{
    "put_checkpoints",
    "INSERT INTO perdure.checkpoints SELECT 0, * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) "
    "ON CONFLICT (shard, run) DO UPDATE SET sequence = excluded.sequence, state = excluded.state"};

constexpr statement put_wakeups{"put_wakeups",
                                "INSERT INTO perdure.wakeups SELECT 0, * FROM unnest($1::bigint[], $2::bigint[]) "
                                "ON CONFLICT (shard, run) DO UPDATE SET due = excluded.due"};

constexpr statement delete_wakeups{
    "delete_wakeups",
    "DELETE FROM perdure.wakeups WHERE ctid = ANY (ARRAY(SELECT (SELECT w.ctid FROM perdure.wakeups AS w "
    "WHERE w.shard = 0 AND w.run = d.run) FROM unnest($1::bigint[]) AS d (run)))"};

constexpr statement delete_tasks{
    "delete_tasks",
    "DELETE FROM perdure.tasks WHERE ctid = ANY (ARRAY(SELECT (SELECT t.ctid FROM perdure.tasks AS t "
    "WHERE t.shard = 0 AND t.namespace = d.namespace AND t.queue = d.queue AND t.kind = d.kind AND t.sticky = d.sticky "
    "AND t.scheduled = d.scheduled AND t.run = d.run AND t.event = d.event) "
    "FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[]) "
    "AS d (namespace, queue, kind, sticky, scheduled, run, event)))"};

constexpr statement put_tasks{
    "put_tasks",
    "INSERT INTO perdure.tasks SELECT 0, * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], "
    "$6::bigint[], $7::bigint[], $8::bigint[]) "
    "ON CONFLICT (shard, namespace, queue, kind, sticky, scheduled, run, event) DO UPDATE SET attempt = excluded.attempt"};

constexpr statement put_current{
    "put_current",
    "INSERT INTO perdure.current_runs SELECT 0, * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[]) "
    "ON CONFLICT (shard, workflow_id, namespace) DO UPDATE SET run = excluded.run"};

constexpr statement delete_current{
    "delete_current",
    "DELETE FROM perdure.current_runs WHERE ctid = ANY (ARRAY(SELECT (SELECT c.ctid FROM perdure.current_runs AS c "
    "WHERE c.shard = 0 AND c.namespace = d.namespace AND c.workflow_id = d.workflow_id) "
    "FROM unnest($1::bytea[], $2::bytea[]) AS d (namespace, workflow_id)))"};

constexpr statement delete_runs{"delete_runs",
                                "DELETE FROM perdure.runs WHERE ctid = ANY (ARRAY(SELECT (SELECT r.ctid FROM perdure.runs AS r "
                                "WHERE r.shard = 0 AND r.run = d.run) FROM unnest($1::bigint[]) AS d (run)))"};

constexpr statement delete_checkpoints{
    "delete_checkpoints",
    "DELETE FROM perdure.checkpoints WHERE ctid = ANY (ARRAY(SELECT (SELECT c.ctid FROM perdure.checkpoints AS c "
    "WHERE c.shard = 0 AND c.run = d.run) FROM unnest($1::bigint[]) AS d (run)))"};

constexpr statement insert_garbage{
    "insert_garbage", "INSERT INTO perdure.garbage SELECT 0, run FROM unnest($1::bigint[]) AS d (run) ON CONFLICT DO NOTHING"};

// What is written of runs: one column a vector. The texts are those of the batch.
struct visibility_columns {
    numbers run, status, start, execution, history_length;
    std::vector<std::optional<std::int64_t>> close;
    texts space, workflow_id, run_id, type, queue, info;

    void add(const visibility_row& row) {
        run.push_back(row.run);
        status.push_back(row.status);
        start.push_back(row.start_time.time_since_epoch().count());
        execution.push_back(row.execution_time.time_since_epoch().count());
        history_length.push_back(row.history_length);
        close.push_back(row.close_time ? std::optional<std::int64_t>(row.close_time->time_since_epoch().count()) : std::nullopt);
        type.push_back(row.workflow_type);
        queue.push_back(row.task_queue);
        info.push_back(row.info);
    }
};

void queue_visibility(connection& db, const commit_batch& batch) {
    visibility_columns made;
    visibility_columns changed;
    numbers run;
    numbers ordinal;
    texts name;
    std::vector<std::optional<std::int64_t>> whole;
    std::vector<std::optional<double>> real;
    std::vector<std::optional<std::string_view>> word;
    for (const run_write& write : batch.runs) {
        if (!write.visibility) continue;
        const visibility_row& row = *write.visibility;
        (write.created ? made : changed).add(row);
        if (write.created) {
            made.run.back() = write.run;
            made.space.push_back(write.created->namespace_name);
            made.workflow_id.push_back(write.created->workflow_id);
            made.run_id.push_back(write.created->run_id);
        }
        for (std::size_t i = 0; i < row.attributes.size(); ++i) {
            const auto& [key, value] = row.attributes[i];
            run.push_back(row.run);
            ordinal.push_back(static_cast<std::int64_t>(i));
            name.push_back(key);
            const auto* number = std::get_if<std::int64_t>(&value);
            const auto* fraction = std::get_if<double>(&value);
            const auto* text = std::get_if<std::string>(&value);
            whole.push_back(number != nullptr ? std::optional(*number) : std::nullopt);
            real.push_back(fraction != nullptr ? std::optional(*fraction) : std::nullopt);
            word.push_back(text != nullptr ? std::optional<std::string_view>(*text) : std::nullopt);
        }
    }
    if (!made.run.empty())
        db.queue(insert_runs, parameters()
                                  .add(made.run)
                                  .add(made.space)
                                  .add(made.workflow_id)
                                  .add(made.run_id)
                                  .add(made.type)
                                  .add(made.queue)
                                  .add(made.status)
                                  .add(made.start)
                                  .add(made.execution)
                                  .add(made.close)
                                  .add(made.history_length)
                                  .add(made.info));
    if (!changed.run.empty()) {
        db.queue(
            update_runs,
            parameters().add(changed.run).add(changed.status).add(changed.close).add(changed.history_length).add(changed.info));
        db.queue(delete_attributes, parameters().add(changed.run));
    }
    if (!run.empty()) db.queue(insert_attributes, parameters().add(run).add(ordinal).add(name).add(whole).add(real).add(word));
}

void queue_journals(connection& db, const commit_batch& batch) {
    numbers checked;
    numbers previous;
    numbers run;
    numbers last;
    numbers first_event;
    numbers events;
    std::vector<std::string> blobs;
    for (const run_write& write : batch.runs) {
        if (!write.records.empty() || !write.created) {
            checked.push_back(write.run);
            previous.push_back(write.previous_sequence);
        }
        if (write.records.empty()) continue;
        std::int64_t count = 0;
        for (const journal_record& record : write.records) count += record.event_count;
        run.push_back(write.run);
        last.push_back(write.records.back().sequence);
        first_event.push_back(write.records.front().first_event_id);
        events.push_back(count);
        blobs.push_back(encode_records(write.records));
    }
    if (!checked.empty()) db.queue(check_journals, parameters().add(checked).add(previous));
    if (run.empty()) return;
    const texts records(blobs.begin(), blobs.end());
    db.queue(insert_journal, parameters().add(run).add(last).add(first_event).add(events).add(records));
}

void queue_checkpoints(connection& db, const commit_batch& batch) {
    numbers run;
    numbers sequence;
    std::vector<std::string> blobs;
    for (const run_write& write : batch.runs) {
        if (!write.checkpoint) continue;
        run.push_back(write.run);
        sequence.push_back(write.checkpoint->sequence);
        blobs.push_back(seal(write.checkpoint->bytes));
    }
    if (run.empty()) return;
    const texts states(blobs.begin(), blobs.end());
    db.queue(put_checkpoints, parameters().add(run).add(sequence).add(states));
}

void queue_wakeups(connection& db, const commit_batch& batch) {
    numbers run;
    numbers due;
    numbers removed;
    for (const run_write& write : batch.runs) {
        if (!write.wakeup) continue;
        if (!*write.wakeup) {
            removed.push_back(write.run);
            continue;
        }
        run.push_back(write.run);
        due.push_back((*write.wakeup)->time_since_epoch().count());
    }
    if (!run.empty()) db.queue(put_wakeups, parameters().add(run).add(due));
    if (!removed.empty()) db.queue(delete_wakeups, parameters().add(removed));
}

struct task_columns {
    texts space, queue;
    numbers kind, sticky, scheduled, run, event, attempt;

    void add(const task_row& row) {
        space.push_back(row.queue.namespace_name);
        queue.push_back(row.queue.name);
        kind.push_back(static_cast<std::int64_t>(row.queue.kind));
        sticky.push_back(row.queue.sticky ? 1 : 0);
        scheduled.push_back(row.position.scheduled.time_since_epoch().count());
        run.push_back(row.position.run);
        event.push_back(row.position.event_id);
        attempt.push_back(row.attempt);
    }
    [[nodiscard]] parameters keys() const {
        parameters made;
        made.add(space).add(queue).add(kind).add(sticky).add(scheduled).add(run).add(event);
        return made;
    }
};

// A task that is taken away and added in one batch stays: removals come first.
void queue_tasks(connection& db, const commit_batch& batch) {
    task_columns removed;
    task_columns added;
    for (const run_write& write : batch.runs) {
        for (const task_row& row : write.tasks_removed) removed.add(row);
        for (const task_row& row : write.tasks_added) added.add(row);
    }
    if (!removed.run.empty()) db.queue(delete_tasks, removed.keys());
    if (!added.run.empty()) db.queue(put_tasks, added.keys().add(added.attempt));
}

// One statement cannot write a row twice: of several writes of one pointer, the last counts.
void queue_current_runs(connection& db, const commit_batch& batch) {
    std::map<std::pair<std::string_view, std::string_view>, std::optional<run_number>> last;
    for (const current_run_write& write : batch.current_runs) last[{write.namespace_name, write.workflow_id}] = write.run;
    texts space;
    texts id;
    numbers run;
    texts freed_space;
    texts freed_id;
    for (const auto& [key, number] : last) {
        (number ? space : freed_space).push_back(key.first);
        (number ? id : freed_id).push_back(key.second);
        if (number) run.push_back(*number);
    }
    if (!run.empty()) db.queue(put_current, parameters().add(space).add(id).add(run));
    if (!freed_id.empty()) db.queue(delete_current, parameters().add(freed_space).add(freed_id));
}

}  // namespace

void queue_batch(connection& db, const commit_batch& batch) {
    queue_visibility(db, batch);
    queue_journals(db, batch);
    queue_checkpoints(db, batch);
    queue_wakeups(db, batch);
    queue_tasks(db, batch);
    queue_current_runs(db, batch);
    if (batch.deleted.empty()) return;
    for (const statement* gone : {&delete_runs, &delete_attributes, &delete_checkpoints, &delete_wakeups, &insert_garbage})
        db.queue(*gone, parameters().add(batch.deleted));
}

}  // namespace perdure::history::postgres
