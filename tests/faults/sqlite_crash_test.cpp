#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "history_service/shard/fsck.hpp"
#include "history_service/shard/shard.hpp"
#include "history_service/store/lease.hpp"
#include "history_service/store/sqlite/sqlite_store.hpp"
#include "tests/unit/store/temporary_folder.hpp"

namespace perdure::history {
namespace {

// A child process that works on a database until it is killed, and says by a pipe what was acknowledged.
class victim {
  public:
    /// `work` gets the pipe's end and runs in the child; it never returns.
    explicit victim(const std::function<void(int)>& work) {
        int ends[2];
        if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
        child_ = ::fork();
        if (child_ == 0) {
            ::close(ends[0]);
            work(ends[1]);
            ::_exit(1);
        }
        ::close(ends[1]);
        from_ = ends[0];
    }
    victim(const victim&) = delete;
    victim& operator=(const victim&) = delete;
    ~victim() { ::close(from_); }

    /// Lets it acknowledge `count` times, waits `more`, kills it, and answers the last number that it acknowledged.
    std::int64_t kill_after(int count, std::chrono::microseconds more) {
        std::int64_t last = 0;
        while (count-- > 0 && ::read(from_, &last, sizeof last) == sizeof last) continue;
        ::usleep(static_cast<unsigned>(more.count()));
        ::kill(child_, SIGKILL);
        int status = 0;
        ::waitpid(child_, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status)) << "it was to work until it is killed";
        while (::read(from_, &last, sizeof last) == sizeof last) continue;
        return last;
    }

