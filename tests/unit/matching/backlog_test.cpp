#include "tests/unit/matching/driver.hpp"

#include <numeric>

namespace perdure::matching::test {
namespace {

constexpr matcher_options small{.kept_tasks = 4, .low_water = 1};

std::vector<task> tasks(std::int64_t from, std::int64_t to) {
    std::vector<task> all;
    for (std::int64_t number = from; number <= to; ++number) all.push_back(work(number));
    return all;
}

TEST(backlog, a_queue_that_is_met_first_asks_for_what_waits_already) {
    driver d(small);
    d.take(d.core.subscribe(normal("q"), 1, "w", 0, d.now));
    EXPECT_EQ(d.heard(), (words{"more>start"}));
    d.credit(1, 9);
    d.offer(normal("q"), work(3));
    EXPECT_EQ(d.heard(), words{}) << "a newer task must not overtake what is about to come";
    d.take(d.core.refill(normal("q"), tasks(1, 3), true, d.now));
    EXPECT_EQ(d.heard(), (words{"1->1", "2->1", "3->1"}));
}

TEST(backlog, a_queue_without_pollers_keeps_nothing_and_asks_for_nothing) {
    driver d(small);
    for (const int number : {1, 2, 3}) d.offer(normal("q"), work(number));
    EXPECT_EQ(d.heard(), words{});
    EXPECT_EQ(d.core.stats(normal("q"), d.now).backlog, 3);
    d.take(d.core.subscribe(normal("q"), 1, "w", 0, d.now));
    d.credit(1, 9);
    d.take(d.core.refill(normal("q"), tasks(1, 3), true, d.now));
    EXPECT_EQ(d.heard(), (words{"more>start", "1->1", "2->1", "3->1"}));
    EXPECT_EQ(d.core.stats(normal("q"), d.now).backlog, 0);
}

TEST(backlog, keeps_so_many_and_asks_for_the_rest_in_order) {
    driver d(small);
    d.open(normal("q"), 1);
    for (std::int64_t number = 1; number <= 10; ++number) d.offer(normal("q"), work(number));
    EXPECT_EQ(d.core.stats(normal("q"), d.now).backlog, 10);
    d.credit(1, 3);
    EXPECT_EQ(d.heard(), (words{"1->1", "2->1", "3->1", "more>4"}));
    d.take(d.core.refill(normal("q"), tasks(5, 8), false, d.now));
    EXPECT_EQ(d.core.stats(normal("q"), d.now).backlog, 7);
    d.credit(1, 9);
    EXPECT_EQ(d.heard(), (words{"4->1", "5->1", "6->1", "7->1", "8->1", "more>8"}));
    d.take(d.core.refill(normal("q"), tasks(9, 10), true, d.now));
    EXPECT_EQ(d.heard(), (words{"9->1", "10->1"}));
    d.offer(normal("q"), work(11));
    EXPECT_EQ(d.heard(), (words{"11->1"}));
}

TEST(backlog, what_arrives_while_an_answer_is_awaited_comes_after_it) {
    driver d(small);
    d.take(d.core.subscribe(normal("q"), 1, "w", 0, d.now)).heard();
    d.credit(1, 100);
    for (const int number : {5, 6}) d.offer(normal("q"), work(number));
    d.take(d.core.refill(normal("q"), tasks(1, 5), true, d.now));
    EXPECT_EQ(d.heard(), (words{"1->1", "2->1", "3->1", "4->1", "5->1", "6->1"}));
}

TEST(backlog, asks_again_when_too_much_arrived_while_an_answer_was_awaited) {
    driver d(small);
    d.take(d.core.subscribe(normal("q"), 1, "w", 0, d.now)).heard();
    d.credit(1, 100);
    for (std::int64_t number = 1; number <= 9; ++number) d.offer(normal("q"), work(number));
    d.take(d.core.refill(normal("q"), {}, true, d.now));
    EXPECT_EQ(d.heard(), (words{"1->1", "2->1", "3->1", "4->1", "more>4"}));
    d.take(d.core.refill(normal("q"), tasks(5, 9), true, d.now));
    EXPECT_EQ(d.heard(), (words{"5->1", "6->1", "7->1", "8->1", "9->1"}));
}

TEST(backlog, an_arrival_can_be_withdrawn) {
    driver d(small);
    d.take(d.core.subscribe(normal("q"), 1, "w", 0, d.now)).heard();
    d.credit(1, 100);
    d.offer(normal("q"), work(1));
    d.take(d.core.withdraw(normal("q"), work(1).key, d.now));
    d.take(d.core.refill(normal("q"), {}, true, d.now));
    EXPECT_EQ(d.heard(), words{});
}

TEST(backlog, a_task_from_before_a_clock_was_set_back_is_not_lost) {
    driver d(small);
    d.open(normal("q"), 1);
    for (std::int64_t number = 10; number <= 15; ++number) d.offer(normal("q"), work(number));
    d.offer(normal("q"), work(3));
    d.credit(1, 1);
    EXPECT_EQ(d.heard(), (words{"3->1"}));
}

TEST(backlog, what_was_left_out_behind_the_back_of_an_answer_is_asked_for_again) {
    driver d(small);
    d.take(d.core.subscribe(normal("q"), 1, "w", 0, d.now)).heard();
    d.credit(1, 100);
    for (std::int64_t number = 1; number <= 4; ++number) d.offer(normal("q"), work(number));
    d.offer(normal("q"), work(6));
    // The answer was read before task 6 was stored, but holds a later one.
    d.take(d.core.refill(normal("q"), tasks(8, 8), true, d.now));
    EXPECT_EQ(d.heard(), (words{"1->1", "2->1", "3->1", "4->1", "8->1", "more>5"}));
    d.take(d.core.refill(normal("q"), {work(6), work(8)}, true, d.now));
    EXPECT_EQ(d.heard(), (words{"6->1", "8->1"}));
}

TEST(backlog, an_answer_that_nobody_asked_for_changes_nothing) {
    driver d(small);
    d.open(normal("q"), 1);
    d.credit(1, 9);
    d.take(d.core.refill(normal("q"), tasks(1, 2), true, d.now));
    d.take(d.core.refill(normal("unknown"), tasks(1, 2), true, d.now));
    EXPECT_EQ(d.heard(), words{});
}

}  // namespace
}  // namespace perdure::matching::test
