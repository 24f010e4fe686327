#include <gmock/gmock.h>

#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;

// A worker waits for workflow tasks, and whoever starts a workflow is told when it is durable.
class ShardFirstAnswer : public testing::Test {
  protected:
    using started = result<pb::service::StartWorkflowExecutionResponse>;

    ShardFirstAnswer() { rig.worker_waits = true; }
    ~ShardFirstAnswer() override { EXPECT_THAT(rig.findings(), IsEmpty()); }

    /// Starts a workflow; the answer comes where it points.
    std::shared_ptr<std::optional<started>> start(const std::string& id, const std::string& request_id = "") {
        auto told = std::make_shared<std::optional<started>>();
        rig.shard().start_workflow_execution(start_request(id, request_id), [told](started got) { *told = std::move(got); });
        return told;
    }
    /// A workflow whose worker has its first task, which nothing that is stored knows of yet.
    std::shared_ptr<std::optional<started>> start_ahead(const std::string& id) {
        auto told = start(id);
        EXPECT_FALSE(*told);
        EXPECT_EQ(rig.watched.commits, 0);
        return told;
    }
    /// What a shard that starts on what is stored knows.
    bool is_stored(const std::string& id) { return *rig.watched.current_run("default", id) != std::nullopt; }

    static shard_options options() {
        shard_options made;
        made.commit_delay = 2ms;
        made.answer_delay = 20ms;
        made.first_answer_delay = 5ms;
        return made;
    }

    shard_rig rig{options()};
};

TEST_F(ShardFirstAnswer, IsOneWriteWithTheStart) {
    const auto told = start_ahead("o-1");
    static_cast<void>(rig.complete(rig.taken.at(0), {activity_command("a")}));
    ASSERT_TRUE(*told && **told);
    EXPECT_EQ(rig.watched.commits, 1);
    EXPECT_TRUE(is_stored("o-1"));
    EXPECT_TRUE(rig.take_activity_task());
}

TEST_F(ShardFirstAnswer, IsNotWaitedForWithoutAWorker) {
    rig.worker_waits = false;
    const auto told = start("o-1");
    EXPECT_TRUE(*told && **told) << "answered without a moment passing";
}

TEST_F(ShardFirstAnswer, IsNotWaitedForForLong) {
    const auto told = start_ahead("o-1");
    EXPECT_EQ(rig.shard().next_due(), rig.now + 5ms);
    rig.pass(4ms);
    EXPECT_FALSE(*told);
    rig.pass(1ms);
    ASSERT_TRUE(*told && **told);
    EXPECT_EQ(rig.watched.commits, 1);
    static_cast<void>(rig.complete(rig.taken.at(0), {complete_command()}));
    rig.pass(2ms);
    EXPECT_EQ(rig.info("o-1").status(), pb::enums::WORKFLOW_EXECUTION_STATUS_COMPLETED);
}

// A step is given more time than a start, and the start is not late for it.
TEST_F(ShardFirstAnswer, ComesSoonerThanThatOfAStep) {
    static_cast<void>(start("o-1"));
    static_cast<void>(rig.complete(rig.taken.at(0), {activity_command("a")}));
    static_cast<void>(rig.complete(rig.must(rig.take_activity_task())));
    ASSERT_EQ(rig.taken.size(), 2U);
    const int before = rig.watched.commits;
    const auto told = start("o-2");
    rig.pass(5ms);
    EXPECT_TRUE(*told && **told);
    EXPECT_EQ(rig.watched.commits, before + 1);
    EXPECT_EQ(rig.watched.last_runs, 1U);
    EXPECT_EQ(rig.shard().next_due(), rig.now + 15ms);
    rig.pass(15ms);
    EXPECT_EQ(rig.watched.commits, before + 2);
}

TEST_F(ShardFirstAnswer, LeavesOtherWritesAlone) {
    const auto told = start_ahead("o-1");
    rig.worker_waits = false;
    rig.must(rig.start("o-2"));
    EXPECT_EQ(rig.watched.last_runs, 1U);
    EXPECT_FALSE(*told);
    EXPECT_FALSE(is_stored("o-1"));
    static_cast<void>(rig.complete(rig.taken.at(0), {activity_command("a")}));
    EXPECT_TRUE(*told && **told);
    EXPECT_TRUE(is_stored("o-1"));
}

TEST_F(ShardFirstAnswer, IsNotWaitedForByOthersThanTheStarter) {
    auto told = start_ahead("o-1");
    EXPECT_TRUE(rig.signal("o-1"));
    EXPECT_TRUE(*told && **told);

    told = start("o-2");
    rig.must(rig.terminate("o-2"));
    EXPECT_TRUE(*told && **told);

    told = start("o-3");
    EXPECT_EQ(rig.history("o-3").size(), 3U) << "what is told is durable";
    EXPECT_TRUE(*told && **told);
}

