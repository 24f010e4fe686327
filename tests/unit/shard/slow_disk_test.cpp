#include <gmock/gmock.h>

#include <deque>
#include <map>
#include <random>
#include <set>

#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;

// Clients and workers do anything in any order while the disk takes its time, fails, or is there no more when a batch comes.
// Whatever anybody was told must stand after the next crash.
class slow_disk_walk {
  public:
    explicit slow_disk_walk(std::uint64_t seed) : random_(seed), rig_(options(seed)) { rig_.writes.at_once = false; }

    void run(int steps) {
        for (int step = 0; step < steps; ++step) one_step();
        crash();
        finish();
    }

    int told = 0;
    int refused = 0;
    int crashes = 0;

  private:
    static shard_options options(std::uint64_t seed) {
        std::mt19937_64 draws(seed);
        shard_options made;
        made.cache_bytes = 30'000;
        made.tail_bytes = 500;
        if (draws() % 2 == 0) made.commit_delay = 2ms;
        if (draws() % 4 != 0) made.answer_delay = std::chrono::milliseconds{1 + draws() % 40};
        if (draws() % 4 != 0) made.first_answer_delay = std::chrono::milliseconds{1 + draws() % 10};
        made.fired_runs_a_batch = 1 + draws() % 4;
        return made;
    }

    std::uint64_t draw(std::uint64_t n) { return random_() % n; }
    std::string some_id() { return "o-" + std::to_string(draw(8)); }
    template <class T>
    std::optional<T> some_of(std::deque<T>& all) {
        if (all.empty()) return std::nullopt;
        const auto at = all.begin() + static_cast<std::ptrdiff_t>(draw(all.size()));
        T taken = std::move(*at);
        all.erase(at);
        return taken;
    }
    // Calls `then` when the shard says yes.
    template <class Response>
    reply<Response> when_told(std::function<void(Response)> then) {
        return [this, then = std::move(then)](result<Response> got) {
            ++(got ? told : refused);
            if (got) then(std::move(*got));
        };
    }

    void one_step() {
        switch (draw(16)) {
            case 0:
                return start(some_id());
            case 1:
            case 2:
                return signal(some_id());
            case 3:
                return show(some_id());
            case 4:
            case 5:
            case 6:
                return take();
            case 7:
            case 8:
                return answer_workflow_task();
            case 9:
            case 10:
                return end_activity();
            case 11:
                rig_.pass(std::chrono::milliseconds{draw(12)});
                return;
            case 12:
                if (draw(20) == 0) crash();
                return;
            case 13:
                if (draw(10) == 0) rig_.watched.commit_failure = service_failure{status_code::unavailable, "no space"};
                [[fallthrough]];
            default:
                rig_.writes.step();
                rig_.watched.commit_failure.reset();
                return;
        }
    }

    void start(const std::string& id) {
        rig_.shard().start_workflow_execution(start_request(id), when_told<pb::service::StartWorkflowExecutionResponse>(
                                                                     [this, id](const auto&) { started_.insert(id); }));
    }

    void signal(const std::string& id) {
        pb::service::SignalWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_workflow_execution()->set_workflow_id(id);
        request.set_signal_name("s-" + std::to_string(++made_));
        request.set_request_id(request.signal_name());
        rig_.shard().signal_workflow_execution(
            request, when_told<pb::service::SignalWorkflowExecutionResponse>(
                         [this, id, name = request.signal_name()](const auto&) { signals_[id].insert(name); }));
    }

    void show(const std::string& id) {
        pb::service::GetWorkflowExecutionHistoryRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id(id);
        rig_.shard().get_workflow_execution_history(
            request, when_told<pb::service::GetWorkflowExecutionHistoryResponse>(
                         [this, id](const auto& page) { shown_[id] = std::max(shown_[id], page.history().events_size()); }));
    }

    void take() {
        if (rig_.offers.empty()) return;
        const offered_task offer = rig_.offers[draw(rig_.offers.size())];
        if (offer.task.kind == task_kind::workflow)
            return rig_.shard().start_workflow_task(
                offer.run, offer.task, {"worker"}, false,
                when_told<pb::service::PollWorkflowTaskQueueResponse>([this](auto task) { tasks_.push_back(std::move(task)); }));
        rig_.shard().start_activity_task(offer.run, offer.task, {"worker"},
                                         when_told<pb::service::PollActivityTaskQueueResponse>([this](auto task) {
                                             activities_[task.workflow_execution().workflow_id()].insert(task.activity_id());
                                             running_.push_back(std::move(task));
                                         }));
    }

