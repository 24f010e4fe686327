#include "matching/rate_window.hpp"
#include "matching/token_bucket.hpp"
#include "tests/unit/matching/driver.hpp"

namespace perdure::matching::test {
namespace {

TEST(token_bucket, lets_a_second_s_worth_pass_and_then_one_at_a_time) {
    token_bucket bucket(2.0, 1h);
    bucket.take(1h);
    bucket.take(1h);
    EXPECT_FALSE(bucket.ready(1h));
    EXPECT_EQ(bucket.ready_at(1h), 1h + 500ms);
    EXPECT_TRUE(bucket.ready(bucket.ready_at(1h)));
    EXPECT_FALSE(bucket.ready(1h + 499ms));
}

TEST(token_bucket, is_ready_when_it_says_so_for_any_rate) {
    for (const double rate : {0.001, 0.3, 1.0, 3.0, 7.7, 1'000.0, 123'456.7}) {
        token_bucket bucket(rate, 0s);
        instant now{};
        for (int i = 0; i < 1'000; ++i) {
            now = bucket.ready_at(now);
            ASSERT_TRUE(bucket.ready(now)) << rate << " at step " << i;
            bucket.take(now);
        }
        const double seconds = std::chrono::duration<double>(now).count();
        EXPECT_NEAR(seconds * rate, 1'000 - std::max(1.0, rate), 1.0 + rate * 1e-3) << rate;
        if (rate >= 1'000) break;
    }
}

TEST(token_bucket, does_not_hoard_beyond_its_burst) {
    token_bucket bucket(3.0, 0s);
    int passed = 0;
    for (; bucket.ready(24h); ++passed) bucket.take(24h);
    EXPECT_EQ(passed, 3);
}

TEST(token_bucket, an_absurdly_small_rate_does_not_overflow) {
    token_bucket bucket(1e-300, 0s);
    bucket.take(0s);
    EXPECT_GT(bucket.ready_at(0s), 1h);
}

TEST(rate_window, forgets_what_is_older_than_half_a_minute) {
    rate_window window;
    window.add(100s, 30);
    EXPECT_DOUBLE_EQ(window.per_second(100s), 1.0);
    EXPECT_DOUBLE_EQ(window.per_second(124s), 1.0);
    EXPECT_DOUBLE_EQ(window.per_second(131s), 0.0);
    EXPECT_DOUBLE_EQ(window.per_second(24h), 0.0);
}

TEST(matcher_rates, a_worker_s_rate_holds_only_that_worker_back) {
    driver d;
    d.open(normal("q"), 1, 1.0);
    d.open(normal("q"), 2);
    d.credit(1, 9);
    for (const int number : {1, 2, 3}) d.offer(normal("q"), work(number));
    EXPECT_EQ(d.heard(), (words{"1->1"}));
    d.credit(2, 1);
    EXPECT_EQ(d.heard(), (words{"2->2"}));
    EXPECT_EQ(d.core.next_due(), d.now + 1s);
    d.pass(999ms);
    EXPECT_EQ(d.heard(), words{});
    d.pass(1ms);
    EXPECT_EQ(d.heard(), (words{"3->1"}));
}

TEST(matcher_rates, a_queue_s_rate_holds_everybody_back) {
    driver d;
    d.open(normal("q"), 1);
    d.open(normal("q"), 2);
    d.take(d.core.limit_rate(normal("q"), 2.0, d.now));
    d.credit(1, 9);
    d.credit(2, 9);
    for (const int number : {1, 2, 3, 4}) d.offer(normal("q"), work(number));
    EXPECT_EQ(d.heard(), (words{"1->1", "2->2"}));
    EXPECT_TRUE(d.core.stats(normal("q"), d.now).rate_limiting_active);
    d.pass(500ms);
    EXPECT_EQ(d.heard(), (words{"3->1"}));
    d.take(d.core.limit_rate(normal("q"), 0, d.now));
    EXPECT_EQ(d.heard(), (words{"4->2"}));
}

TEST(matcher_rates, a_rate_that_holds_nothing_back_wakes_nobody) {
    driver d;
    d.open(normal("q"), 1, 1.0);
    d.credit(1, 9);
    d.offer(normal("q"), work(1));
    EXPECT_EQ(d.heard(), (words{"1->1"}));
    EXPECT_FALSE(d.core.next_due().has_value());
}

TEST(matcher_rates, a_worker_that_rests_can_leave) {
    driver d;
    d.open(normal("q"), 1, 1.0);
    d.credit(1, 9);
    for (const int number : {1, 2}) d.offer(normal("q"), work(number));
    d.take(d.core.leave(1, d.now)).heard();
    d.pass(10s);
    EXPECT_EQ(d.heard(), words{});
    d.open(normal("q"), 2);
    d.credit(2, 1);
    EXPECT_EQ(d.heard(), (words{"2->2"}));
}

TEST(matcher_rates, counts_how_often_a_queue_began_to_hold_back) {
    driver d;
    d.open(normal("q"), 1);
    d.credit(1, 10);
    d.take(d.core.limit_rate(normal("q"), 1.0, d.now));
    for (int number = 1; number <= 4; ++number) d.offer(normal("q"), work(number));
    EXPECT_EQ(d.core.counts(task_kind::workflow).throttled, 1U) << "one began, the others wait behind it";
    for (int second = 0; second < 5; ++second) d.pass(1s);
    EXPECT_GT(d.core.counts(task_kind::workflow).throttled, 1U);
    EXPECT_EQ(d.core.counts(task_kind::activity).throttled, 0U);
}

}  // namespace
}  // namespace perdure::matching::test
