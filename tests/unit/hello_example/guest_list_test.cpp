#include <perdure/testing.hpp>

#include "guest_list.hpp"

using namespace std::chrono_literals;

namespace party {
namespace {

// [test]
class GuestListTest : public perdure::test::every_cache_policy {
  protected:
    GuestListTest() { env.add_workflow<GuestListWorkflow>(); }
    perdure::test::env env{this};
};
PERDURE_TEST_EVERY_CACHE_POLICY(GuestListTest);

TEST_P(GuestListTest, ClosesWhenNobodyCameForADay) {
    auto run = env.start<GuestListFlow>(Plan{.seats = 3});
    env.advance(20h);
    run.signal(GuestListFlow::arrival, Guest{.name = "Ann"});
    EXPECT_EQ(run.query(GuestListFlow::guests).names.size(), 1U);

    const GuestList expected{.names = {"Ann"}, .full = false};
    EXPECT_THAT(run.result(), perdure::test::equals(expected));  // skips the rest of the day
    EXPECT_EQ(env.elapsed(), 44h);
}
// [test]

TEST_P(GuestListTest, ClosesWhenItIsFull) {
    auto run = env.start<GuestListFlow>(Plan{.seats = 2});
    run.signal(GuestListFlow::arrival, Guest{.name = "Ann"});
    run.signal(GuestListFlow::arrival, Guest{.name = "Bob"});
    const GuestList expected{.names = {"Ann", "Bob"}, .full = true};
    EXPECT_THAT(run.result(), perdure::test::equals(expected));
    EXPECT_EQ(env.elapsed(), 0h);
}

TEST_P(GuestListTest, AListWithoutSeatsIsFullAtOnce) {
    auto run = env.start<GuestListFlow>(Plan{.seats = 0});
    EXPECT_TRUE(run.result().full);
}

TEST(GuestListCrash, KeepsGuestsThroughTheDeathOfItsWorkerAtEveryEvent) {
    perdure::test::crash_everywhere<GuestListFlow>([](perdure::test::env& env) { env.add_workflow<GuestListWorkflow>(); },
                                                   Plan{.seats = 1}, [](const GuestList& list) { EXPECT_FALSE(list.full); });
}

}  // namespace
}  // namespace party
