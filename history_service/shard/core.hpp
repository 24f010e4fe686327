#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/token.hpp"
#include "history_service/engine/engine.hpp"
#include "history_service/shard/commit_queue.hpp"
#include "history_service/shard/crowd.hpp"
#include "history_service/shard/deadlines.hpp"
#include "history_service/shard/id_lookup.hpp"
#include "history_service/shard/pages.hpp"
#include "history_service/shard/read_ahead.hpp"
#include "history_service/shard/run_cache.hpp"
#include "history_service/shard/shard.hpp"
#include "history_service/shard/wakeup_window.hpp"

namespace perdure::history {

/// How long the shard leaves a store alone that has just failed to read.
inline constexpr std::chrono::seconds retry_pause{1};

/// The inside of a shard. Operations are in op_*.cpp, one concern a file; what they share is in core_*.cpp.
///
/// Nobody outside is called from the middle of an operation: calls go through `later` and are made in `settle`, which ends
/// every operation.
class history_shard::core {
  public:
    core(const shard_environment& environment, shard_options options, const shard_lease& lease, wall_time now);
    ~core();

    void begin();
    void advance(wall_time now);
    [[nodiscard]] std::optional<wall_time> next_due() const;
    [[nodiscard]] bool idle() const noexcept { return !queue_.busy() && queue_.nothing_waits(); }
    [[nodiscard]] const run_cache& cache() const noexcept { return cache_; }
    [[nodiscard]] std::size_t bytes_ahead() const noexcept { return ahead_.bytes(); }
    [[nodiscard]] std::uint64_t cache_requests() const noexcept { return cache_requests_; }
    [[nodiscard]] foreseen_figures foreseen() const noexcept { return foreseen_; }
    [[nodiscard]] std::size_t armed() const noexcept { return window_.near(); }
    [[nodiscard]] const std::optional<service_failure>& lost_lease() const noexcept { return lost_lease_; }

    /// Runs one operation, and then everything that follows from it.
    template <class Operation>
    void operate(Operation&& operation) {
        operation();
        settle();
    }

