#include "history_service/shard/wakeup_window.hpp"

#include <gtest/gtest.h>

namespace perdure::history {
namespace {

wall_time at(std::int64_t second) { return wall_time{std::chrono::seconds{second}}; }

TEST(WakeupWindow, GivesWhatIsDueInOrder) {
    wakeup_window window;
    window.set_horizon(at(100));
    window.arm(1, at(30));
    window.arm(2, at(10));
    window.arm(3, at(20));
    EXPECT_EQ(window.next(), std::optional{at(10)});
    EXPECT_FALSE(window.take_due(at(9)));
    EXPECT_EQ(window.take_due(at(25)), (std::optional{due_run{at(10), 2}}));
    EXPECT_EQ(window.take_due(at(25)), (std::optional{due_run{at(20), 3}}));
    EXPECT_FALSE(window.take_due(at(25)));
    EXPECT_EQ(window.size(), 1U);
}

TEST(WakeupWindow, HasOneWakeupARun) {
    wakeup_window window;
    window.set_horizon(at(100));
    window.arm(1, at(30));
    window.arm(1, at(40));
    EXPECT_EQ(window.size(), 1U);
    EXPECT_EQ(window.next(), std::optional{at(40)});
    window.disarm(1);
    EXPECT_EQ(window.size(), 0U);
    window.disarm(1);
}

TEST(WakeupWindow, RemembersOfUncachedRunsThatAreFarOnlyWhenToLook) {
    wakeup_window window;
    window.set_horizon(at(100));
    for (const auto& [run, due] : {std::pair{1, 500}, {2, 300}, {3, 400}, {4, 50}}) window.arm(run, at(due));
    EXPECT_FALSE(window.beyond());
    for (const run_number run : {1, 2, 3, 4}) window.leave(run);
    EXPECT_EQ(window.size(), 1U) << "what is near is kept, whatever the cache does";
    EXPECT_EQ(window.next(), std::optional{at(50)});
    EXPECT_EQ(window.beyond(), std::optional{at(300)});
    window.leave(9);
}

TEST(WakeupWindow, CountsWhatIsNearWhileTheHorizonMoves) {
    wakeup_window window;
    for (int i = 1; i <= 10; ++i) window.arm(i, at(10 * i));
    EXPECT_EQ(window.near(), 0U);
    window.set_horizon(at(45));
    EXPECT_EQ(window.near(), 4U);
    window.set_horizon(at(70));
    EXPECT_EQ(window.near(), 7U) << "the horizon itself is near";
    window.arm(9, at(20));
    window.disarm(1);
    EXPECT_EQ(window.near(), 7U);
    window.set_horizon(at(25));
    EXPECT_EQ(window.near(), 2U);
    EXPECT_EQ(window.take_due(at(200)), (std::optional{due_run{at(20), 2}}));
    EXPECT_EQ(window.near(), 1U);
    EXPECT_EQ(window.size(), 8U);
}

}  // namespace
}  // namespace perdure::history
