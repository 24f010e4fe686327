#include "tests/unit/matching/driver.hpp"

namespace perdure::matching::test {
namespace {

TEST(matcher, gives_waiting_tasks_in_order_of_arrival_as_credits_come) {
    driver d;
    d.open(normal("q"), 1);
    for (const int number : {1, 2, 3}) d.offer(normal("q"), work(number));
    EXPECT_EQ(d.heard(), words{});
    d.credit(1, 2);
    EXPECT_EQ(d.heard(), (words{"1->1", "2->1"}));
    EXPECT_EQ(d.core.credits(1), 0U);
    d.credit(1, 1);
    EXPECT_EQ(d.heard(), (words{"3->1"}));
}

TEST(matcher, gives_tasks_to_pollers_in_turn) {
    driver d;
    d.open(normal("q"), 1);
    d.open(normal("q"), 2);
    d.credit(1, 2);
    d.credit(2, 2);
    for (const int number : {1, 2, 3, 4, 5}) d.offer(normal("q"), work(number));
    EXPECT_EQ(d.heard(), (words{"1->1", "2->2", "3->1", "4->2"}));
}

TEST(matcher, keeps_queues_of_other_names_kinds_and_namespaces_apart) {
    driver d;
    d.open(normal("q"), 1);
    d.credit(1, 10);
    queue_key activities = normal("q");
    activities.kind = task_kind::activity;
    queue_key elsewhere = normal("q");
    elsewhere.name_space = "other";
    d.offer(activities, work(1));
    d.offer(elsewhere, work(2));
    d.offer(normal("p"), work(3));
    EXPECT_EQ(d.heard(), words{});
}

TEST(matcher, an_offer_that_comes_twice_is_one_task) {
    driver d;
    d.open(normal("q"), 1);
    d.offer(normal("q"), work(1));
    d.offer(normal("q"), work(1));
    d.credit(1, 5);
    EXPECT_EQ(d.heard(), (words{"1->1"}));
    EXPECT_EQ(d.core.credits(1), 4U);
}

TEST(matcher, a_task_that_comes_back_stands_where_it_stood) {
    driver d;
    d.open(normal("q"), 1);
    for (const int number : {1, 2, 3}) d.offer(normal("q"), work(number));
    d.credit(1, 2);
    EXPECT_EQ(d.heard(), (words{"1->1", "2->1"}));
    d.take(d.core.leave(1, d.now));
    d.take(d.core.put_back(normal("q"), work(1), d.now));
    d.take(d.core.put_back(normal("q"), work(2), d.now));
    d.open(normal("q"), 2);
    d.credit(2, 3);
    EXPECT_EQ(d.heard(), (words{"1->2", "2->2", "3->2"}));
}

TEST(matcher, a_withdrawn_task_is_given_to_nobody) {
    driver d;
    d.open(normal("q"), 1);
    d.offer(normal("q"), work(1));
    d.offer(normal("q"), work(2));
    d.take(d.core.withdraw(normal("q"), work(1).key, d.now));
    d.take(d.core.withdraw(normal("q"), work(7).key, d.now));
    d.take(d.core.withdraw(normal("unknown"), work(2).key, d.now));
    d.credit(1, 2);
    EXPECT_EQ(d.heard(), (words{"2->1"}));
}

TEST(matcher, credits_add_up_to_a_bound) {
    driver d({.max_credits = 3});
    d.open(normal("q"), 1);
    d.credit(1, 0);
    EXPECT_EQ(d.core.credits(1), 0U);
    d.credit(1, 2);
    d.credit(1, 0xffffffffU);
    EXPECT_EQ(d.core.credits(1), 3U);
    d.credit(99, 1);
    EXPECT_FALSE(d.core.knows(99));
}

TEST(matcher, a_poller_that_is_held_keeps_its_credits_and_gets_nothing) {
    driver d;
    d.open(normal("q"), 1);
    d.credit(1, 2);
    d.take(d.core.hold(1, true, d.now));
    d.offer(normal("q"), work(1));
    d.credit(1, 1);
    d.take(d.core.hold(99, true, d.now));
    EXPECT_EQ(d.heard(), words{});
    EXPECT_EQ(d.core.credits(1), 3U);
    d.take(d.core.hold(1, false, d.now));
    EXPECT_EQ(d.heard(), (words{"1->1"}));
}

TEST(matcher, another_attempt_is_another_task) {
    driver d;
    d.open(normal("q"), 1);
    task retried = work(1);
    retried.key.attempt = 2;
    d.offer(normal("q"), work(1));
    d.offer(normal("q"), retried);
    d.take(d.core.withdraw(normal("q"), work(1).key, d.now));
    d.credit(1, 2);
    EXPECT_EQ(d.heard(), (words{"1->1"}));
}

TEST(matcher, a_poll_takes_one_task_and_is_gone) {
    driver d;
    d.take(d.core.poll(normal("q"), 1, "w", d.now + 60s, d.now));
    EXPECT_EQ(d.heard(), (words{"more>start"}));
    d.take(d.core.refill(normal("q"), {}, true, d.now));
    d.offer(normal("q"), work(1));
    d.offer(normal("q"), work(2));
    EXPECT_EQ(d.heard(), (words{"1->1"}));
    EXPECT_FALSE(d.core.knows(1));
    d.take(d.core.poll(normal("q"), 2, "w", d.now + 60s, d.now));
    EXPECT_EQ(d.heard(), (words{"2->2"}));
}

TEST(matcher, a_poll_expires_at_its_deadline_and_not_before) {
    driver d;
    d.take(d.core.poll(normal("q"), 1, "w", d.now + 60s, d.now));
    d.take(d.core.poll(normal("q"), 2, "w", d.now + 30s, d.now));
    d.take(d.core.refill(normal("q"), {}, true, d.now)).heard();
    EXPECT_EQ(d.core.next_due(), d.now + 30s);
    d.pass(30s - 1ns);
    EXPECT_EQ(d.heard(), words{});
    d.pass(1ns);
    EXPECT_EQ(d.heard(), (words{"expired 2"}));
    d.pass(30s);
    EXPECT_EQ(d.heard(), (words{"expired 1"}));
    EXPECT_EQ(d.core.poller_count(), 0U);
}

TEST(matcher, a_poll_whose_task_was_stale_goes_before_the_others) {
    driver d;
    d.open(normal("q"), 9);
    d.take(d.core.poll(normal("q"), 1, "w", d.now + 60s, d.now));
    d.take(d.core.poll(normal("q"), 2, "w", d.now + 60s, d.now, true));
    d.offer(normal("q"), work(1));
    d.offer(normal("q"), work(2));
    EXPECT_EQ(d.heard(), (words{"1->2", "2->1"}));
}

TEST(matcher, a_returned_credit_goes_before_the_others) {
    driver d;
    d.open(normal("q"), 1);
    d.open(normal("q"), 2);
    d.credit(1, 1);
    d.credit(2, 1);
    d.offer(normal("q"), work(1));
    d.take(d.core.credit(1, 1, d.now, true));
    d.offer(normal("q"), work(2));
    EXPECT_EQ(d.heard(), (words{"1->1", "2->1"}));
}

TEST(matcher, who_asked_for_the_work_gets_it_when_nothing_waits_before_it) {
    driver d;
    d.open(normal("q"), 1);
    d.open(normal("q"), 2);
    d.credit(1, 1);
    d.credit(2, 1);
    d.offer(normal("q"), work(1), 2);
    d.offer(normal("q"), work(2), 2);
    EXPECT_EQ(d.heard(), (words{"1->2", "2->1"}));
}

TEST(matcher, preference_does_not_overtake) {
    driver d;
    d.open(normal("q"), 1);
    d.open(normal("q"), 2);
    d.offer(normal("q"), work(1));
    d.offer(normal("q"), work(2), 2);
    d.credit(2, 1);
    EXPECT_EQ(d.heard(), (words{"1->2"}));
}

TEST(matcher, a_query_goes_before_tasks_and_ignores_rates) {
    driver d;
    d.open(normal("q"), 1, 1.0);
    d.take(d.core.limit_rate(normal("q"), 1.0, d.now));
    d.offer(normal("q"), work(1));
    d.offer(normal("q"), work(2));
    d.offer(normal("q"), query(5));
    d.credit(1, 3);
    EXPECT_EQ(d.heard(), (words{"q5->1", "1->1"}));
    EXPECT_EQ(d.core.stats(normal("q"), d.now).backlog, 1);
}

TEST(matcher, a_withdrawn_query_is_gone) {
    driver d;
    d.open(normal("q"), 1);
    d.offer(normal("q"), query(5));
    d.offer(normal("q"), query(6));
    d.take(d.core.withdraw(normal("q"), query(5).key, d.now));
    d.credit(1, 3);
    EXPECT_EQ(d.heard(), (words{"q6->1"}));
}

TEST(matcher, stats_tell_who_polls_and_what_waits) {
    driver d;
    d.open(normal("q"), 1, 5.0);
    d.offer(normal("q"), work(1));
    d.now += 3s;
    d.offer(normal("q"), work(2));
    d.core.count_eager(normal("q"), d.now);
    const queue_stats stats = d.core.stats(normal("q"), d.now);
    ASSERT_EQ(stats.pollers.size(), 1U);
    EXPECT_EQ(stats.pollers[0].identity, "worker-1");
    EXPECT_EQ(stats.pollers[0].rate_per_second, 5.0);
    EXPECT_EQ(stats.pollers[0].last_access, d.now);
    EXPECT_EQ(stats.backlog, 2);
    EXPECT_EQ(stats.backlog_age, d.now - work(1).since);
    EXPECT_DOUBLE_EQ(stats.tasks_added_per_second, 3.0 / 30);
    EXPECT_DOUBLE_EQ(stats.tasks_dispatched_per_second, 1.0 / 30);
    EXPECT_FALSE(stats.rate_limiting_active);
    EXPECT_EQ(d.core.stats(normal("unknown"), d.now).pollers.size(), 0U);
}

TEST(matcher, a_poller_is_listed_for_five_minutes_after_it_left) {
    driver d;
    d.open(normal("q"), 1);
    d.take(d.core.leave(1, d.now));
    EXPECT_EQ(d.core.stats(normal("q"), d.now + 4min).pollers.size(), 1U);
    EXPECT_EQ(d.core.stats(normal("q"), d.now + 6min).pollers.size(), 0U);
}

TEST(matcher, remembers_only_so_many_identities) {
    driver d({.kept_identities = 2});
    for (const poller_id poller : {1, 2, 3}) {
        d.open(normal("q"), poller);
        d.take(d.core.leave(poller, d.now));
        d.now += 1s;
    }
    const queue_stats stats = d.core.stats(normal("q"), d.now);
    ASSERT_EQ(stats.pollers.size(), 2U);
    EXPECT_EQ(stats.pollers[0].identity, "worker-2");
}

TEST(matcher, forgets_a_queue_without_pollers_after_five_minutes) {
    driver d;
    d.open(normal("q"), 1);
    d.offer(normal("q"), work(1));
    d.take(d.core.leave(1, d.now));
    d.pass(5min - 1ns);
    EXPECT_EQ(d.core.queue_count(), 1U);
    d.pass(1ns);
    EXPECT_EQ(d.core.queue_count(), 0U);
    EXPECT_FALSE(d.core.next_due().has_value());
}

TEST(matcher, a_served_queue_is_never_forgotten) {
    driver d;
    d.open(normal("q"), 1);
    d.pass(24h);
    EXPECT_EQ(d.core.queue_count(), 1U);
    EXPECT_FALSE(d.core.next_due().has_value());
}

TEST(matcher_counts, tells_tasks_that_nobody_serves_from_those_that_somebody_waited_for) {
    driver d;
    d.offer(normal("lonely"), work(1));
    d.offer({"default", "lonely", task_kind::activity, false}, work(2));
    EXPECT_EQ(d.core.counts(task_kind::workflow).without_poller, 1U);
    EXPECT_EQ(d.core.counts(task_kind::activity).without_poller, 1U);
    d.open(normal("q"), 1);
    d.offer(normal("q"), work(3));
    EXPECT_EQ(d.core.counts(task_kind::workflow).without_poller, 1U);
    const auto late = d.core.credit(1, 2, d.now);
    ASSERT_EQ(late.size(), 1U);
    EXPECT_FALSE(std::get<match>(late[0]).sync) << "the task waited for the worker";
    const auto at_once = d.core.offer(normal("q"), work(4), d.now);
    ASSERT_EQ(at_once.size(), 1U);
    EXPECT_TRUE(std::get<match>(at_once[0]).sync) << "the worker waited for the task";
}

TEST(matcher_counts, adds_the_backlogs_of_all_queues_up) {
    driver d;
    for (int number = 1; number <= 3; ++number) {
        task waiting = work(number);
        waiting.since = d.now - std::chrono::seconds{number};
        d.offer(normal(number == 3 ? "b" : "a"), waiting);
    }
    const auto figures = d.core.backlog(task_kind::workflow, d.now + 1s);
    EXPECT_EQ(figures.count, 3);
    EXPECT_EQ(figures.age, 4s);
    EXPECT_EQ(d.core.backlog(task_kind::activity, d.now).count, 0);
}

}  // namespace
}  // namespace perdure::matching::test