    void answer_workflow_task() {
        const auto task = some_of(tasks_);
        if (!task) return;
        pb::service::RespondWorkflowTaskCompletedRequest request;
        request.set_namespace_("default");
        request.set_task_token(task->task_token());
        std::set<std::string> scheduled;
        for (std::uint64_t i = draw(3); i > 0; --i) {
            const std::string name = "a-" + std::to_string(++made_);
            const bool activity = draw(3) != 0;
            *request.add_commands() =
                activity ? activity_command(name, 1h) : timer_command(name, std::chrono::milliseconds{1 + draw(50)});
            if (activity) scheduled.insert(name);
        }
        rig_.shard().respond_workflow_task_completed(
            request, when_told<pb::service::RespondWorkflowTaskCompletedResponse>(
                         [this, scheduled, id = task->workflow_execution().workflow_id()](const auto&) {
                             activities_[id].insert(scheduled.begin(), scheduled.end());
                         }));
    }

    void end_activity() {
        const auto activity = some_of(running_);
        if (!activity) return;
        pb::service::RespondActivityTaskCompletedRequest request;
        request.set_namespace_("default");
        request.set_task_token(activity->task_token());
        rig_.shard().respond_activity_task_completed(
            request, when_told<pb::service::RespondActivityTaskCompletedResponse>([](const auto&) {}));
    }

    // The batch that is on its way gets there, or not. The workers live on with what they have, and answer.
    void crash() {
        ++crashes;
        if (draw(2) == 0) rig_.watched.commit_failure = service_failure{status_code::unavailable, "gone"};
        rig_.restart();
        rig_.watched.commit_failure.reset();
        // From here on everything is answered at once, what the new shard has begun included.
        while (rig_.writes.step()) continue;
        rig_.writes.at_once = true;
        for (const task_kind kind : {task_kind::workflow, task_kind::activity})
            rig_.shard().outstanding({"default", "q", kind, false}, {}, 1'000, [&](auto page) {
                ASSERT_TRUE(page);
                rig_.offers.insert(rig_.offers.end(), page->tasks.begin(), page->tasks.end());
            });
        EXPECT_THAT(rig_.findings(), ::testing::IsEmpty());
        for (const std::string& id : started_) {
            const auto events = rig_.history(id);
            EXPECT_GE(static_cast<int>(events.size()), std::max(2, shown_[id])) << id << ": what was shown is lost";
            std::set<std::string> scheduled;
            for (const auto& event : events) scheduled.insert(event.activity_task_scheduled_event_attributes().activity_id());
            for (const std::string& activity : activities_[id])
                EXPECT_TRUE(scheduled.contains(activity)) << id << " " << activity;
        }
        rig_.writes.at_once = false;
    }

    // Signals wait without an id while a task is started; when all is done each one is in its history, once.
    void finish() {
        rig_.writes.at_once = true;
        for (int round = 0; round < 4; ++round) {
            rig_.sleep(15s);
            while (const auto task = rig_.take_workflow_task()) static_cast<void>(rig_.complete(*task));
        }
        for (const auto& [id, names] : signals_) {
            std::map<std::string, int> received;
            for (const auto& event : rig_.history(id))
                if (event.has_workflow_execution_signaled_event_attributes())
                    ++received[event.workflow_execution_signaled_event_attributes().signal_name()];
            for (const std::string& name : names) EXPECT_EQ(received[name], 1) << id << " " << name;
        }
        EXPECT_THAT(rig_.findings(), ::testing::IsEmpty());
    }

    std::mt19937_64 random_;
    shard_rig rig_;
    int made_ = 0;
    std::deque<pb::service::PollWorkflowTaskQueueResponse> tasks_;
    std::deque<pb::service::PollActivityTaskQueueResponse> running_;
    // What somebody was told, by workflow.
    std::set<std::string> started_;
    std::map<std::string, std::set<std::string>> signals_;
    std::map<std::string, std::set<std::string>> activities_;
    std::map<std::string, int> shown_;
};

TEST(ShardSlowDisk, WhatAnybodyWasToldStandsAfterACrash) {
    int told = 0;
    int refused = 0;
    int crashes = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        slow_disk_walk walk(seed);
        walk.run(600);
        told += walk.told;
        refused += walk.refused;
        crashes += walk.crashes;
        if (::testing::Test::HasFailure()) return;
    }
    EXPECT_GT(told, 20 * 100);
    EXPECT_GT(refused, 20);
    EXPECT_GT(crashes, 20);
}

}  // namespace
}  // namespace perdure::history
