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

TEST(WakeupWindow, RemembersOfWhatIsFarOnlyWhenToLook) {
    wakeup_window window;
    window.set_horizon(at(100));
    window.arm(1, at(500));
    window.arm(2, at(300));
    window.arm(3, at(400));
    EXPECT_EQ(window.size(), 0U);
    EXPECT_EQ(window.beyond(), std::optional{at(300)});
    window.put({at(500), 4});
    EXPECT_EQ(window.next(), std::optional{at(500)}) << "what was read is kept";
}

}  // namespace
}  // namespace perdure::history
