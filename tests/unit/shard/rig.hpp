#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "history_service/shard/fsck.hpp"
#include "history_service/shard/shard.hpp"
#include "history_service/store/memory/memory_store.hpp"
#include "tests/unit/shard/watched_store.hpp"

namespace perdure::history {

/// Ids that are the same in every run of a test.
class counted_ids final : public id_source {
  public:
    std::string next() override { return "id-" + std::to_string(++last_); }

  private:
    int last_ = 0;
};

/// Does what it is given when the test says so.
class stepped_background final : public background {
  public:
    void run(std::function<void()> work, std::function<void()> then) override {
        if (at_once) {
            work();
            then();
        } else {
            jobs_.push_back({std::move(work), std::move(then)});
        }
    }
    /// Does the oldest job. False: there is none.
    bool step() {
        if (jobs_.empty()) return false;
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        job.first();
        job.second();
        return true;
    }
    /// Does the work of the oldest job; what follows it comes with its step.
    void work_ahead() {
        std::exchange(jobs_.front().first, [] {})();
    }
    [[nodiscard]] std::size_t waiting() const { return jobs_.size(); }

    bool at_once = true;

  private:
    std::deque<std::pair<std::function<void()>, std::function<void()>>> jobs_;
};

/// A shard with everything around it in the test's hand: time, disk, and the workers.
class shard_rig : public effects_sink {
  public:
    explicit shard_rig(shard_options options = {}, store* rows = nullptr);
    ~shard_rig() override { shard_.reset(); }

    history_shard& shard() { return *shard_; }
    /// Ends the shard as a crash does, and starts another one on the same store.
    void restart();
    /// Lets time pass in one step.
    void pass(std::chrono::nanoseconds time) {
        now += time;
        shard_->advance(now);
    }
    /// Lets time pass from one thing that is due to the next.
    void sleep(std::chrono::nanoseconds time);

    /// Calls an operation that answers at once.
    template <class Request, class Response>
    result<Response> ask(void (history_shard::*operation)(const Request&, reply<Response>), const Request& request) {
        auto answer = std::make_shared<std::optional<result<Response>>>();
        ((*shard_).*operation)(request, [answer](result<Response> got) {
            EXPECT_FALSE(*answer) << "answered twice";
            *answer = std::move(got);
        });
        if (!*answer) return service_failure{status_code::deadline_exceeded, "no answer yet"};
        return std::move(**answer);
    }

    // --- Clients -----------------------------------------------------------------------------------------------------
    result<pb::service::StartWorkflowExecutionResponse> start(const std::string& id, const std::string& request_id = "");
    result<done> signal(const std::string& id, const std::string& request_id = "", const std::string& run_id = "");
    result<done> terminate(const std::string& id);
    std::vector<pb::history::HistoryEvent> history(const std::string& id, const std::string& run_id = "", int page = 0);
    pb::workflow::WorkflowExecutionInfo info(const std::string& id);

    // --- A worker ----------------------------------------------------------------------------------------------------
    /// Takes the oldest offered task of the kind.
    result<pb::service::PollWorkflowTaskQueueResponse> take_workflow_task(const std::string& queue = "q");
    /// The workflow task of one workflow.
    result<pb::service::PollWorkflowTaskQueueResponse> take_task_of(const std::string& id);
    result<pb::service::PollActivityTaskQueueResponse> take_activity_task(const std::string& queue = "q");
    result<pb::service::RespondWorkflowTaskCompletedResponse> complete(const pb::service::PollWorkflowTaskQueueResponse& task,
                                                                       std::vector<pb::command::Command> commands = {});
    result<done> complete(const pb::service::PollActivityTaskQueueResponse& task);
    [[nodiscard]] std::vector<std::string> findings() { return must(fsck(watched, options_.retention)); }

    template <class T>
    static T must(result<T> answer) {
        EXPECT_TRUE(answer) << answer.error().message;
        if (!answer) throw std::runtime_error(answer.error().message);
        return std::move(*answer);
    }

    // --- effects_sink ------------------------------------------------------------------------------------------------
    void task_offered(const offered_task& task) override;
    void task_withdrawn(const offered_task& task, bool started) override;
    void query_offered(const offered_query& query) override { queries[query.id] = query; }
    void query_withdrawn(const offered_query& query) override { queries.erase(query.id); }
    void activity_cancel_requested(const activity_notice& notice) override { cancels.push_back(notice); }
    void activity_abandoned(const activity_notice& notice) override { abandoned.push_back(notice); }
    void wakeup_came(wakeup_stage stage, std::chrono::nanoseconds late) override { came_late[stage].push_back(late); }

    wall_time now{std::chrono::seconds{1'000'000}};
    memory_store memory;
    watched_store watched;
    stepped_background writes;
    stepped_background reads;
    counted_ids ids;
    std::vector<offered_task> offers;
    /// A worker waits for workflow tasks and takes each at once; they come here.
    bool worker_waits = false;
    std::vector<pb::service::PollWorkflowTaskQueueResponse> taken;
    std::map<std::uint64_t, offered_query> queries;
    std::vector<activity_notice> cancels;
    std::vector<activity_notice> abandoned;
    std::map<wakeup_stage, std::vector<std::chrono::nanoseconds>> came_late;

  private:
    result<pb::service::PollWorkflowTaskQueueResponse> take(const offered_task& offer);

    shard_options options_;
    std::unique_ptr<history_shard> shard_;
};

[[nodiscard]] pb::service::StartWorkflowExecutionRequest start_request(const std::string& id, const std::string& request_id = "");
[[nodiscard]] pb::command::Command activity_command(const std::string& id,
                                                    std::chrono::seconds start_to_close = std::chrono::seconds{30});
[[nodiscard]] pb::command::Command timer_command(const std::string& id, std::chrono::milliseconds fire_after);
[[nodiscard]] pb::command::Command complete_command();

}  // namespace perdure::history
