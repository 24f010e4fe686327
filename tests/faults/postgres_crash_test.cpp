#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "history_service/shard/shard.hpp"
#include "history_service/store/lease.hpp"
#include "history_service/store/postgres/postgres_store.hpp"
#include "tests/faults/chained_batch.hpp"
#include "tests/faults/signalled_run.hpp"
#include "tests/support/postgres/cluster.hpp"
#include "tests/unit/shard/silent_sink.hpp"

namespace perdure::history {
namespace {

/// Commits batch after batch on a thread of its own and keeps what it was told of each.
class committer {
  public:
    explicit committer(const std::string& uri) {
        postgres_options options;
        options.uri = uri;
        auto opened = open_postgres_store(options);
        if (!opened) throw std::runtime_error(opened.error().message);
        db_ = std::move(*opened);
        const auto lease = take_lease(*db_, "committer", std::chrono::hours{1});
        if (!lease) throw std::runtime_error(lease.error().message);
        epoch_ = lease->epoch;
        thread_ = std::thread([this] { work(); });
    }
    committer(const committer&) = delete;
    committer& operator=(const committer&) = delete;
    ~committer() { finish(); }

    void finish() {
        stopping_ = true;
        if (thread_.joinable()) thread_.join();
    }
    /// Waits until `count` more batches were answered.
    void let_pass(std::int64_t count) {
        const std::int64_t from = answered_;
        while (answered_ < from + count) std::this_thread::yield();
    }
    /// By number: whether it was made. After `finish`.
    [[nodiscard]] const std::map<std::int64_t, bool>& told() const { return told_; }
    [[nodiscard]] const std::vector<std::string>& unexpected() const { return unexpected_; }

  private:
    void work() {
        run_number before = 0;
        for (std::int64_t n = 1; !stopping_; ++n) {
            const auto outcome = db_->commit(chained_batch(n, before, epoch_));
            told_[n] = outcome.has_value();
            if (outcome) before = 2 * n;
            if (!outcome && outcome.error().code != status_code::unavailable) unexpected_.push_back(outcome.error().message);
            ++answered_;
        }
    }

    std::unique_ptr<store> db_;
    std::int64_t epoch_ = 0;
    std::map<std::int64_t, bool> told_;
    std::vector<std::string> unexpected_;
    std::atomic<std::int64_t> answered_{0};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

void audit(const std::string& uri, const committer& done) {
    EXPECT_THAT(done.unexpected(), ::testing::IsEmpty());
    postgres_options options;
    options.uri = uri;
    options.read_only = true;
    const auto db = std::move(*open_postgres_store(options));
    std::int64_t newest = 0;
    std::int64_t before = 0;
    for (const auto& [n, made] : done.told()) {
        for (const run_number run : {2 * n, 2 * n + 1})
            EXPECT_EQ(db->load_run(run)->has_value(), made) << "batch " << n << " was answered with " << made;
        if (!made) continue;
        if (before > 0) {
            const auto previous = db->load_run(2 * before);
            EXPECT_EQ((*previous)->records.size(), 2U) << "batch " << n << " went on with run " << 2 * before;
        }
        before = newest = n;
    }
    EXPECT_EQ(*db->current_run("default", "newest"), std::optional<run_number>{2 * newest});
    EXPECT_THAT(*db->check_rows(), ::testing::IsEmpty());
}

/// A shard that starts and signals workflows on a thread of its own; what is refused is asked again, as clients do.
class busy_shard {
  public:
    explicit busy_shard(const std::string& uri) : uri_(uri), thread_([this] { work(); }) {}
    busy_shard(const busy_shard&) = delete;
    busy_shard& operator=(const busy_shard&) = delete;
    ~busy_shard() { finish(); }

    void finish() {
        stopping_ = true;
        if (thread_.joinable()) thread_.join();
    }
    void let_pass(std::int64_t count) {
        const std::int64_t from = finished_;
        while (finished_ < from + count && !broken_) std::this_thread::yield();
    }
    [[nodiscard]] std::int64_t finished() const { return finished_; }
    [[nodiscard]] bool broken() const { return broken_; }

