#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "history_service/store/lease.hpp"
#include "history_service/store/postgres/postgres_store.hpp"
#include "tests/support/postgres/cluster.hpp"
#include "tests/unit/store/conformance/suite.hpp"

namespace perdure::history {

using conformance::must;

/// A test with an empty database of the process's cluster.
class postgres_test : public ::testing::Test {
  protected:
    void SetUp() override {
        if (const auto reason = support::postgres_cluster::missing()) GTEST_SKIP() << *reason;
        database_ = cluster().make_database();
    }
    static support::postgres_cluster& cluster() { return support::postgres_cluster::shared(); }
    std::string ask(const std::string& sql) { return cluster().ask(database_, sql); }

    postgres_options options() {
        postgres_options made;
        made.uri = cluster().uri(database_);
        made.warn = [this](const std::string& what) { warnings_.push_back(what); };
        return made;
    }
    std::unique_ptr<store> open() { return must(open_postgres_store(options())); }
    service_failure refusal(const postgres_options& wanted) {
        auto opened = open_postgres_store(wanted);
        EXPECT_FALSE(opened);
        return opened ? service_failure{} : opened.error();
    }

    /// Two new runs and their pointers: half of it would show.
    static commit_batch two_runs(std::int64_t epoch, run_number first, std::size_t bytes = 100) {
        commit_batch batch;
        batch.epoch = epoch;
        for (run_number run = first; run < first + 2; ++run) {
            run_write write = conformance::new_run(run);
            write.records.front().bytes = std::string(bytes, 'r');
            write.wakeup = conformance::at(run);
            write.tasks_added = {conformance::task_of(run, 2, run)};
            batch.runs.push_back(write);
            batch.current_runs.push_back({"default", conformance::key_of(run).workflow_id, run});
        }
        return batch;
    }
    /// True: the two runs are there, whole. False: nothing of them is.
    static bool is_there(store& db, run_number first) {
        const bool one = must(db.load_run(first)).has_value();
        for (run_number run = first; run < first + 2; ++run) {
            EXPECT_EQ(must(db.load_run(run)).has_value(), one) << "half a batch";
            EXPECT_EQ(must(db.current_run("default", conformance::key_of(run).workflow_id)).has_value(), one) << "half a batch";
        }
        return one;
    }

    std::string database_;
    std::vector<std::string> warnings_;
};

}  // namespace perdure::history
