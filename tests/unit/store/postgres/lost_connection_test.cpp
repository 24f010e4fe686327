#include <future>

#include "tests/support/postgres/proxy.hpp"
#include "tests/unit/store/postgres/fixture.hpp"

namespace perdure::history {
namespace {

using direction = support::postgres_proxy::direction;

class PostgresLostConnection : public postgres_test {
  protected:
    void SetUp() override {
        postgres_test::SetUp();
        if (IsSkipped()) return;
        proxy_ = std::make_unique<support::postgres_proxy>(cluster().folder());
        postgres_options through = options();
        through.uri = proxy_->uri(database_);
        db_ = must(open_postgres_store(through));
        direct_ = open();
        epoch_ = must(take_lease(*db_, "owner")).epoch;
        must(db_->commit(two_runs(epoch_, 1)));
    }

    /// How many bytes went that way for a commit of the runs from `first` on.
    std::size_t bytes_of_commit(direction way, std::int64_t epoch, run_number first) {
        (void)proxy_->count(way);
        must(db_->commit(two_runs(epoch, first)));
        return proxy_->count(way);
    }

    std::unique_ptr<support::postgres_proxy> proxy_;
    std::unique_ptr<store> db_;
    /// Past the proxy.
    std::unique_ptr<store> direct_;
    std::int64_t epoch_ = 0;
};

TEST_F(PostgresLostConnection, AtAnyByteOfACommitsRequestIsRepairedWithoutALossOrADouble) {
    const std::size_t length = bytes_of_commit(direction::requests, epoch_, 3);
    ASSERT_GT(length, 500U);
    run_number next = 5;
    for (std::size_t at = 0; at < length; at += length / 23 + 1, next += 2) {
        SCOPED_TRACE("byte " + std::to_string(at) + " of " + std::to_string(length));
        proxy_->cut_after(direction::requests, at);
        must(db_->commit(two_runs(epoch_, next)));
        EXPECT_TRUE(proxy_->has_cut());
        EXPECT_TRUE(is_there(*direct_, next));
        EXPECT_EQ(must(direct_->read_journal(next, 0, 10)).size(), 1U);
    }
    EXPECT_TRUE(must(direct_->check_rows()).empty());
}

TEST_F(PostgresLostConnection, AtAnyByteOfACommitsAnswerIsFoundToHaveBeenMade) {
    const std::size_t length = bytes_of_commit(direction::answers, epoch_, 3);
    ASSERT_GT(length, 50U);
    run_number next = 5;
    for (std::size_t at = 0; at < length; at += length / 17 + 1, next += 2) {
        SCOPED_TRACE("byte " + std::to_string(at) + " of " + std::to_string(length));
        proxy_->cut_after(direction::answers, at);
        must(db_->commit(two_runs(epoch_, next)));
        EXPECT_TRUE(proxy_->has_cut());
        EXPECT_TRUE(is_there(*direct_, next));
    }
    // Once a batch, whether it was found or sent again.
    EXPECT_EQ(ask("SELECT batch FROM perdure.shards"), std::to_string(1 + (next - 3) / 2));
}

TEST_F(PostgresLostConnection, OfAnOwnerThatWasReplacedMeanwhileTellsWhatBecameOfItsLastCommit) {
    for (const bool made : {true, false}) {
        SCOPED_TRACE(made);
        const auto lease = must(take_lease(*db_, "owner"));
        must(db_->commit(two_runs(lease.epoch, lease.next_run)));
        const std::size_t length = bytes_of_commit(direction::requests, lease.epoch, lease.next_run + 2);
        const run_number next = lease.next_run + 4;
        std::optional<shard_lease> taken;
        proxy_->when_cut([&] {
            ask("UPDATE perdure.shards SET expires = '-infinity'");
            taken = must(take_lease(*direct_, "another"));
        });
        proxy_->cut_after(made ? direction::answers : direction::requests, made ? 1 : length / 2);
        const auto outcome = db_->commit(two_runs(lease.epoch, next));
        ASSERT_TRUE(taken);
        EXPECT_EQ(taken->next_run, made ? next + 2 : next);
        EXPECT_EQ(is_there(*direct_, next), made);
        ASSERT_EQ(outcome.has_value(), made);
        if (!outcome) EXPECT_EQ(outcome.error().code, status_code::failed_precondition) << outcome.error().message;
        EXPECT_EQ(db_->commit(two_runs(lease.epoch, next + 2)).error().code, status_code::failed_precondition);
        EXPECT_FALSE(is_there(*direct_, next + 2));
        must(direct_->release_lease(taken->epoch));
    }
}

TEST_F(PostgresLostConnection, BetweenCommitsIsNoticedByNobody) {
    for (run_number next = 3; next < 23; next += 2) {
        cluster().cut_connections();
        must(db_->commit(two_runs(epoch_, next)));
        cluster().cut_connections();
        EXPECT_TRUE(is_there(*direct_, next));
        EXPECT_EQ(must(db_->list("default", {}, {}, 100)).rows.size(), static_cast<std::size_t>(next + 1));
    }
    must(db_->renew_lease(epoch_));
    cluster().cut_connections();
    must(db_->renew_lease(epoch_));
}

TEST_F(PostgresLostConnection, ThatBreaksAtEachAttemptRefusesTheCommitAndNothingIsThere) {
    // A backend that ends itself in the middle of every batch.
    ask("CREATE FUNCTION public.end_session() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$; "
        "CREATE TRIGGER broken AFTER INSERT ON perdure.journal FOR EACH ROW EXECUTE FUNCTION public.end_session()");
    const auto refused = db_->commit(two_runs(epoch_, 3));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, status_code::unavailable);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("nothing was written"));
    ask("DROP TRIGGER broken ON perdure.journal");
    EXPECT_FALSE(is_there(*direct_, 3));
    must(db_->commit(two_runs(epoch_, 3)));
    EXPECT_TRUE(is_there(*direct_, 3));
}

TEST_F(PostgresLostConnection, WhileTheDatabaseIsAwayReadsAndNewCommitsAreRefusedInTime) {
    postgres_options hasty = options();
    hasty.patience = std::chrono::milliseconds{200};
    db_ = must(open_postgres_store(hasty));
    epoch_ = must(take_lease(*db_, "owner")).epoch;
    cluster().stop();
    EXPECT_EQ(db_->load_run(1).error().code, status_code::unavailable);
    const auto refused = db_->commit(two_runs(epoch_, 3));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, status_code::unavailable);
    EXPECT_TRUE(refused.error().retryable());
    EXPECT_FALSE(warnings_.empty());
    cluster().start();
    EXPECT_FALSE(is_there(*open(), 3));
    must(db_->commit(two_runs(epoch_, 3)));
    EXPECT_TRUE(is_there(*open(), 3));
}

TEST_F(PostgresLostConnection, EndsItsWaitWhenTheProcessStops) {
    cluster().pause();
    auto waiting = std::async(std::launch::async, [&] { return db_->commit(two_runs(epoch_, 3)); });
    db_->interrupt();
    const auto outcome = waiting.get();
    cluster().resume();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, status_code::unavailable);
    EXPECT_FALSE(db_->commit(two_runs(epoch_, 5)));
}

}  // namespace
}  // namespace perdure::history