TEST_F(ShardFirstAnswer, IsNotWaitedForByWhoIsToldThatTheRunIsThere) {
    const auto told = start_ahead("o-1");
    EXPECT_EQ(rig.start("o-1", "another").error().code, status_code::already_exists);
    EXPECT_TRUE(is_stored("o-1"));
    EXPECT_TRUE(*told && **told);
}

TEST_F(ShardFirstAnswer, MayBeAskedForTwice) {
    const auto first = start("o-1", "request");
    const auto second = start("o-1", "request");
    ASSERT_TRUE(*first && **first && *second && **second);
    EXPECT_EQ((**first)->run_id(), (**second)->run_id());
    EXPECT_EQ(rig.watched.commits, 1);
}

TEST_F(ShardFirstAnswer, IsNotWaitedForWhereARunTakesThePlaceOfAnother) {
    static_cast<void>(start_ahead("o-1"));
    auto again = start_request("o-1", "again");
    again.set_workflow_id_conflict_policy(pb::enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING);
    EXPECT_TRUE(rig.ask(&history_shard::start_workflow_execution, again));
    EXPECT_EQ(rig.watched.commits, 1);
    EXPECT_EQ(rig.watched.last_runs, 2U) << "both or none";
}

TEST_F(ShardFirstAnswer, ThatIsTheRunsEndIsWrittenWithTheRunThatFollows) {
    const auto told = start_ahead("o-1");
    pb::command::Command again;
    again.set_command_type(pb::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    again.mutable_continue_as_new_workflow_execution_command_attributes()->mutable_workflow_type()->set_name("wf");
    static_cast<void>(rig.complete(rig.taken.at(0), {again}));
    EXPECT_TRUE(*told && **told);
    EXPECT_EQ(rig.watched.commits, 1);
    EXPECT_EQ(rig.watched.last_runs, 2U);
}

TEST_F(ShardFirstAnswer, OfAStartWithASignalIsOneWriteToo) {
    pb::service::SignalWithStartWorkflowExecutionRequest request;
    const auto like = start_request("o-1");
    request.set_namespace_(like.namespace_());
    request.set_workflow_id(like.workflow_id());
    request.set_request_id("request");
    *request.mutable_workflow_type() = like.workflow_type();
    *request.mutable_task_queue() = like.task_queue();
    request.set_signal_name("hello");
    bool told = false;
    rig.shard().signal_with_start_workflow_execution(request, [&](const auto& got) { told = got.has_value(); });
    EXPECT_FALSE(told);
    static_cast<void>(rig.complete(rig.taken.at(0), {activity_command("a")}));
    EXPECT_TRUE(told);
    EXPECT_EQ(rig.watched.commits, 1);
}

TEST_F(ShardFirstAnswer, ARunThatIsDeletedBeforeItLeavesNothing) {
    const auto told = start_ahead("o-1");
    pb::service::DeleteWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("o-1");
    EXPECT_TRUE(rig.ask(&history_shard::delete_workflow_execution, request));
    EXPECT_TRUE(*told && **told);
    EXPECT_FALSE(is_stored("o-1"));
    EXPECT_TRUE(rig.shard().idle());
}

TEST_F(ShardFirstAnswer, AStartThatACrashTookWithItNeverHappened) {
    const auto told = start_ahead("o-1");
    rig.restart();
    EXPECT_FALSE(*told && **told);
    EXPECT_EQ(rig.signal("o-1").error().code, status_code::not_found);
    EXPECT_EQ(rig.complete(rig.taken.at(0), {complete_command()}).error().code, status_code::not_found);
    static_cast<void>(start("o-1"));
    static_cast<void>(rig.complete(rig.taken.at(1), {activity_command("a")}));
    EXPECT_TRUE(is_stored("o-1"));
}

TEST_F(ShardFirstAnswer, AFailedCommitOfOthersIsTheEndOfTheStartToo) {
    const auto told = start_ahead("o-1");
    rig.worker_waits = false;
    rig.watched.commit_failure = service_failure{status_code::unavailable, "no space"};
    EXPECT_EQ(rig.start("o-2").error().code, status_code::unavailable);
    rig.watched.commit_failure.reset();
    ASSERT_TRUE(*told);
    EXPECT_EQ((*told)->error().code, status_code::unavailable);
    EXPECT_EQ(rig.complete(rig.taken.at(0), {complete_command()}).error().code, status_code::not_found);
    EXPECT_TRUE(rig.start("o-1")) << "it may be repeated";
}

}  // namespace
}  // namespace perdure::history
