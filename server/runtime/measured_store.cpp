#include "server/runtime/measured_store.hpp"

#include <array>
#include <utility>

#include "api/proto.hpp"

namespace perdure::server {
namespace {

using history::commit_batch;

// What an event that ends something counts as.
constexpr std::array<std::pair<int, std::string_view>, 10> endings{{
    {pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, "workflow_success"},
    {pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, "workflow_failed"},
    {pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, "workflow_timeout"},
    {pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, "workflow_cancel"},
    {pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, "workflow_terminate"},
    {pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, "workflow_continued_as_new"},
    {pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED, "activity_success"},
    {pb::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED, "activity_fail"},
    {pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT, "activity_timeout"},
    {pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED, "activity_cancel"},
}};

class measured_store final : public history::store {
  public:
    measured_store(std::unique_ptr<history::store> inner, metrics& measured, std::atomic<boot_time>& last_commit)
        : inner_(std::move(inner)), measured_(measured), last_commit_(last_commit) {}

    result<done> commit(const commit_batch& batch) override {
        const boot_time asked = boot_clock::now();
        auto outcome = inner_->commit(batch);
        if (outcome) {
            last_commit_.store(asked);
            count(batch);
        } else {
            measured_.count("persistence_errors");
        }
        return outcome;
    }

    result<history::lease_answer> acquire_lease(std::string_view owner, std::chrono::milliseconds duration) override {
        return inner_->acquire_lease(owner, duration);
    }
    result<done> renew_lease(std::int64_t epoch) override { return inner_->renew_lease(epoch); }
    result<done> release_lease(std::int64_t epoch) override { return inner_->release_lease(epoch); }
    void interrupt() noexcept override { inner_->interrupt(); }
    result<std::size_t> collect_garbage(std::int64_t epoch, std::size_t max_rows) override {
        return inner_->collect_garbage(epoch, max_rows);
    }
    result<std::optional<history::run_number>> current_run(std::string_view space, std::string_view workflow_id) override {
        return inner_->current_run(space, workflow_id);
    }
    result<std::vector<std::optional<history::run_number>>> current_runs(std::span<const history::workflow_name> names) override {
        return inner_->current_runs(names);
    }
    [[nodiscard]] bool is_remote() const noexcept override { return inner_->is_remote(); }
    result<std::optional<history::run_number>> find_run(const history::run_key& key) override { return inner_->find_run(key); }
    result<std::optional<history::loaded_run>> load_run(history::run_number run) override {
        measured_.count("cache_miss");
        return inner_->load_run(run);
    }
    result<std::vector<history::loaded_run>> load_runs(std::span<const history::run_number> runs) override {
        return inner_->load_runs(runs);
    }
    result<std::vector<history::journal_record>> read_events(history::run_number run, std::int64_t first, std::size_t events,
                                                             std::size_t bytes) override {
        return inner_->read_events(run, first, events, bytes);
    }
    result<std::vector<history::journal_record>> read_events_reverse(history::run_number run, std::int64_t last,
                                                                     std::size_t events, std::size_t bytes) override {
        return inner_->read_events_reverse(run, last, events, bytes);
    }
    result<std::vector<history::journal_record>> read_journal(history::run_number run, std::int64_t after,
                                                              std::size_t limit) override {
        return inner_->read_journal(run, after, limit);
    }
    result<std::vector<history::due_run>> due_runs(wall_time until, const std::optional<history::due_run>& after,
                                                   std::size_t limit) override {
        return inner_->due_runs(until, after, limit);
    }
    result<std::vector<history::stored_task>> outstanding_tasks(const history::queue_key& queue,
                                                                const std::optional<history::task_position>& after,
                                                                std::size_t limit) override {
        return inner_->outstanding_tasks(queue, after, limit);
    }
    result<std::vector<history::queue_key>> outstanding_queues(const std::optional<history::queue_key>& after,
                                                               std::size_t limit) override {
        return inner_->outstanding_queues(after, limit);
    }
    result<history::visibility_page> list(std::string_view space, const history::list_filter& filter,
                                          const std::optional<history::list_cursor>& after, std::size_t limit) override {
        return inner_->list(space, filter, after, limit);
    }
    result<std::vector<history::status_count>> count(std::string_view space, const history::list_filter& filter) override {
        return inner_->count(space, filter);
    }
    result<std::vector<history::visibility_row>> scan_runs(history::run_number after, std::size_t limit) override {
        return inner_->scan_runs(after, limit);
    }
    result<std::vector<std::string>> check_rows() override { return inner_->check_rows(); }

  private:
    void count(const commit_batch& batch) {
        std::size_t transitions = 0;
        for (const history::run_write& run : batch.runs) {
            transitions += run.records.size();
            for (const history::journal_record& record : run.records) {
                if (record.event_count == 0) continue;
                for (const recorded_event& event : events_in(record.bytes)) count_event(event);
            }
            if (run.visibility && run.visibility->close_time) {
                measured_.observe("history_count", {}, static_cast<double>(run.visibility->history_length));
                measured_.observe("history_size", {}, static_cast<double>(run.history_bytes));
            }
        }
        measured_.count("state_transition_count", {}, static_cast<double>(transitions));
        measured_.count("persistence_run_writes", {}, static_cast<double>(batch.runs.size()));
        measured_.observe("persistence_batch_size", {}, static_cast<double>(transitions));
    }

    void count_event(const recorded_event& event) {
        if (event.type == pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT ||
            event.type == pb::enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT)
            count_timeout(event);
        for (const auto& [ending, name] : endings)
            if (ending == event.type) return measured_.count(name);
    }

    // Time-outs are rare enough to be decoded.
    void count_timeout(const recorded_event& event) {
        pb::history::HistoryEvent whole;
        if (!whole.ParseFromArray(event.bytes.data(), static_cast<int>(event.bytes.size()))) return;
        const bool activity = whole.has_activity_task_timed_out_event_attributes();
        const auto type = activity
                              ? whole.activity_task_timed_out_event_attributes().failure().timeout_failure_info().timeout_type()
                              : whole.workflow_task_timed_out_event_attributes().timeout_type();
        if (type == pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_START)
            measured_.count("schedule_to_start_timeout", {{"task_type", activity ? "Activity" : "Workflow"}});
    }

    std::unique_ptr<history::store> inner_;
    metrics& measured_;
    std::atomic<boot_time>& last_commit_;
};

}  // namespace

std::unique_ptr<history::store> measure_store(std::unique_ptr<history::store> inner, metrics& measured,
                                              std::atomic<boot_time>& last_commit) {
    return std::make_unique<measured_store>(std::move(inner), measured, last_commit);
}

}  // namespace perdure::server
