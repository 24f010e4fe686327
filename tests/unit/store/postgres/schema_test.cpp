#include "history_service/store/postgres/schema.hpp"

#include <thread>

#include "history_service/store/postgres/admin.hpp"
#include "tests/unit/store/postgres/fixture.hpp"

namespace perdure::history {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PostgresSchema : public postgres_test {
  protected:
    std::string uri() { return cluster().uri(database_); }
    std::vector<int> apply(std::span<const postgres::migration> steps) {
        const postgres::interruption never;
        postgres::connection db({uri(), "test", false, false}, never, {});
        return postgres::apply_migrations(db, {}, steps);
    }
};

TEST_F(PostgresSchema, IsMadeOnceAndShown) {
    auto state = must(postgres::schema_status(uri()));
    EXPECT_EQ(state.found, 0);
    EXPECT_EQ(state.known, postgres::schema_version());
    EXPECT_EQ(state.database, database_);
    EXPECT_EQ(state.role, "postgres");
    EXPECT_EQ(must(postgres::migrate(uri())).back(), postgres::schema_version());
    EXPECT_THAT(must(postgres::migrate(uri())), IsEmpty());
    state = must(postgres::schema_status(uri()));
    EXPECT_EQ(state.found, postgres::schema_version());
    EXPECT_EQ(state.owner, "");
}

TEST_F(PostgresSchema, IsMadeByOneOfManyServersThatStartAtOnce) {
    std::vector<std::thread> servers;
    for (int i = 0; i < 6; ++i) servers.emplace_back([&] { (void)must(open_postgres_store({uri()})); });
    for (std::thread& server : servers) server.join();
    EXPECT_EQ(ask("SELECT count(*) FROM perdure.migrations"), std::to_string(postgres::migrations().size()));
}

TEST_F(PostgresSchema, OfTheFutureIsRefusedWithTheRemedy) {
    const auto db = open();
    ask("INSERT INTO perdure.migrations (version) VALUES (99)");
    for (const auto& refused : {refusal(options()), postgres::migrate(uri()).error()}) {
        EXPECT_EQ(refused.code, status_code::failed_precondition);
        EXPECT_THAT(refused.message, AllOf(HasSubstr("version 99"), HasSubstr("start that one")));
    }
    EXPECT_EQ(must(postgres::schema_status(uri())).found, 99) << "it can be looked at all the same";
}

TEST_F(PostgresSchema, OfThePastIsBroughtUpToDateStepByStep) {
    const std::vector<postgres::migration> steps{{1, "CREATE TABLE perdure.a (v int)"},
                                                 {2, "ALTER TABLE perdure.a ADD w int; INSERT INTO perdure.a VALUES (1, 2)"},
                                                 {3, "CREATE TABLE perdure.b (v int)"}};
    EXPECT_THAT(apply(std::span(steps).first(1)), ElementsAre(1));
    EXPECT_THAT(apply(steps), ElementsAre(2, 3));
    EXPECT_EQ(ask("SELECT w FROM perdure.a"), "2");
    EXPECT_THAT(apply(steps), IsEmpty());
}

TEST_F(PostgresSchema, KeepsTheStepsBeforeOneThatFailsAndNothingOfThatOne) {
    std::vector<postgres::migration> steps{{1, "CREATE TABLE perdure.a (v int)"},
                                           {2, "CREATE TABLE perdure.b (v int); SELECT 1 / 0"}};
    try {
        (void)apply(steps);
        FAIL() << "the second step divides by zero";
    } catch (const postgres::error& refused) {
        EXPECT_THAT(refused.failure.message, AllOf(HasSubstr("version 2"), HasSubstr("division by zero")));
    }
    EXPECT_EQ(ask("SELECT max(version) FROM perdure.migrations"), "1");
    EXPECT_EQ(ask("SELECT to_regclass('perdure.b') IS NULL"), "t");
    steps[1].sql = "CREATE TABLE perdure.b (v int)";
    EXPECT_THAT(apply(steps), ElementsAre(2));
}

TEST_F(PostgresSchema, OfThePastOrNoneIsRefusedWhereNobodyMayChangeIt) {
    postgres_options looking = options();
    looking.read_only = true;
    EXPECT_THAT(refusal(looking).message, HasSubstr("perdure store migrate"));
    postgres_options careful = options();
    careful.migrate = false;
    EXPECT_THAT(refusal(careful).message, HasSubstr("perdure store migrate"));
    EXPECT_EQ(ask("SELECT to_regnamespace('perdure') IS NULL"), "t");
}

// A row's versions stay in its page and its indexes: what each step writes does not grow tables with the history.
TEST_F(PostgresSchema, LetsThousandsOfCommitsUpdateTheShardsRowInPlace) {
    const auto db = open();
    const auto lease = must(take_lease(*db, "owner"));
    must(db->commit(two_runs(lease.epoch, 1)));
    for (std::int64_t step = 1; step < 1'000; ++step) {
        run_write write = conformance::next_record(1, step, 2 + step, 1);
        write.checkpoint = run_checkpoint{step + 1, "state"};
        must(db->commit({lease.epoch, {write}, {}, {}}));
    }
    EXPECT_EQ(ask("SELECT pg_relation_size('perdure.shards') <= 65536"), "t");
    EXPECT_EQ(ask("SELECT pg_relation_size('perdure.checkpoints') <= 131072"), "t");
}

}  // namespace
}  // namespace perdure::history
