#include <gtest/gtest.h>

#include "tests/unit/engine/story.hpp"

namespace perdure::history::test {
namespace {

TEST(Journal, FoldsToTheStateItCameFrom) {
    story s;
    s.turn({schedule("a"), start_timer("t", 60s)});
    s.take_activity();
    ASSERT_TRUE(s.beat("a", "1").has_value());
    ASSERT_TRUE(s.signal("go", "id").has_value());
    run_state folded;
    for (const auto& record : s.run().journal) ASSERT_TRUE(fold(folded, record).has_value());
    EXPECT_EQ(checkpoint(folded).SerializeAsString().size(), checkpoint(s.run().state).SerializeAsString().size());
    EXPECT_EQ(folded.wakeups, s.run().state.wakeups);
}

TEST(Journal, ARecordThatDoesNotFollowIsRefused) {
    story s;
    s.turn();
    run_state folded;
    ASSERT_TRUE(fold(folded, s.run().journal.at(0)).has_value());
    const auto skipped = fold(folded, s.run().journal.at(2));
    ASSERT_FALSE(skipped.has_value());
    EXPECT_EQ(skipped.error().code, status_code::data_loss);
    EXPECT_FALSE(fold(folded, s.run().journal.at(0)).has_value()) << "nor one that was there before";
}

TEST(Journal, ADamagedRecordIsRefusedAndDoesNotCrash) {
    story s;
    s.turn({schedule("a"), start_timer("t", 60s)});
    s.take_activity();
    for (const auto& record : s.run().journal) {
        for (int i = 0; i < record.changes_size(); ++i) {
            auto damaged = record;
            damaged.mutable_changes()->DeleteSubrange(i, 1);
            damaged.set_sequence(1);
            run_state state;
            (void)fold(state, damaged);
            damaged.mutable_changes()->Add();
            EXPECT_FALSE(fold(state, damaged).has_value());
        }
    }
}

TEST(Checkpoint, OfAnUnknownFormatIsRefused) {
    story s;
    auto saved = checkpoint(s.run().state);
    saved.set_version(99);
    const auto restored = restore(saved);
    ASSERT_FALSE(restored.has_value());
    EXPECT_EQ(restored.error().code, status_code::data_loss);
    EXPECT_NE(restored.error().message.find("99"), std::string::npos);
}

TEST(Checkpoint, ThatContradictsItselfIsRefused) {
    story s;
    s.turn({schedule("a")});
    auto saved = checkpoint(s.run().state);
    *saved.add_activities() = saved.activities(0);
    EXPECT_FALSE(restore(saved).has_value());
    saved = checkpoint(s.run().state);
    saved.mutable_execution()->set_next_event_id(3);
    EXPECT_FALSE(restore(saved).has_value()) << "an activity of an event that is not there";
}

TEST(Checkpoint, AStateMayGoOnFromIt) {
    story s;
    s.turn({schedule("a"), start_timer("t", 60s)});
    s.take_activity();
    auto restored = restore(checkpoint(s.run().state));
    ASSERT_TRUE(restored.has_value());
    s.run().state = *restored;
    s.run().folded = *std::move(restored);
    ASSERT_TRUE(s.finish("a").has_value());
    s.pass(60s);
    s.turn({complete()});
    EXPECT_EQ(s.run().state.execution.status, pb::enums::WORKFLOW_EXECUTION_STATUS_COMPLETED);
}

/// The bytes of the records of one round: a signal, its task, and the answer.
std::size_t round_bytes(story& s) {
    const auto before = s.run().journal.size();
    EXPECT_TRUE(s.signal("s").has_value());
    s.turn();
    std::size_t bytes = 0;
    for (std::size_t i = before; i < s.run().journal.size(); ++i) bytes += s.run().journal[i].ByteSizeLong();
    return bytes;
}

TEST(Journal, AStepCostsTheSameBytesAtAnyLengthOfHistoryAndAnySizeOfState) {
    story young;
    young.turn();
    const auto at_first = round_bytes(young);

    story old;
    old.take();
    pb::service::RespondWorkflowTaskCompletedRequest many;
    for (int i = 0; i < 500; ++i) *many.add_commands() = schedule("a" + std::to_string(i));
    for (int i = 0; i < 1'000; ++i) *many.add_commands() = marker("m");
    ASSERT_TRUE(old.answer(many).has_value());
    const auto later = round_bytes(old);
    // Event ids have a few more digits, and nothing else grows.
    EXPECT_LE(later, at_first + 64);
    EXPECT_GT(old.run().history.size(), 1'500U);
}

}  // namespace
}  // namespace perdure::history::test
