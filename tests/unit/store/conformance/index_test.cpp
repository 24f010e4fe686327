#include <charconv>
#include <cstdlib>
#include <cstring>

#include "tests/unit/store/conformance/suite.hpp"

namespace perdure::history::conformance {
namespace {

class StoreIndexes : public conformance_test {};
INSTANTIATE_TEST_SUITE_P(Stores, StoreIndexes, ::testing::ValuesIn(all_kinds()), [](const auto& i) { return i.param.name; });

TEST_P(StoreIndexes, GivesDueRunsInOrderAndInPages) {
    commit_batch batch;
    const std::vector<std::int64_t> seconds{50, 10, 30, 10, 70};
    for (std::size_t i = 0; i < seconds.size(); ++i) {
        run_write write = new_run(static_cast<run_number>(i) + 1);
        write.wakeup = at(seconds[i]);
        batch.runs.push_back(write);
    }
    commit(batch);
    reopen();
    const std::vector<due_run> expected{{at(10), 2}, {at(10), 4}, {at(30), 3}, {at(50), 1}};
    EXPECT_EQ(must(db().due_runs(at(50), {}, 100)), expected);
    EXPECT_TRUE(must(db().due_runs(at(9), {}, 100)).empty());

    std::vector<due_run> paged;
    std::optional<due_run> after;
    for (;;) {
        const auto page = must(db().due_runs(at(60), after, 1));
        if (page.empty()) break;
        ASSERT_EQ(page.size(), 1U);
        paged.push_back(page.front());
        after = page.front();
    }
    EXPECT_EQ(paged, expected);
}

// As many as the environment says, to try a million: the order and the cost of a page must not depend on what lies before it.
TEST_P(StoreIndexes, GivesManyDueRunsInOrderPageByPage) {
    const char* const asked = std::getenv("PERDURE_TEST_ROWS");
    run_number many = 20'000;
    if (asked != nullptr) std::from_chars(asked, asked + std::strlen(asked), many);
    constexpr run_number batch_size = 5'000;
    const auto due_of = [&](run_number run) { return at(run * 7'919 % many); };
    for (run_number first = 1; first <= many; first += batch_size) {
        commit_batch batch;
        for (run_number run = first; run < first + batch_size && run <= many; ++run) {
            run_write write = new_run(run);
            write.wakeup = due_of(run);
            batch.runs.push_back(std::move(write));
        }
        commit(std::move(batch));
    }
    reopen();
    run_number seen = 0;
    std::optional<due_run> after;
    for (;;) {
        const auto page = must(db().due_runs(at(many), after, 1'000));
        if (page.empty()) break;
        for (const due_run& one : page) {
            ASSERT_TRUE(!after || *after < one);
            ASSERT_EQ(one.due, due_of(one.run));
            after = one;
            ++seen;
        }
    }
    EXPECT_EQ(seen, many);
}

TEST_P(StoreIndexes, KeepsOneWakeupARun) {
    run_write write = new_run(1);
    write.wakeup = at(10);
    commit(batch_of({write}));
    run_write later = next_record(1, 1, 3, 0);
    later.wakeup = at(99);
    commit(batch_of({later}));
    EXPECT_EQ(must(db().due_runs(at(1'000), {}, 10)), (std::vector<due_run>{{at(99), 1}}));

    run_write untouched = next_record(1, 2, 3, 0);
    commit(batch_of({untouched}));
    EXPECT_EQ(must(db().due_runs(at(1'000), {}, 10)).size(), 1U);

    run_write removed;
    removed.run = 1;
    removed.previous_sequence = 3;
    removed.wakeup = std::optional<wall_time>{};
    commit(batch_of({removed}));
    EXPECT_TRUE(must(db().due_runs(at(1'000), {}, 10)).empty());
}

TEST_P(StoreIndexes, GivesOutstandingTasksInOrderOfArrivalAndInPages) {
    run_write one = new_run(1);
    one.tasks_added = {task_of(1, 5, 30), task_of(1, 6, 10), task_of(1, 7, 20, "elsewhere")};
    run_write two = new_run(2);
    two.tasks_added = {task_of(2, 5, 20), task_of(2, 4, 30)};
    commit(batch_of({one, two}));
    reopen();
    const queue_key queue = task_of(1, 1, 1).queue;
    const std::vector<task_row> expected{task_of(1, 6, 10), task_of(2, 5, 20), task_of(1, 5, 30), task_of(2, 4, 30)};
    EXPECT_EQ(tasks(must(db().outstanding_tasks(queue, {}, 100))), expected);
    std::vector<task_row> paged;
    std::optional<task_position> after;
    for (;;) {
        const auto page = tasks(must(db().outstanding_tasks(queue, after, 3)));
        if (page.empty()) break;
        paged.insert(paged.end(), page.begin(), page.end());
        after = page.back().position;
    }
    EXPECT_EQ(paged, expected);

    run_write taken = next_record(1, 1, 3, 0);
    taken.tasks_removed = {task_of(1, 6, 10)};
    commit(batch_of({taken}));
    EXPECT_EQ(tasks(must(db().outstanding_tasks(queue, {}, 1))), (std::vector<task_row>{task_of(2, 5, 20)}));
}

TEST_P(StoreIndexes, MovesATaskThatIsTakenAwayAndAddedInOneBatch) {
    run_write write = new_run(1);
    write.tasks_added = {task_of(1, 5, 30)};
    commit(batch_of({write}));
    run_write again = next_record(1, 1, 3, 0);
    again.tasks_removed = {task_of(1, 5, 30)};
    again.tasks_added = {task_of(1, 5, 30)};
    again.tasks_added.front().attempt = 2;
    commit(batch_of({again}));
    EXPECT_EQ(tasks(must(db().outstanding_tasks(task_of(1, 1, 1).queue, {}, 10))), again.tasks_added);
}

TEST_P(StoreIndexes, NamesTheQueuesThatHaveTasks) {
    const std::vector<queue_key> queues{{"default", "a", task_kind::workflow, false},
                                        {"default", "a", task_kind::workflow, true},
                                        {"default", "a", task_kind::activity, false},
                                        {"default", "b", task_kind::activity, false},
                                        {"zoo", "a", task_kind::workflow, false}};
    run_write write = new_run(1);
    for (std::size_t i = 0; i < queues.size(); ++i)
        for (std::int64_t n = 0; n < 3; ++n)
            write.tasks_added.push_back({queues[i], {at(1), 1, static_cast<std::int64_t>(i) * 10 + n}, 1});
    commit(batch_of({write}));
    EXPECT_EQ(must(db().outstanding_queues({}, 100)), queues);
    EXPECT_EQ(must(db().outstanding_queues({}, 2)), (std::vector<queue_key>{queues[0], queues[1]}));
    EXPECT_EQ(must(db().outstanding_queues(queues[1], 2)), (std::vector<queue_key>{queues[2], queues[3]}));
    EXPECT_TRUE(must(db().outstanding_queues(queues[4], 2)).empty());
}

TEST_P(StoreIndexes, ReadsAnyRangeOfEvents) {
    // Rows of one to three records, some without events: every id must be found from both sides.
    std::vector<journal_record> all{{1, 1, 2, "r1"}};
    commit(batch_of({new_run(1), new_run(2)}));
    std::int64_t next_event = 3;
    for (std::int64_t row = 0; row < 40; ++row) {
        run_write write;
        write.run = 1;
        write.previous_sequence = all.back().sequence;
        for (std::int64_t i = 0; i <= row % 3; ++i) {
            const std::int64_t events = (row * 7 + i) % 4;
            write.records.push_back({all.back().sequence + 1, next_event, events, std::string(10, 'x')});
            next_event += events;
            all.push_back(write.records.back());
        }
        commit(batch_of({write}));
    }
    all.front().bytes = "step";
    const auto expected = [&](std::int64_t from, std::size_t max_events) {
        std::vector<journal_record> found;
        std::size_t events = 0;
        for (const journal_record& r : all) {
            if (r.event_count == 0 || r.first_event_id + r.event_count <= from) continue;
            if (!found.empty() && events >= max_events) break;
            events += static_cast<std::size_t>(r.event_count);
            found.push_back(r);
        }
        return found;
    };
    const auto expected_reverse = [&](std::int64_t from, std::size_t max_events) {
        std::vector<journal_record> found;
        std::size_t events = 0;
        for (auto r = all.rbegin(); r != all.rend(); ++r) {
            if (r->event_count == 0 || r->first_event_id > from) continue;
            if (!found.empty() && events >= max_events) break;
            events += static_cast<std::size_t>(r->event_count);
            found.push_back(*r);
        }
        return found;
    };
    for (std::int64_t from = 0; from <= next_event + 1; ++from)
        for (const std::size_t max_events : {std::size_t{1}, std::size_t{5}, std::size_t{1'000}}) {
            EXPECT_EQ(must(db().read_events(1, from, max_events, 1'000'000)), expected(from, max_events)) << from;
            EXPECT_EQ(must(db().read_events_reverse(1, from, max_events, 1'000'000)), expected_reverse(from, max_events)) << from;
        }
    EXPECT_EQ(must(db().read_events(1, 1, 1'000, 25)).size(), 4U) << "bytes bound a page too";
    EXPECT_EQ(must(db().read_journal(1, 5, 4)), (std::vector<journal_record>{all[5], all[6], all[7], all[8]}));
}

}  // namespace
}  // namespace perdure::history::conformance
