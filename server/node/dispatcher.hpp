#pragma once

#include "history_service/shard/shard.hpp"
#include "matching/matcher.hpp"
#include "server/node/node_clock.hpp"
#include "server/node/options.hpp"
#include "server/node/task_meter.hpp"
#include "server/node/task_receiver.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace perdure::server {

/// Joins history and matching: offers go to the matcher, matches become starts, durable starts go to their receivers, and
/// whatever cannot be delivered goes back.
class dispatcher final : public history::effects_sink {
  public:
    /// Hears of running activities whose workers should know something.
    using notice_handler = std::function<void(const history::activity_notice&, bool abandoned)>;
    /// Answers which poller of a favoured receiver serves a queue; 0 for none.
    using favourite_finder = std::function<matching::poller_id(const matching::queue_key&)>;

    dispatcher(const node_clock& clock, const node_options& options, notice_handler notices);

    /// The shard is known from now on. Before `detach` nothing reaches it any more.
    void attach(history::history_shard& shard) { shard_ = &shard; }
    void detach() { shard_ = nullptr; }

    // --- Pollers ----------------------------------------------------------------------------------------------------
    [[nodiscard]] matching::poller_id subscribe(const matching::queue_key& queue, const std::string& identity,
                                                double rate_per_second, task_receiver& receiver);
    void credit(matching::poller_id poller, std::uint32_t count);
    void hold(matching::poller_id poller, bool held);
    void leave(matching::poller_id poller);
    /// One task for `receiver`, or nothing at its deadline.
    void poll(const matching::queue_key& queue, const std::string& identity, std::unique_ptr<task_receiver> receiver);
    [[nodiscard]] std::size_t polls() const noexcept { return polls_; }

    /// While it is set, what is scheduled goes first to the pollers that it names.
    void favour(favourite_finder finder) { favourite_ = std::move(finder); }

    /// The worker that had this task is gone, and did not answer. Another one gets the same start.
    void lost(const matching::match& made, const std::string& task_token);
    /// The same for a task that was never matched, because it travelled in an answer.
    void lost_eager(const matching::queue_key& queue, const std::string& task_token);

    // --- People -----------------------------------------------------------------------------------------------------
    void describe(const matching::queue_key& queue, reply<matching::queue_stats> done);

    // --- Time -------------------------------------------------------------------------------------------------------
    void advance();
    [[nodiscard]] std::optional<matching::instant> next_due() const;

    [[nodiscard]] const matching::matcher& state() const noexcept { return matcher_; }
    /// What became of the tasks, up to now.
    void add_to(node_figures& figures) const;
    /// A task travelled in the answer to the worker that asked for it.
    void count_eager(const pb::service::PollWorkflowTaskQueueResponse& task) { meter_.workflow_task(times_of(task)); }
    void count_eager(const pb::service::PollActivityTaskQueueResponse& task) { meter_.activity_task(times_of(task)); }

    // --- history::effects_sink --------------------------------------------------------------------------------------
    void task_offered(const history::offered_task& task) override;
    void task_withdrawn(const history::offered_task& task, bool started) override;
    void query_offered(const history::offered_query& query) override;
    void query_withdrawn(const history::offered_query& query) override;
    void activity_cancel_requested(const history::activity_notice& notice) override { notices_(notice, false); }
    void activity_abandoned(const history::activity_notice& notice) override { notices_(notice, true); }
    void wakeup_came(history::wakeup_stage stage, std::chrono::nanoseconds late) override { meter_.wakeup(stage, late); }

  private:
    struct poller {
        task_receiver* receiver = nullptr;
        /// Set for one-shot polls.
        std::unique_ptr<task_receiver> owned{};
        std::string identity{};
        /// Of a one-shot poll.
        std::optional<matching::instant> deadline{};
        matching::queue_key queue{};
    };
    struct lost_task {
        std::string task_token{};
        matching::queue_key queue{};
    };

    [[nodiscard]] matching::instant now() const { return clock_.steady(); }
    /// Acts on what the matcher said, in order; what follows from that is appended and done too.
    void act(matching::outputs said);
    void act_on(const matching::match& made);
    void act_on(const matching::need_more& wanted);
    void act_on(const matching::poll_expired& late);
    void act_on(const matching::sticky_unavailable& gone);

    void start_workflow_task(const matching::match& made, const history::task_taker& taker);
    void start_activity_task(const matching::match& made, const history::task_taker& taker);
    void delivered(const matching::match& made, const task_times& times);
    template <class Task>
    void started(const matching::match& made, result<Task>& task);
    /// A match came to nothing: whoever was to have it may have another one.
    void return_credit(matching::poller_id id);
    void later(std::chrono::nanoseconds pause, std::function<void()> work);
    void forget(matching::poller_id id);

    const node_clock& clock_;
    const node_options& options_;
    notice_handler notices_;
    favourite_finder favourite_{};
    history::history_shard* shard_ = nullptr;
    matching::matcher matcher_;
    task_meter meter_;
    std::deque<matching::output> said_;
    bool acting_ = false;
    std::unordered_map<matching::poller_id, poller> pollers_;
    matching::poller_id last_poller_ = 0;
    std::size_t polls_ = 0;
    /// Starts that wait for another worker, by the key under which the matcher has them.
    std::unordered_map<matching::task_key, lost_task> lost_;
    std::int64_t last_eager_ = 0;
    std::multimap<matching::instant, std::function<void()>> later_;
};

}  // namespace perdure::server
