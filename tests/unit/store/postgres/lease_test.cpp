#include <atomic>
#include <thread>

#include "history_service/store/postgres/admin.hpp"
#include "tests/unit/store/postgres/fixture.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;

class PostgresLease : public postgres_test {
  protected:
    void SetUp() override {
        postgres_test::SetUp();
        if (IsSkipped()) return;
        one_ = open();
        two_ = open();
    }
    /// As if the owner had said nothing for long.
    void run_out() { ask("UPDATE perdure.shards SET expires = now() - interval '1 second'"); }
    std::optional<lease_holder> holder_for(store& db, const std::string& owner) {
        const auto answer = must(db.acquire_lease(owner, 60s));
        const auto* holder = std::get_if<lease_holder>(&answer);
        return holder != nullptr ? std::optional(*holder) : std::nullopt;
    }

    std::unique_ptr<store> one_;
    std::unique_ptr<store> two_;
};

TEST_F(PostgresLease, OfALivingOwnerIsRefusedWithItsNameAndItsTime) {
    const auto lease = must(take_lease(*one_, "first", 60s));
    const auto holder = holder_for(*two_, "second");
    ASSERT_TRUE(holder);
    EXPECT_EQ(holder->owner, "first");
    EXPECT_EQ(holder->epoch, lease.epoch);
    EXPECT_GT(holder->remaining, 30s);
    EXPECT_LE(holder->remaining, 60s);
    const auto refused = take_lease(*two_, "second");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, status_code::unavailable);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("'first'"));
    const auto state = must(postgres::schema_status(cluster().uri(database_)));
    EXPECT_EQ(state.owner, "first");
    EXPECT_EQ(state.epoch, lease.epoch);
    EXPECT_GT(state.lease_ms, 30'000);
    must(one_->commit(two_runs(lease.epoch, 1)));
}

TEST_F(PostgresLease, ThatRanOutGoesToAnotherAndTheRevivedOwnerCommitsNothing) {
    const auto old = must(take_lease(*one_, "first", 60s));
    must(one_->commit(two_runs(old.epoch, 1)));
    run_out();
    const auto lease = must(take_lease(*two_, "second", 60s));
    EXPECT_GT(lease.epoch, old.epoch);
    EXPECT_EQ(lease.next_run, 3);
    for (const auto& refused :
         {one_->commit(two_runs(old.epoch, 3)), one_->renew_lease(old.epoch), one_->release_lease(old.epoch)}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, status_code::failed_precondition);
    }
    EXPECT_FALSE(one_->collect_garbage(old.epoch, 10));
    EXPECT_FALSE(is_there(*one_, 3));
    EXPECT_EQ(holder_for(*one_, "first")->owner, "second");
    must(two_->commit(two_runs(lease.epoch, 3)));
}

TEST_F(PostgresLease, IsHeldOnByEachCommitAndEachRenewal) {
    const auto lease = must(take_lease(*one_, "first", 60s));
    run_out();
    must(one_->commit(two_runs(lease.epoch, 1)));
    EXPECT_TRUE(holder_for(*two_, "second"));
    run_out();
    must(one_->renew_lease(lease.epoch));
    EXPECT_TRUE(holder_for(*two_, "second"));
    must(one_->release_lease(lease.epoch));
    EXPECT_FALSE(holder_for(*two_, "second"));
}

TEST_F(PostgresLease, IsTakenAgainAtOnceByItsOwnOwner) {
    const auto old = must(take_lease(*one_, "first", 60s));
    const auto lease = must(take_lease(*two_, "first", 60s));
    EXPECT_GT(lease.epoch, old.epoch);
    EXPECT_FALSE(one_->commit(two_runs(old.epoch, 1)));
}

TEST_F(PostgresLease, OfAnOwnerThatStandsStillInTheMiddleOfACommitIsTakenAllTheSame) {
    (void)must(take_lease(*one_, "first", 60s));
    // What such an owner leaves behind: a session of its own that holds the row and says nothing more.
    run_out();
    ask("UPDATE perdure.shards SET backend = 0");
    std::thread stuck([&] {
        // Ends with the session.
        EXPECT_THROW(ask("SET client_min_messages = error; UPDATE perdure.shards SET backend = pg_backend_pid(); COMMIT; BEGIN; "
                         "SELECT FROM perdure.shards FOR UPDATE; SELECT pg_sleep(100)"),
                     std::runtime_error);
    });
    while (ask("SELECT count(*) FROM pg_stat_activity AS a JOIN perdure.shards AS s ON s.backend = a.pid "
               "WHERE a.wait_event = 'PgSleep'") != "1")
        std::this_thread::yield();
    EXPECT_TRUE(take_lease(*two_, "second", 60s));
    stuck.join();
}

TEST_F(PostgresLease, GoesToOneOfManyWhoWantItAtOnce) {
    (void)must(take_lease(*one_, "first", 60s));
    run_out();
    std::atomic<int> taken{0};
    std::vector<std::thread> servers;
    for (int i = 0; i < 6; ++i)
        servers.emplace_back([&, i] {
            const auto db = must(open_postgres_store({cluster().uri(database_)}));
            if (std::holds_alternative<shard_lease>(must(db->acquire_lease("server-" + std::to_string(i), 60s)))) ++taken;
        });
    for (std::thread& server : servers) server.join();
    EXPECT_EQ(taken, 1);
}

}  // namespace
}  // namespace perdure::history
