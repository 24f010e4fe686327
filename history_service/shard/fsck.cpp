#include "history_service/shard/fsck.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <map>
#include <set>

#include "history_service/engine/transition.hpp"
#include "history_service/shard/rows_of_state.hpp"

namespace perdure::history {
namespace {

constexpr std::size_t rows_at_once = 1'000;

// Messages keep maps, which have no order of their own: equal messages are compared as bytes in one order.
std::string in_order(const google::protobuf::MessageLite& message) {
    std::string bytes;
    {
        google::protobuf::io::StringOutputStream stream(&bytes);
        google::protobuf::io::CodedOutputStream coded(&stream);
        coded.SetSerializationDeterministic(true);
        message.SerializeToCodedStream(&coded);
    }
    return bytes;
}

std::string in_order(const run_state& state) {
    journal::Checkpoint message = checkpoint(state);
    // A set, written in whatever order it has in memory.
    std::sort(message.mutable_seen_requests()->begin(), message.mutable_seen_requests()->end());
    return in_order(message);
}

// What a list row and the state it is of disagree about; empty when they agree. History length and bytes of an open run are
// as of the last time that its row changed.
std::string difference(const visibility_row& stored, const visibility_row& implied, bool open) {
    if (stored.status != implied.status) return "status";
    if (stored.workflow_type != implied.workflow_type) return "workflow type";
    if (stored.task_queue != implied.task_queue) return "task queue";
    if (stored.start_time != implied.start_time) return "start time";
    if (stored.execution_time != implied.execution_time) return "execution time";
    if (stored.close_time != implied.close_time) return "close time";
    if (stored.attributes != implied.attributes) return "search attributes";
    pb::workflow::WorkflowExecutionInfo of_row;
    pb::workflow::WorkflowExecutionInfo of_state;
    if (!of_row.ParseFromString(stored.info) || !of_state.ParseFromString(implied.info)) return "unreadable bytes";
    if (open) {
        for (auto* info : {&of_row, &of_state}) {
            info->clear_history_length();
            info->clear_history_size_bytes();
            info->clear_state_transition_count();
            info->clear_auto_reset_points();
            info->mutable_search_attributes()->mutable_indexed_fields()->erase(unlisted_attribute);
        }
    } else if (stored.history_length != implied.history_length) {
        return "history length";
    }
    return in_order(of_row) == in_order(of_state) ? "" : "details";
}

class checker {
  public:
    checker(store& rows, std::chrono::hours retention) : rows_(rows), retention_(retention) {}

    result<std::vector<std::string>> run() {
        auto own = rows_.check_rows();
        if (!own) return std::move(own).error();
        findings_ = std::move(*own);
        if (auto read = read_tasks(); !read) return std::move(read).error();
        run_number after = 0;
        for (;;) {
            const auto runs = rows_.scan_runs(after, rows_at_once);
            if (!runs) return service_failure(runs.error());
            for (const visibility_row& row : *runs) {
                if (auto checked = check_run(row); !checked) {
                    // Damage of one run is a finding; the others are looked at all the same.
                    if (checked.error().code != status_code::data_loss) return std::move(checked).error();
                    say(row, checked.error().message);
                }
                after = row.run;
            }
            if (runs->size() < rows_at_once) break;
        }
        for (const auto& [run, tasks] : tasks_)
            for (const task_row& task : tasks)
                findings_.push_back("task queue '" + task.queue.name + "' offers event " +
                                    std::to_string(task.position.event_id) + " of run " + std::to_string(run) +
                                    ", which does not wait for a worker");
        return std::move(findings_);
    }

  private:
    void say(const visibility_row& row, const std::string& what) {
        findings_.push_back("workflow '" + row.workflow_id + "' run " + row.run_id + ": " + what);
    }

    result<done> read_tasks() {
        std::optional<queue_key> after;
        for (;;) {
            const auto queues = rows_.outstanding_queues(after, rows_at_once);
            if (!queues) return service_failure(queues.error());
            for (const queue_key& queue : *queues) {
                std::optional<task_position> from;
                for (;;) {
                    const auto tasks = rows_.outstanding_tasks(queue, from, rows_at_once);
                    if (!tasks) return service_failure(tasks.error());
                    for (const stored_task& task : *tasks) tasks_[task.row.position.run].insert(task.row);
                    if (tasks->size() < rows_at_once) break;
                    from = tasks->back().row.position;
                }
                after = queue;
            }
            if (queues->size() < rows_at_once) return done{};
        }
    }

