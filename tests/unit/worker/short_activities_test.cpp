#include "sdk/worker/core/short_activities.hpp"

#include <gtest/gtest.h>

namespace perdure::detail {
namespace {

using namespace std::chrono_literals;

constexpr auto soon = 100us;
constexpr auto later = 101us;

class ShortActivities : public ::testing::Test {
  protected:
    void run(const int& which, int times, std::chrono::microseconds took) {
        for (int i = 0; i < times; ++i) known.ran(&which, took);
    }
    int charge = 0;
    int print = 0;
    short_activities known{soon};
};

TEST_F(ShortActivities, AreThoseThatWereOverSoonManyTimesInARow) {
    EXPECT_FALSE(known.contain(&charge));
    run(charge, short_activities::runs_needed - 1, soon);
    EXPECT_FALSE(known.contain(&charge));
    run(charge, 1, soon);
    EXPECT_TRUE(known.contain(&charge));
    EXPECT_FALSE(known.contain(&print)) << "each is judged for itself";
}

TEST_F(ShortActivities, OneThatTakesLongHasToShowItselfAgain) {
    run(charge, short_activities::runs_needed * 10, soon);
    run(charge, 1, later);
    EXPECT_FALSE(known.contain(&charge));
    run(charge, short_activities::runs_needed - 1, soon);
    EXPECT_FALSE(known.contain(&charge)) << "what was before the long run counts no more";
    run(charge, 1, soon);
    EXPECT_TRUE(known.contain(&charge));
}

}  // namespace
}  // namespace perdure::detail