    /// Runs operations, and then everything that follows from all of them.
    void together(const std::function<void()>& operations);

#define PERDURE_CORE_OPERATION(function, Name) \
    void function(const pb::service::Name##Request& request, reply<pb::service::Name##Response> done);
    PERDURE_SHARD_OPERATIONS(PERDURE_CORE_OPERATION)
#undef PERDURE_CORE_OPERATION

    using workflow_task_reply = reply<pb::service::PollWorkflowTaskQueueResponse>;
    using activity_task_reply = reply<pb::service::PollActivityTaskQueueResponse>;
    void start_workflow_task(run_number run, const task_ref& task, const task_taker& taker, bool normal_queue,
                             workflow_task_reply done);
    void start_activity_task(run_number run, const task_ref& task, const task_taker& taker, activity_task_reply done);
    void start_query_task(std::uint64_t query, const task_taker& taker, bool normal_queue, workflow_task_reply done);
    void redeliver_workflow_task(const std::string& token, workflow_task_reply done);
    void redeliver_activity_task(const std::string& token, activity_task_reply done);
    void put_back_query(std::uint64_t query);
    void outstanding(const queue_key& queue, const task_position& after, std::size_t limit, reply<outstanding_page> done);

  private:
    // --- core.cpp: the end of every operation, and time -----------------------------------------------------------------
    void later(std::function<void()> call) { outbox_.push_back(std::move(call)); }
    void settle();
    void shrink_cache();
    void submit();
    /// Lets what happened to the run wait for the worker that has its workflow task, or sends it on its way.
    void leave_out_or_take_along(const run_entry& entry);
    /// A look at what waits for answers is due then.
    void end_waits_at(deadlines::instant end);
    /// Whether what goes is to be written now, or may wait for more.
    [[nodiscard]] bool is_time_to_write();
    void stop_gathering();
    void finished(const result<done>& outcome);
    void finalize(run_entry& entry, run_write& write);
    void fill_window();
    void read_due_soon();
    /// Whether another run may be woken now, so that a burst of wake-ups leaves room for everything else.
    [[nodiscard]] bool may_fire() const noexcept;
    void begin_fired_batch();
    void fire(const due_run& due);
    void fire_timers(run_entry& entry);
    [[nodiscard]] environment env() { return {now_, around_.ids, options_.bounds}; }

    // --- core_runs.cpp: runs in memory ---------------------------------------------------------------------------------
    [[nodiscard]] result<run_entry*> entry_of(run_number run);
    /// What the id means is to be asked for elsewhere first.
    [[nodiscard]] bool must_ask(const std::string& namespace_name, const std::string& workflow_id) const;
    /// The newest run of the workflow id; nullptr when there is none.
    [[nodiscard]] result<run_entry*> newest(const std::string& namespace_name, const std::string& workflow_id);
    /// The run that a request names; without a run id the newest one. Errors: not_found, invalid_argument.
    [[nodiscard]] result<run_entry*> resolve(const std::string& namespace_name, const std::string& workflow_id,
                                             const std::string& run_id);
    [[nodiscard]] result<run_entry*> load(run_number run);
    [[nodiscard]] result<run_entry*> put_into_cache(loaded_run loaded);
    /// The run of a token, if it is in memory.
    [[nodiscard]] run_entry* cached_run_of(const task_token& token);
    void remove_run(run_entry& entry);

    // --- core_record.cpp: what a transition does -------------------------------------------------------------------------
    /// Queues what the engine did to the run; with nothing done, nothing happens.
    void record(run_entry& entry, transition change);
    run_entry& adopt(created_run made);
    void write_record(run_entry& entry, const journal::JournalRecord& record, const effects& consequences);
    void act(run_entry& entry, run_write& write, const effect& consequence);
    void arm(run_entry& entry);
    [[nodiscard]] offered_task offer_of(const run_entry& entry, const outstanding_task& task) const;
    [[nodiscard]] std::optional<offered_task> still_waiting(const stored_task& task);
    [[nodiscard]] std::string token_of(const run_entry& entry, const task_claim& claim, perdure::task_kind kind) const;

    // --- core_recover.cpp: after a failed commit -------------------------------------------------------------------------
    void recover(const service_failure& reason);
    void reload(run_number run);
    [[nodiscard]] static service_failure unwritten(const service_failure& reason);

    // --- core_events.cpp: events of a run, from memory and from the store --------------------------------------------------
    struct event_page {
        encoded_events events;
        /// Where the next page begins; past the asked range when this was the last.
        std::int64_t next = 0;
    };
    [[nodiscard]] result<event_page> read_events(const run_entry& entry, std::int64_t first, std::int64_t last,
                                                 std::size_t max_events);
    [[nodiscard]] result<event_page> read_events_reverse(const run_entry& entry, std::int64_t last, std::size_t max_events);
    [[nodiscard]] result<pb::service::PollWorkflowTaskQueueResponse> finish_task(const run_entry& entry,
                                                                                 started_workflow_task&& task, std::string token);

    // --- op_start.cpp ---------------------------------------------------------------------------------------------------
    using start_reply = reply<pb::service::StartWorkflowExecutionResponse>;
    using signal_with_start_reply = reply<pb::service::SignalWithStartWorkflowExecutionResponse>;
    /// Calls `start` when it needs no round trip to know what the id means.
    template <class Request, class Response>
    void when_id_is_known(const Request& request, reply<Response> done, void (core::*start)(const Request&, reply<Response>));
    void start_run(const pb::service::StartWorkflowExecutionRequest& request, start_reply done);
    void signal_or_start_run(const pb::service::SignalWithStartWorkflowExecutionRequest& request, signal_with_start_reply done);
    /// The new run is the one that its workflow id means; the run that it takes the place of, if any, is terminated with it.
    run_entry& begin_run(created_run made, run_entry* instead_of);

    // --- op_tasks.cpp ---------------------------------------------------------------------------------------------------
    /// Hands a workflow task to its worker: ahead of the disk, unless that is in trouble.
    void give_workflow_task(run_entry& entry, workflow_task_reply done,
                            result<pb::service::PollWorkflowTaskQueueResponse>&& task);
    /// An activity task as it leaves: with its token, and with the workflow task that its worker may foresee.
    [[nodiscard]] pb::service::PollActivityTaskQueueResponse finish_task(const run_entry& entry, started_activity_task&& task,
                                                                         const std::string& worker);
    void foresee(const run_entry& entry, const std::string& worker, pb::service::PollActivityTaskQueueResponse& task);
    /// What its worker is told of an answer that took effect: the tasks that travel in it.
    [[nodiscard]] pb::service::RespondWorkflowTaskCompletedResponse finish_answer(run_entry& entry,
                                                                                  workflow_task_completion&& completed,
                                                                                  const std::string& worker);

    // --- Replies ------------------------------------------------------------------------------------------------------
    template <class Response>
    void answer(reply<Response> done, result<Response>&& response) {
        later([done = std::move(done), response = std::move(response)]() mutable { done(std::move(response)); });
    }
    template <class Response>
    void refuse(const reply<Response>& done, service_failure failure) {
        answer<Response>(done, result<Response>(std::move(failure)));
    }
    using waiter = commit_queue::waiter;
    /// Answers once everything that happened to the run so far is durable.
    template <class Response>
    void answer_after(const run_entry& entry, reply<Response> done, result<Response>&& response, waiter who = waiter::waits) {
        queue_.hold(
            entry.number,
            [this, done = std::move(done), response = std::move(response)](const service_failure* lost) mutable {
                answer<Response>(std::move(done), lost != nullptr ? result<Response>(unwritten(*lost)) : std::move(response));
            },
            who);
    }
    /// Refuses because of a run, once that run is durable; at once without one.
    template <class Response>
    void refuse_for(const run_entry* run, reply<Response> done, service_failure failure) {
        if (run == nullptr) return refuse(done, std::move(failure));
        answer_after<Response>(*run, std::move(done), result<Response>(std::move(failure)));
    }
    /// Applies a change to the run that a request names, and answers.
    template <class Response, class Change>
    void change_run(const result<run_entry*>& found, reply<Response> done, Change&& change, waiter who = waiter::waits) {
        if (!found) return refuse(done, service_failure(found.error()));
        run_entry& entry = **found;
        result<transition> changed = change(entry);
        if (!changed) return refuse(done, std::move(changed).error());
        std::optional<service_failure> refusal = std::move(changed->refusal);
        record(entry, std::move(*changed));
        answer_after<Response>(entry, std::move(done), refusal ? result<Response>(std::move(*refusal)) : Response{}, who);
    }
    /// The run of a token, and which start it names. Errors: invalid_argument, not_found.
    struct claimed_run {
        run_entry* entry = nullptr;
        task_claim claim;
    };
    [[nodiscard]] result<claimed_run> claim_of(const std::string& namespace_name, const std::string& token,
                                               perdure::task_kind kind);
    [[nodiscard]] result<claimed_run> claim_by_id(const std::string& namespace_name, const std::string& workflow_id,
                                                  const std::string& run_id, const std::string& activity_id);

    // --- op_history.cpp: long polls of histories ---------------------------------------------------------------------------
    struct history_wait {
        pb::service::GetWorkflowExecutionHistoryRequest request;
        pages::HistoryPage page;
        reply<pb::service::GetWorkflowExecutionHistoryResponse> done;
        deadlines::key deadline;
    };
    void give_history(run_entry& entry, const pb::service::GetWorkflowExecutionHistoryRequest& request, pages::HistoryPage page,
                      reply<pb::service::GetWorkflowExecutionHistoryResponse> done, std::optional<deadlines::key> deadline);
    void park(run_entry& entry, const pb::service::GetWorkflowExecutionHistoryRequest& request, pages::HistoryPage page,
              reply<pb::service::GetWorkflowExecutionHistoryResponse> done, std::optional<deadlines::key> deadline);
    void wake_history(run_number run, bool closed);

    // --- op_queries.cpp ---------------------------------------------------------------------------------------------------
    enum class query_stage : std::uint8_t { before_first_task, with_task, on_its_own };
    struct pending_query {
        run_number run = 0;
        pb::service::QueryWorkflowRequest request;
        reply<pb::service::QueryWorkflowResponse> done;
        deadlines::key deadline;
        query_stage stage = query_stage::before_first_task;
        offered_query offer;
        bool started = false;
    };
    void plan(std::uint64_t id, run_entry& entry);
    void send_alone(std::uint64_t id, run_entry& entry);
    void end_query(std::uint64_t id, result<pb::service::QueryWorkflowResponse> response, const run_entry* entry);
    void settle_queries(run_entry& entry, query_outcome outcome);
    void drop_queries_of(run_number run, const service_failure& reason);
    void plan_waiting(run_entry& entry);

    // --- op_lists.cpp -----------------------------------------------------------------------------------------------------
    template <class Response>
    void make_list(std::function<result<Response>()> make, reply<Response> done);

    shard_environment around_;
    shard_options options_;
    wall_time now_;
    deadlines::instant steady_{};
    run_number next_run_;

    run_cache cache_;
    std::uint64_t cache_requests_ = 0;
    foreseen_figures foreseen_;
    commit_queue queue_;
    wakeup_window window_;
    read_ahead ahead_;
    id_lookup ids_;
    std::optional<due_run> window_read_to_;
    /// The window held more than one page; the rest of it is still in the store.
    bool window_has_more_ = true;
    bool window_pause_ = false;
    bool firing_pause_ = false;
    std::size_t fired_in_turn_ = 0;
    std::size_t fired_in_batch_ = 0;
    deadlines::instant batch_begun_{};
    /// The last commit did not fail: workers may be given what is not durable yet.
    bool runs_ahead_ = true;
    crowd crowd_;
    /// Until when what nobody waits for may gather.
    std::optional<deadlines::key> gathering_;
    bool gathered_ = false;
    /// The next look at what waits for answers.
    std::optional<deadlines::key> waits_end_;
    deadlines deadlines_;
    /// Runs whose state was lost in memory and could not be read again yet.
    std::set<run_number> to_reload_;
    bool garbage_may_be_left_ = true;
    std::optional<service_failure> lost_lease_;

    std::deque<std::function<void()>> outbox_;
    bool settling_ = false;
    bool more_comes_ = false;

    std::map<std::uint64_t, history_wait> history_waits_;
    std::unordered_map<run_number, std::set<std::uint64_t>> history_waits_by_run_;
    std::uint64_t last_wait_ = 0;
    std::map<std::uint64_t, pending_query> queries_;
    std::unordered_map<run_number, std::set<std::uint64_t>> queries_by_run_;
    std::uint64_t last_query_ = 0;
    /// Answers to lists that are being made elsewhere.
    std::map<std::uint64_t, std::function<void(const service_failure&)>> lists_under_way_;
    std::uint64_t last_list_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace perdure::history