    result<done> check_run(const visibility_row& row) {
        const auto loaded = rows_.load_run(row.run);
        if (!loaded) return service_failure(loaded.error());
        if (!*loaded) {
            say(row, "is listed but cannot be loaded");
            return done{};
        }
        auto state = state_of(**loaded);
        if (!state) return std::move(state).error();
        if (const auto broken = broken_invariant(*state)) say(row, *broken);
        if (auto checked = check_journal(row, *state); !checked) return checked;
        check_wakeup(row, **loaded, *state);
        check_tasks(row, *state);
        check_visibility(row, *state);
        return check_pointer(row);
    }

    // The whole journal, record by record, must lead to the state that is used.
    result<done> check_journal(const visibility_row& row, const run_state& state) {
        run_state folded;
        std::int64_t sequence = 0;
        std::int64_t next_event = 1;
        for (;;) {
            const auto records = rows_.read_journal(row.run, sequence, rows_at_once);
            if (!records) return service_failure(records.error());
            for (const journal_record& record : *records) {
                journal::JournalRecord message;
                if (!message.ParseFromString(record.bytes))
                    return service_failure{status_code::data_loss,
                                           "record " + std::to_string(record.sequence) + " cannot be read"};
                if (record.sequence != sequence + 1 || message.sequence() != record.sequence)
                    return service_failure{status_code::data_loss, "record " + std::to_string(sequence + 1) + " is missing"};
                if (auto applied = fold(folded, message); !applied) return std::move(applied).error();
                sequence = record.sequence;
                for (const auto& change : message.changes()) {
                    const auto* event = history_event_of(change);
                    if (event != nullptr && event->event_id() != next_event++)
                        return service_failure{status_code::data_loss, "event " + std::to_string(next_event - 1) + " is missing"};
                }
            }
            if (records->size() < rows_at_once) break;
        }
        if (in_order(folded) != in_order(state)) say(row, "its journal folds to another state than its checkpoint and tail");
        return done{};
    }

    void check_wakeup(const visibility_row& row, const loaded_run& loaded, const run_state& state) {
        const auto wanted = wakeup_of(state, retention_);
        if (!wanted) return;
        if (!loaded.wakeup)
            say(row, "has something pending and no wake-up");
        else if (*loaded.wakeup > *wanted && state.running())
            say(row, "has its wake-up after what is due first");
    }

    void check_tasks(const visibility_row& row, const run_state& state) {
        std::set<task_row> stored;
        if (const auto at = tasks_.find(row.run); at != tasks_.end()) {
            stored = std::move(at->second);
            tasks_.erase(at);
        }
        for (const outstanding_task& task : outstanding_tasks(state))
            if (stored.erase(task_row_of(row.run, state, task)) == 0)
                say(row, "event " + std::to_string(task.task.scheduled_event_id) + " waits for a worker and is on no task queue");
        for (const task_row& task : stored)
            say(row, "event " + std::to_string(task.position.event_id) + " is on task queue '" + task.queue.name +
                         "' and does not wait for a worker");
    }

    void check_visibility(const visibility_row& row, const run_state& state) {
        const std::string what = difference(row, visibility_row_of(row.run, state), state.running());
        if (!what.empty()) say(row, "lists show something else than its state says: " + what);
    }

    result<done> check_pointer(const visibility_row& row) {
        const auto current = rows_.current_run(row.namespace_name, row.workflow_id);
        if (!current) return service_failure(current.error());
        if (*current && **current >= row.run) return done{};
        // A newer run that was deleted leaves older closed ones without a pointer.
        const bool open = row.status == static_cast<int>(pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING);
        if (*current || open) say(row, "is newer than the run that its workflow id points to");
        return done{};
    }

    store& rows_;
    std::chrono::hours retention_;
    std::vector<std::string> findings_;
    std::map<run_number, std::set<task_row>> tasks_;
};

}  // namespace

result<std::vector<std::string>> fsck(store& rows, std::chrono::hours retention) { return checker(rows, retention).run(); }

}  // namespace perdure::history
