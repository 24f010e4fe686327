#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "history_service/store/lease.hpp"
#include "history_service/store/store.hpp"

namespace perdure::history::conformance {

/// Where a store under test lives. A new kind of store joins the suite by one more of these, and a program of its own if it
/// needs more than files.
class store_home {
  public:
    store_home() = default;
    store_home(const store_home&) = delete;
    store_home& operator=(const store_home&) = delete;
    virtual ~store_home() = default;

    virtual store& current() = 0;
    /// Closes the store and opens it again, as a restart does. What is not durable by nature may keep its object.
    virtual void reopen() = 0;
};

struct store_kind {
    std::string name;
    std::function<std::unique_ptr<store_home>()> make;
    /// Why its tests cannot run here; nothing where they can.
    std::function<std::optional<std::string>()> missing = [] { return std::nullopt; };
};

/// The kinds that this program tests.
[[nodiscard]] std::vector<store_kind> all_kinds();

/// A test that runs on every kind of store.
class conformance_test : public ::testing::TestWithParam<store_kind> {
  protected:
    void SetUp() override {
        if (const auto reason = GetParam().missing()) GTEST_SKIP() << *reason;
        home_ = GetParam().make();
        lease();
    }
    store& db() { return home_->current(); }
    void reopen() {
        home_->reopen();
        lease();
    }
    void lease() {
        auto taken = take_lease(db(), "test");
        ASSERT_TRUE(taken) << taken.error().message;
        epoch_ = taken->epoch;
        next_run_ = taken->next_run;
    }
    void commit(commit_batch batch) {
        batch.epoch = epoch_;
        const auto committed = db().commit(batch);
        ASSERT_TRUE(committed) << committed.error().message;
    }

    std::unique_ptr<store_home> home_;
    std::int64_t epoch_ = 0;
    run_number next_run_ = 0;
};

[[nodiscard]] inline wall_time at(std::int64_t seconds) { return wall_time{std::chrono::seconds{seconds}}; }
[[nodiscard]] run_key key_of(run_number run);
[[nodiscard]] visibility_row row_of(run_number run);
/// A new run with one record of two events.
[[nodiscard]] run_write new_run(run_number run);
/// One more record for a run whose last one was `previous`; its events begin at `first_event`.
[[nodiscard]] run_write next_record(run_number run, std::int64_t previous, std::int64_t first_event, std::int64_t events,
                                    std::string bytes = "step");
[[nodiscard]] task_row task_of(run_number run, std::int64_t event, std::int64_t second, const std::string& queue = "q");
[[nodiscard]] commit_batch batch_of(std::vector<run_write> runs);

/// The rows alone; each must come with the names of its run.
[[nodiscard]] std::vector<task_row> tasks(const std::vector<stored_task>& stored);

/// Unwraps, or fails the test with the refusal.
template <class T>
T must(result<T> answer) {
    EXPECT_TRUE(answer) << answer.error().message;
    return std::move(*answer);
}

}  // namespace perdure::history::conformance
