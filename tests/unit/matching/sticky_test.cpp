#include "tests/unit/matching/driver.hpp"

namespace perdure::matching::test {
namespace {

TEST(semantics_14_sticky, a_task_for_a_queue_that_nobody_polled_is_refused_at_once) {
    driver d;
    d.offer(sticky("s"), work(1));
    EXPECT_EQ(d.heard(), (words{"unavailable 1"}));
    EXPECT_EQ(d.core.queue_count(), 0U);
}

TEST(semantics_14_sticky, a_task_waits_while_the_worker_is_subscribed) {
    driver d;
    d.open(sticky("s"), 1);
    d.offer(sticky("s"), work(1));
    d.pass(1h);
    EXPECT_EQ(d.heard(), words{});
    d.credit(1, 1);
    EXPECT_EQ(d.heard(), (words{"1->1"}));
}

TEST(semantics_14_sticky, a_lost_subscription_gives_its_tasks_up_at_once) {
    driver d;
    d.open(sticky("s"), 1);
    d.offer(sticky("s"), work(1));
    d.offer(sticky("s"), work(2));
    d.take(d.core.leave(1, d.now));
    EXPECT_EQ(d.heard(), (words{"unavailable 1", "unavailable 2"}));
    EXPECT_FALSE(d.core.served(sticky("s"), d.now));
    d.take(d.core.put_back(sticky("s"), work(3), d.now));
    EXPECT_EQ(d.heard(), (words{"unavailable 3"}));
}

TEST(semantics_14_sticky, ten_seconds_without_a_poll_give_the_tasks_up) {
    driver d;
    d.take(d.core.poll(sticky("s"), 1, "w", d.now + 60s, d.now));
    d.take(d.core.refill(sticky("s"), {}, true, d.now)).heard();
    d.offer(sticky("s"), work(1));
    EXPECT_EQ(d.heard(), (words{"1->1"}));
    d.pass(2s);
    d.offer(sticky("s"), work(2));
    EXPECT_EQ(d.heard(), words{});
    d.pass(8s - 1ns);
    EXPECT_EQ(d.heard(), words{});
    EXPECT_EQ(d.core.next_due(), d.now + 1ns);
    d.pass(1ns);
    EXPECT_EQ(d.heard(), (words{"unavailable 2"}));
    d.offer(sticky("s"), work(3));
    EXPECT_EQ(d.heard(), (words{"unavailable 3"}));
}

TEST(semantics_14_sticky, an_expired_poll_was_seen_until_its_end) {
    driver d;
    d.take(d.core.poll(sticky("s"), 1, "w", d.now + 60s, d.now));
    d.take(d.core.refill(sticky("s"), {}, true, d.now)).heard();
    d.pass(60s);
    EXPECT_EQ(d.heard(), (words{"expired 1"}));
    d.pass(9s);
    EXPECT_TRUE(d.core.served(sticky("s"), d.now));
    d.pass(1s);
    EXPECT_FALSE(d.core.served(sticky("s"), d.now));
}

TEST(semantics_14_sticky, a_query_for_a_cache_that_is_gone_is_refused) {
    driver d;
    d.offer(sticky("s"), query(1));
    EXPECT_EQ(d.heard(), (words{"unavailable q1"}));
    d.open(sticky("s"), 1);
    d.offer(sticky("s"), query(2));
    d.take(d.core.leave(1, d.now));
    EXPECT_EQ(d.heard(), (words{"unavailable q2"}));
}

TEST(semantics_14_sticky, two_workers_of_one_queue_keep_it_alive_until_both_are_gone) {
    driver d;
    d.open(sticky("s"), 1);
    d.open(sticky("s"), 2);
    d.offer(sticky("s"), work(1));
    d.take(d.core.leave(1, d.now));
    EXPECT_EQ(d.heard(), words{});
    d.take(d.core.leave(2, d.now));
    EXPECT_EQ(d.heard(), (words{"unavailable 1"}));
}

}  // namespace
}  // namespace perdure::matching::test