  private:
    void work() {
        postgres_options options;
        options.uri = uri_;
        const auto db = std::move(*open_postgres_store(options));
        numbered_ids ids("id-");
        silent_sink sink;
        inline_background at_once;
        shard_options settings;
        settings.lease = std::chrono::hours{1};
        wall_time now{std::chrono::hours{1'000}};
        auto shard = std::move(*history_shard::open({*db, ids, sink, at_once, at_once, at_once}, settings, now));
        for (std::int64_t n = 1; !stopping_; ++n) {
            const auto until_done = [&](auto&& ask) {
                for (bool done = false; !done && !broken_;) {
                    ask([&](auto answer) {
                        done = answer.has_value();
                        broken_ = !done && !answer.error().retryable();
                    });
                    shard->advance(now += std::chrono::milliseconds{100});
                }
            };
            until_done([&](auto reply) { shard->start_workflow_execution(start_of(n), reply); });
            until_done([&](auto reply) { shard->signal_workflow_execution(signal_of(n), reply); });
            if (broken_) return;
            finished_ = n;
        }
    }

    std::string uri_;
    std::atomic<std::int64_t> finished_{0};
    std::atomic<bool> stopping_{false};
    std::atomic<bool> broken_{false};
    std::thread thread_;
};

class PostgresCrash : public ::testing::Test {
  protected:
    void SetUp() override {
        if (const auto reason = support::postgres_cluster::missing()) GTEST_SKIP() << *reason;
        support::postgres_cluster::options durable;
        durable.fsync = true;
        cluster_.emplace(durable);
        uri_ = cluster_->uri(cluster_->make_database());
    }
    std::optional<support::postgres_cluster> cluster_;
    std::string uri_;
    std::mt19937_64 random_{20261121};
};

TEST_F(PostgresCrash, OfAllItsProcessesAtTenMomentsLosesAndDoublesNothing) {
    committer work(uri_);
    for (int round = 0; round < 10; ++round) {
        work.let_pass(static_cast<std::int64_t>(1 + random_() % 12));
        std::this_thread::sleep_for(std::chrono::microseconds{random_() % 3'000});
        cluster_->kill();
        cluster_->start();
    }
    work.let_pass(5);
    work.finish();
    EXPECT_GT(work.told().size(), 20U);
    audit(uri_, work);
}

TEST_F(PostgresCrash, OfItsConnectionsAtTwentyMomentsLosesAndDoublesNothing) {
    committer work(uri_);
    for (int round = 0; round < 20; ++round) {
        work.let_pass(static_cast<std::int64_t>(1 + random_() % 12));
        std::this_thread::sleep_for(std::chrono::microseconds{random_() % 3'000});
        cluster_->cut_connections();
    }
    work.let_pass(5);
    work.finish();
    audit(uri_, work);
    for (const auto& [n, made] : work.told()) EXPECT_TRUE(made) << "a cut alone is repaired, batch " << n << " was refused";
}

TEST_F(PostgresCrash, LeavesAShardWhoseEveryRunFits) {
    busy_shard work(uri_);
    for (int round = 0; round < 10; ++round) {
        work.let_pass(static_cast<std::int64_t>(1 + random_() % 6));
        std::this_thread::sleep_for(std::chrono::microseconds{random_() % 3'000});
        if (round % 2 == 0) {
            cluster_->kill();
            cluster_->start();
        } else {
            cluster_->cut_connections();
        }
    }
    work.let_pass(3);
    work.finish();
    ASSERT_FALSE(work.broken()) << "a refusal was none that may be repeated";
    postgres_options options;
    options.uri = uri_;
    const auto db = std::move(*open_postgres_store(options));
    expect_started_and_signalled(*db, work.finished());
    EXPECT_GT(work.finished(), 10);
}

}  // namespace
}  // namespace perdure::history
