#include "history_service/shard/id_lookup.hpp"

#include <gmock/gmock.h>

#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using ::testing::IsEmpty;

// A shard whose store is behind a network, and where the test says when a question is answered.
class IdLookup : public ::testing::Test {
  protected:
    IdLookup() {
        rig.watched.remote = true;
        rig.reads.at_once = false;
    }
    using answer = std::optional<result<pb::service::StartWorkflowExecutionResponse>>;
    std::shared_ptr<answer> start(const std::string& id) {
        auto got = std::make_shared<answer>();
        rig.shard().start_workflow_execution(
            start_request(id, "request-" + std::to_string(++requests_)),
            [got](result<pb::service::StartWorkflowExecutionResponse> made) { *got = std::move(made); });
        return got;
    }
    // A workflow that a restarted shard has not in memory.
    void start_and_forget(const std::string& id) {
        rig.watched.remote = false;
        rig.must(rig.start(id));
        rig.restart();
        rig.watched.remote = true;
        rig.watched.id_reads = 0;
    }

    shard_rig rig;

  private:
    int requests_ = 0;
};

TEST_F(IdLookup, AsksOnceForAllThatCameWhileAQuestionWasUnderWay) {
    const auto first = start("o-1");
    const auto second = start("o-2");
    const auto third = start("o-3");
    EXPECT_FALSE(*first) << "nobody is kept waiting by the question";
    ASSERT_TRUE(rig.reads.step());
    EXPECT_TRUE(*first);
    EXPECT_FALSE(*second);
    ASSERT_TRUE(rig.reads.step());
    EXPECT_TRUE(second->value().has_value());
    EXPECT_TRUE(third->value().has_value());
    EXPECT_EQ(rig.watched.id_lookups, 2);
    EXPECT_EQ(rig.watched.ids_looked_up, 3);
    EXPECT_EQ(rig.watched.id_reads, 0);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST_F(IdLookup, FindsTheRunThatIsThere) {
    start_and_forget("o-1");
    const auto again = start("o-1");
    ASSERT_TRUE(rig.reads.step());
    ASSERT_TRUE(*again);
    EXPECT_EQ((*again)->error().code, status_code::already_exists);
    EXPECT_EQ(rig.watched.id_reads, 0);
}

TEST_F(IdLookup, MakesOneRunOfTwoStartsThatAskedTogether) {
    const auto before = start("before");
    const auto first = start("o-1");
    const auto second = start("o-1");
    while (rig.reads.step()) continue;
    EXPECT_TRUE(first->value().has_value());
    EXPECT_EQ(second->value().error().code, status_code::already_exists);
}

TEST_F(IdLookup, IsNotMadeForAnIdThatIsInMemory) {
    const auto first = start("o-1");
    ASSERT_TRUE(rig.reads.step());
    const auto second = start("o-1");
    ASSERT_TRUE(*second);
    EXPECT_EQ((*second)->error().code, status_code::already_exists);
    EXPECT_EQ(rig.watched.id_lookups, 1);
}

TEST_F(IdLookup, ThatIsOvertakenIsVoid) {
    const auto late = start("o-1");
    rig.reads.work_ahead();
    // The answer, that there is no such run, is on its way; somebody who does not ask makes one.
    rig.watched.remote = false;
    rig.must(rig.start("o-1"));
    rig.watched.remote = true;
    while (rig.reads.step()) continue;
    ASSERT_TRUE(*late);
    EXPECT_EQ((*late)->error().code, status_code::already_exists);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST_F(IdLookup, ThatFailsIsMadeForEachAlone) {
    rig.watched.lookup_failure = service_failure{status_code::unavailable, "the network is away"};
    const auto one = start("o-1");
    while (rig.reads.step()) continue;
    ASSERT_TRUE(*one);
    EXPECT_TRUE((*one)->has_value());
    EXPECT_EQ(rig.watched.id_reads, 1);
}

TEST_F(IdLookup, TellsWhoeverWaitsWhenTheShardEnds) {
    const auto asked = start("o-1");
    const auto waiting = start("o-2");
    rig.reads.at_once = true;
    rig.restart();
    for (const auto& told : {asked, waiting}) {
        ASSERT_TRUE(*told);
        EXPECT_EQ((*told)->error().code, status_code::unavailable);
    }
    while (rig.reads.step()) continue;
    EXPECT_THAT(rig.findings(), IsEmpty());
}

}  // namespace
}  // namespace perdure::history
