#include "history_service/shard/crowd.hpp"

#include <gtest/gtest.h>

namespace perdure::history {
namespace {

// `runs` runs at a time, each of which changes fifteen times, twice in a row each time, and is then replaced by another one.
bool is_dense_with(int runs) {
    crowd seen;
    bool dense = false;
    for (int round = 0; round < 200; ++round) {
        for (int run = 0; run < runs; ++run) {
            const run_number number = 1 + run + runs * std::int64_t{round / 7};
            seen.touched(number);
            seen.touched(number);
            if (round > 50) dense = dense || seen.is_dense();
        }
    }
    return dense;
}

TEST(Crowd, IsSparseAsLongAsRunsComeOneAfterAnother) {
    EXPECT_FALSE(is_dense_with(1));
    EXPECT_FALSE(crowd().is_dense()) << "before anything happened";
}

TEST(Crowd, IsDenseWhenManyRunsTakeTurns) {
    for (const int runs : {3, 4, 32, 1'000}) EXPECT_TRUE(is_dense_with(runs)) << runs;
}

TEST(Crowd, IsForgottenWhenOneRunIsLeft) {
    crowd seen;
    for (run_number run = 1; run < 100; ++run) seen.touched(run);
    EXPECT_TRUE(seen.is_dense());
    for (int step = 0; step < 50; ++step) seen.touched(7);
    EXPECT_FALSE(seen.is_dense());
}

}  // namespace
}  // namespace perdure::history
