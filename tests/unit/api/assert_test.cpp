#include "api/assert.hpp"

#include <gtest/gtest.h>

namespace {

TEST(AssertDeathTest, ABrokenInvariantAbortsWithPlaceAndSentence) {
    const int shelves = 2;
    EXPECT_DEATH(PERDURE_ASSERT(shelves == 3, "a store has three shelves"),
                 "assert_test.cpp:[0-9]+: broken invariant: a store has three shelves \\(shelves == 3\\)");
}

TEST(Assert, AConditionThatHoldsCostsNothingButItself) {
    int evaluated = 0;
    PERDURE_ASSERT(++evaluated == 1, "evaluated once");
    EXPECT_EQ(evaluated, 1);
}

}  // namespace