  private:
    pid_t child_ = -1;
    int from_ = -1;
};

void acknowledge(int pipe, std::int64_t number) {
    if (::write(pipe, &number, sizeof number) != sizeof number) ::_exit(2);
}

std::unique_ptr<store> open(const temporary_folder& folder) {
    sqlite_options options;
    options.path = folder.path("perdure.db");
    auto opened = open_sqlite_store(options);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
}

// Batch n makes two runs, goes on with the first run of batch n-1, and moves one pointer: half of it would show.
commit_batch batch_of(std::int64_t n, std::int64_t epoch) {
    commit_batch batch;
    batch.epoch = epoch;
    for (const run_number run : {2 * n, 2 * n + 1}) {
        run_write write;
        write.run = run;
        write.created = run_key{"default", "w-" + std::to_string(run), "r-" + std::to_string(run)};
        write.records.push_back({1, 1, 1, std::string(static_cast<std::size_t>(200 + run % 7 * 900), 'r')});
        write.wakeup = wall_time{std::chrono::seconds{n}};
        write.tasks_added.push_back(
            {{"default", "q", task_kind::workflow, false}, {wall_time{std::chrono::seconds{n}}, run, 1}, 1});
        write.visibility = visibility_row{};
        write.visibility->run = run;
        write.visibility->namespace_name = "default";
        write.visibility->workflow_id = write.created->workflow_id;
        write.visibility->run_id = write.created->run_id;
        batch.runs.push_back(std::move(write));
    }
    if (n > 1) {
        run_write next;
        next.run = 2 * (n - 1);
        next.previous_sequence = 1;
        next.records.push_back({2, 2, 1, "next"});
        batch.runs.push_back(std::move(next));
    }
    batch.current_runs.push_back({"default", "newest", 2 * n});
    return batch;
}

// True: batch n is there, whole. False: nothing of it is.
bool is_there(store& db, std::int64_t n) {
    const auto one = db.load_run(2 * n);
    const auto two = db.load_run(2 * n + 1);
    EXPECT_TRUE(one && two);
    EXPECT_EQ((*one).has_value(), (*two).has_value()) << "half of batch " << n;
    if (n > 1) {
        const auto before = db.load_run(2 * (n - 1));
        EXPECT_EQ((*before)->records.size() == 2, (*one).has_value()) << "half of batch " << n;
    }
    return (*one).has_value();
}

TEST(SqliteCrash, KeepsEveryAcknowledgedBatchAndNoHalfOfAny) {
    const temporary_folder folder;
    std::mt19937_64 random(42);
    std::int64_t known = 0;
    for (int round = 0; round < 40; ++round) {
        victim child([&](int pipe) {
            const auto db = open(folder);
            const auto lease = take_lease(*db, "victim");
            if (!lease) ::_exit(3);
            for (std::int64_t n = lease->next_run / 2;; ++n) {
                if (n == 0) continue;
                if (!db->commit(batch_of(n, lease->epoch))) ::_exit(4);
                acknowledge(pipe, n);
            }
        });
        const std::int64_t last =
            std::max(known, child.kill_after(1 + static_cast<int>(random() % 20), std::chrono::microseconds{random() % 1'500}));
        const auto db = open(folder);
        for (std::int64_t n = std::max<std::int64_t>(1, known - 3); n <= last; ++n)
            ASSERT_TRUE(is_there(*db, n)) << "batch " << n << " was acknowledged";
        // One more may have been written without its acknowledgement; none after it.
        known = last + (is_there(*db, last + 1) ? 1 : 0);
        EXPECT_FALSE(is_there(*db, known + 1));
        EXPECT_EQ(*db->current_run("default", "newest"), std::optional<run_number>{2 * known});
        const auto findings = db->check_rows();
        ASSERT_TRUE(findings);
        EXPECT_THAT(*findings, ::testing::IsEmpty());
    }
    EXPECT_GT(known, 100);
}

class silent_sink final : public effects_sink {
  public:
    void task_offered(const offered_task&) override {}
    void task_withdrawn(const offered_task&, bool) override {}
    void query_offered(const offered_query&) override {}
    void query_withdrawn(const offered_query&) override {}
    void activity_cancel_requested(const activity_notice&) override {}
    void activity_abandoned(const activity_notice&) override {}
};

class numbered_ids final : public id_source {
  public:
    explicit numbered_ids(int life) : life_(life) {}
    std::string next() override { return "run-" + std::to_string(life_) + "-" + std::to_string(++last_); }

  private:
    int life_;
    int last_ = 0;
};

// Starts and signals workflows for ever; each is acknowledged when the shard answers.
[[noreturn]] void work_for_ever(const temporary_folder& folder, int life, std::int64_t first, int pipe) {
    const auto db = open(folder);
    numbered_ids ids(life);
    silent_sink sink;
    inline_background at_once;
    auto shard = history_shard::open({*db, ids, sink, at_once, at_once}, {}, wall_time{std::chrono::hours{1'000}});
    if (!shard) ::_exit(3);
    for (std::int64_t n = first;; ++n) {
        pb::service::StartWorkflowExecutionRequest start;
        start.set_namespace_("default");
        start.set_workflow_id("w-" + std::to_string(n));
        start.set_request_id("request-" + std::to_string(n));
        start.mutable_workflow_type()->set_name("wf");
        start.mutable_task_queue()->set_name("q");
        (*shard)->start_workflow_execution(start, [](auto answer) {
            if (!answer) ::_exit(4);
        });
        pb::service::SignalWorkflowExecutionRequest signal;
        signal.set_namespace_("default");
        signal.mutable_workflow_execution()->set_workflow_id(start.workflow_id());
        signal.set_request_id("signal-" + std::to_string(n));
        signal.set_signal_name("sig");
        (*shard)->signal_workflow_execution(signal, [&](auto answer) {
            if (!answer) ::_exit(5);
            acknowledge(pipe, n);
        });
    }
}

TEST(SqliteCrash, LeavesAShardWhoseEveryRunFits) {
    const temporary_folder folder;
    std::mt19937_64 random(7);
    std::int64_t known = 0;
    for (int round = 0; round < 15; ++round) {
        victim child([&](int pipe) { work_for_ever(folder, round, known + 1, pipe); });
        known =
            std::max(known, child.kill_after(1 + static_cast<int>(random() % 15), std::chrono::microseconds{random() % 2'000}));
        const auto db = open(folder);
        const auto findings = fsck(*db);
        ASSERT_TRUE(findings) << findings.error().message;
        EXPECT_THAT(*findings, ::testing::IsEmpty());
        for (std::int64_t n = 1; n <= known; ++n) {
            const auto run = db->current_run("default", "w-" + std::to_string(n));
            ASSERT_TRUE(run && *run) << "workflow " << n << " was acknowledged";
            EXPECT_EQ(db->read_journal(**run, 0, 10)->size(), 2U) << "its signal was acknowledged";
        }
    }
    EXPECT_GT(known, 15);
}

}  // namespace
}  // namespace perdure::history
