#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "history_service/shard/shard.hpp"
#include "history_service/store/lease.hpp"
#include "history_service/store/sqlite/sqlite_store.hpp"
#include "tests/faults/chained_batch.hpp"
#include "tests/faults/signalled_run.hpp"
#include "tests/unit/shard/silent_sink.hpp"
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

// `short_log`: commits are moved into the tables all the time.
std::unique_ptr<store> open(const temporary_folder& folder, bool short_log = false) {
    sqlite_options options;
    options.path = folder.path("perdure.db");
    if (short_log) options.log_file_bytes = std::size_t{16} * 1'024;
    auto opened = open_sqlite_store(options);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
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
            const auto db = open(folder, round % 2 == 1);
            const auto lease = take_lease(*db, "victim");
            if (!lease) ::_exit(3);
            for (std::int64_t n = lease->next_run / 2;; ++n) {
                if (n == 0) continue;
                if (!db->commit(chained_batch(n, 2 * (n - 1), lease->epoch))) ::_exit(4);
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

// Starts and signals workflows for ever; each is acknowledged when the shard answers.
[[noreturn]] void work_for_ever(const temporary_folder& folder, int life, std::int64_t first, int pipe) {
    const auto db = open(folder, life % 2 == 1);
    numbered_ids ids("run-" + std::to_string(life) + "-");
    silent_sink sink;
    inline_background at_once;
    auto shard = history_shard::open({*db, ids, sink, at_once, at_once, at_once}, {}, wall_time{std::chrono::hours{1'000}});
    if (!shard) ::_exit(3);
    for (std::int64_t n = first;; ++n) {
        (*shard)->start_workflow_execution(start_of(n), [](auto answer) {
            if (!answer) ::_exit(4);
        });
        (*shard)->signal_workflow_execution(signal_of(n), [&](auto answer) {
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
        expect_started_and_signalled(*open(folder), known);
        if (::testing::Test::HasFatalFailure()) return;
    }
    EXPECT_GT(known, 15);
}

}  // namespace
}  // namespace perdure::history
