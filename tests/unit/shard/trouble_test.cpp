#include <gmock/gmock.h>

#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;

const service_failure disk_full{status_code::unavailable, "no space"};

TEST(ShardTrouble, AFailedCommitNeverHappened) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.watched.commit_failure = disk_full;
    const auto refused = rig.start("o-2");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, status_code::unavailable);
    EXPECT_TRUE(refused.error().retryable());
    EXPECT_EQ(rig.signal("o-1").error().code, status_code::unavailable);
    EXPECT_EQ(rig.offers.size(), 1U) << "the task of the run that never was is withdrawn";
    EXPECT_EQ(rig.history("o-1").size(), 2U) << "reading goes on";

    rig.watched.commit_failure.reset();
    rig.must(rig.start("o-2"));
    rig.must(rig.signal("o-1"));
    EXPECT_EQ(rig.history("o-1").size(), 3U);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTrouble, OffersATaskAgainWhoseStartWasLost) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.watched.commit_failure = disk_full;
    const auto lost = rig.must(rig.take_workflow_task());
    EXPECT_EQ(rig.complete(lost, {complete_command()}).error().code, status_code::not_found);
    ASSERT_EQ(rig.offers.size(), 1U);
    EXPECT_EQ(rig.take_workflow_task().error().code, status_code::unavailable) << "nothing goes ahead of a disk in trouble";
    ASSERT_EQ(rig.offers.size(), 1U);
    rig.watched.commit_failure.reset();
    rig.must(rig.complete(rig.must(rig.take_workflow_task()), {complete_command()}));
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTrouble, FailsWhatWaitsBehindAFailedCommitToo) {
    shard_rig rig;
    rig.writes.at_once = false;
    std::vector<bool> answers;
    for (int i = 0; i < 5; ++i)
        rig.shard().start_workflow_execution(start_request("o-" + std::to_string(i)),
                                             [&](auto answer) { answers.push_back(answer.has_value()); });
    rig.watched.commit_failure = disk_full;
    rig.writes.step();
    EXPECT_EQ(answers, std::vector<bool>(5, false));
    rig.watched.commit_failure.reset();
    while (rig.writes.step()) continue;
    rig.writes.at_once = true;
    EXPECT_EQ(rig.signal("o-0").error().code, status_code::not_found);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTrouble, TimersOutliveAFailedCommit) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.must(rig.complete(rig.must(rig.take_workflow_task()), {timer_command("t", 20s)}));
    rig.watched.commit_failure = disk_full;
    rig.pass(21s);
    EXPECT_EQ(rig.history("o-1").size(), 5U) << "the timer has not fired for anybody";
    rig.watched.commit_failure.reset();
    rig.sleep(5s);
    EXPECT_EQ(rig.history("o-1").size(), 7U);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTrouble, GoesOnWhenTheStoreCouldNotEvenBeReadAfterwards) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.watched.commit_failure = disk_full;
    rig.watched.load_failure = disk_full;
    EXPECT_TRUE(rig.take_workflow_task()) << "it went ahead";
    EXPECT_THAT(rig.offers, IsEmpty());
    rig.watched.commit_failure.reset();
    rig.watched.load_failure.reset();
    rig.sleep(2s);
    EXPECT_EQ(rig.offers.size(), 1U);
    rig.must(rig.complete(rig.must(rig.take_workflow_task()), {complete_command()}));
}

TEST(ShardTrouble, ACommitWhoseAnswerWasLostIsFoundInTheStore) {
    shard_rig rig;
    rig.watched.lose_answer = true;
    EXPECT_EQ(rig.start("o-1", "request").error().code, status_code::unavailable);
    rig.watched.lose_answer = false;
    const auto again = rig.must(rig.start("o-1", "request"));
    EXPECT_TRUE(again.started());
    EXPECT_EQ(rig.history("o-1").size(), 2U);
    rig.must(rig.start("o-2"));
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardTrouble, StopsWhenAnotherServerHasTheLease) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.must(take_lease(rig.watched, "another"));
    EXPECT_EQ(rig.start("o-2").error().code, status_code::unavailable);
    EXPECT_TRUE(rig.shard().lost_lease());
    EXPECT_EQ(rig.start("o-3").error().code, status_code::unavailable);
    EXPECT_EQ(rig.signal("o-1").error().code, status_code::unavailable);
    rig.sleep(100h);
    EXPECT_EQ(rig.must(rig.watched.scan_runs(0, 10)).size(), 1U);
}

TEST(ShardTrouble, AQueryOfALostStateIsToBeAskedAgain) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.must(rig.complete(rig.must(rig.take_workflow_task())));
    rig.writes.at_once = false;
    rig.shard().signal_workflow_execution(
        [] {
            pb::service::SignalWorkflowExecutionRequest request;
            request.set_namespace_("default");
            request.mutable_workflow_execution()->set_workflow_id("o-1");
            request.set_signal_name("sig");
            return request;
        }(),
        [](auto) {});
    pb::service::QueryWorkflowRequest query;
    query.set_namespace_("default");
    query.mutable_execution()->set_workflow_id("o-1");
    query.mutable_query()->set_query_type("q");
    std::optional<status_code> code;
    rig.shard().query_workflow(query, [&](auto answer) { code = answer.error().code; });
    EXPECT_FALSE(code);
    rig.watched.commit_failure = disk_full;
    rig.writes.step();
    EXPECT_EQ(code, std::optional{status_code::unavailable});
}

}  // namespace
}  // namespace perdure::history
