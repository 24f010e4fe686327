#include <gtest/gtest.h>

#include <random>

#include "api/time_convert.hpp"
#include "tests/unit/engine/story.hpp"

namespace perdure::history::test {
namespace {

/// Does anything that a client, a worker or time may do, in any order. After each step the host checks that the records
/// fold to the state, that a checkpoint restores it, and that rows and waiting tasks agree; the engine checks its
/// invariants. What is refused must change nothing.
class random_walk {
  public:
    explicit random_walk(std::uint64_t seed) : random_(seed) {
        auto request = story::plain_start();
        if (one_in(3)) *request.mutable_retry_policy() = {};
        if (one_in(3)) *request.mutable_workflow_execution_timeout() = to_duration(milliseconds(pick(200'000) + 1'000));
        if (one_in(3)) *request.mutable_workflow_start_delay() = to_duration(milliseconds(pick(3'000)));
        EXPECT_TRUE(host_.start(request).has_value());
        host_.bounds.buffered_events = 5;
        host_.bounds.pending_activities = 6;
    }

    void step() {
        switch (pick(10)) {
            case 0:
                return host_.advance(host_.now + milliseconds(pick(12'000)));
            case 1:
                return host_.advance(host_.next_due().value_or(host_.now));
            case 2:
                return signal();
            case 3:
                return one_in(12) ? request_cancel() : signal();
            case 4:
                return take_task();
            case 5:
                return answer_task();
            case 6:
                return take_activity();
            default:
                return one_in(4) ? answer_task() : answer_activity();
        }
    }

    /// Lets nobody ask for anything more: a run that is told to complete must come to its end.
    bool comes_to_an_end() {
        for (int round = 0; round < 200; ++round) {
            if (!host_.find("w")->state.running()) return true;
            take_task();
            if (task_) {
                pb::service::RespondWorkflowTaskCompletedRequest request;
                request.set_task_token(*task_);
                task_.reset();
                *request.add_commands() = complete();
                (void)host_.complete(request);
            }
            if (!host_.find("w")->state.running()) return true;
            (void)one_signal_to_wake();
            host_.advance(host_.now + 20s);
        }
        return false;
    }

    [[nodiscard]] std::string history() {
        std::string lines;
        for (const auto& event : host_.find("w")->history) lines += line_of(event) + '\n';
        return lines;
    }

  private:
    std::uint64_t pick(std::uint64_t below) { return random_() % below; }
    bool one_in(std::uint64_t chances) { return pick(chances) == 0; }

    result<done> one_signal_to_wake() {
        pb::service::SignalWorkflowExecutionRequest request;
        request.mutable_workflow_execution()->set_workflow_id("w");
        request.set_signal_name("wake");
        if (host_.find("w")->state.workflow_task.pending()) return done{};
        return host_.signal(request);
    }

    void signal() {
        pb::service::SignalWorkflowExecutionRequest request;
        request.mutable_workflow_execution()->set_workflow_id("w");
        request.set_signal_name("s");
        if (one_in(2)) request.set_request_id("r" + std::to_string(pick(20)));
        (void)host_.signal(request);
    }

    void request_cancel() {
        pb::service::RequestCancelWorkflowExecutionRequest request;
        request.mutable_workflow_execution()->set_workflow_id("w");
        (void)host_.cancel(request);
    }

    void take_task() {
        for (const char* queue : {"q", "q-sticky"}) {
            pb::service::PollWorkflowTaskQueueRequest request;
            request.mutable_task_queue()->set_name(queue);
            request.set_identity("worker");
            if (auto task = host_.poll_workflow(request)) task_ = task->task_token();
        }
    }

    Command any_command() {
        const auto& state = host_.find("w")->state;
        switch (pick(9)) {
            case 0:
            case 1: {
                auto attributes = activity("a" + std::to_string(pick(5)));
                *attributes.mutable_start_to_close_timeout() = to_duration(milliseconds(pick(5'000)));
                if (one_in(3)) *attributes.mutable_heartbeat_timeout() = to_duration(milliseconds(pick(1'000)));
                if (one_in(3)) *attributes.mutable_schedule_to_close_timeout() = to_duration(milliseconds(pick(9'000)));
                if (one_in(3)) attributes.mutable_retry_policy()->set_maximum_attempts(2);
                attributes.set_request_eager_execution(one_in(5));
                return schedule(attributes);
            }
            case 2:
                return start_timer("t" + std::to_string(pick(4)), milliseconds(pick(8'000)));
            case 3:
                return cancel_timer("t" + std::to_string(pick(4)));
            case 4: {
                if (state.activities.empty()) return marker("m");
                auto chosen = state.activities.begin();
                std::advance(chosen, static_cast<std::ptrdiff_t>(pick(state.activities.size())));
                return cancel_activity(chosen->first);
            }
            case 5:
                return one_in(8) ? complete() : marker("m");
            case 6:
                return one_in(8) ? fail() : marker("m");
            case 7:
                return one_in(8) ? continue_as_new() : marker("m");
            default:
                return marker("m");
        }
    }

    void answer_task() {
        if (!task_) return take_task();
        if (one_in(6)) {
            pb::service::RespondWorkflowTaskFailedRequest request;
            request.set_task_token(*task_);
            (void)host_.fail(request);
        } else {
            pb::service::RespondWorkflowTaskCompletedRequest request;
            request.set_task_token(*task_);
            request.set_identity("worker");
            for (auto count = pick(4); count > 0; --count) *request.add_commands() = any_command();
            request.set_force_create_new_workflow_task(one_in(6));
            request.set_return_new_workflow_task(one_in(3));
            if (one_in(2)) {
                request.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("q-sticky");
                *request.mutable_sticky_attributes()->mutable_schedule_to_start_timeout() = to_duration(5s);
            }
            const auto answered = host_.complete(request);
            if (answered && answered->has_workflow_task()) {
                task_ = answered->workflow_task().task_token();
                return;
            }
            if (answered) {
                for (const auto& task : answered->activity_tasks()) activities_.push_back(task.task_token());
            }
        }
        // Answers are repeated now and then, as a worker does that did not hear the first reply.
        if (!one_in(5)) task_.reset();
    }

    void take_activity() {
        pb::service::PollActivityTaskQueueRequest request;
        request.mutable_task_queue()->set_name("q");
        request.set_identity("worker");
        if (auto task = host_.poll_activity(request)) activities_.push_back(task->task_token());
    }

    void answer_activity() {
        if (activities_.empty()) return take_activity();
        const auto chosen = pick(activities_.size());
        const auto token = activities_[chosen];
        if (!one_in(5)) activities_.erase(activities_.begin() + static_cast<std::ptrdiff_t>(chosen));
        switch (pick(4)) {
            case 0: {
                pb::service::RecordActivityTaskHeartbeatRequest request;
                request.set_task_token(token);
                *request.mutable_details() = payload("1");
                (void)host_.heartbeat(request);
                return;
            }
            case 1: {
                pb::service::RespondActivityTaskFailedRequest request;
                request.set_task_token(token);
                *request.mutable_failure() = application_failure("boom");
                (void)host_.fail_activity(request);
                return;
            }
            case 2: {
                pb::service::RespondActivityTaskCanceledRequest request;
                request.set_task_token(token);
                (void)host_.cancel_activity(request);
                return;
            }
            default: {
                pb::service::RespondActivityTaskCompletedRequest request;
                request.set_task_token(token);
                if (one_in(2)) foresee(*request.mutable_perdure_foreseen());
                (void)host_.complete_activity_and_task(request);
                return;
            }
        }
    }

    /// Mostly what fits if nothing is pending, now and then something else.
    void foresee(pb::service::PerdureForeseenAnswer& foreseen) {
        foreseen.set_started_event_id(host_.find("w")->state.execution.next_event_id + (one_in(6) ? 4 : 3));
        *foreseen.mutable_time() = to_timestamp(host_.now - milliseconds(one_in(6) ? pick(12'000) : 0));
        auto& answer = *foreseen.mutable_answer();
        answer.set_identity("worker");
        for (auto count = pick(4); count > 0; --count) *answer.add_commands() = any_command();
        answer.set_force_create_new_workflow_task(one_in(6));
        answer.set_return_new_workflow_task(one_in(3));
    }

    engine_host host_;
    std::mt19937_64 random_;
    std::optional<std::string> task_;
    std::vector<std::string> activities_;
};

TEST(RandomWalk, StateRecordsAndRowsAgreeWhateverHappens) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_walk walk(seed);
        for (int step = 0; step < 150; ++step) walk.step();
        EXPECT_TRUE(walk.comes_to_an_end()) << walk.history();
        if (testing::Test::HasFailure()) break;
    }
}

}  // namespace
}  // namespace perdure::history::test
