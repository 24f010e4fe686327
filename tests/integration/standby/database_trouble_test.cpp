#include "tests/integration/standby/servers.hpp"

namespace perdure::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class DatabaseTrouble : public on_postgres {
  protected:
    /// Starts a server that must refuse to run, and answers what it said.
    [[nodiscard]] std::string refusal_of(const std::string& store) const {
        const auto refused = start("refused", store);
        const auto code = refused->await_end();
        EXPECT_EQ(code, 1) << refused->log();
        EXPECT_THAT(refused->log(), HasSubstr("the server cannot start"));
        return refused->log();
    }
    /// Makes the tables.
    void migrate() const {
        const auto once = start("migrating");
        ASSERT_TRUE(once->await(200)) << once->log();
        ASSERT_EQ(once->process().stop(20'000), 0);
    }
};

TEST_F(DatabaseTrouble, ADatabaseThatIsDownAtTheStartIsWaitedFor) {
    postgres_cluster own;
    const std::string database = own.make_database();
    own.stop();
    const auto waiting = start("waiting", own.uri(database));
    ASSERT_TRUE(waiting->await(503, "waits for its store")) << waiting->log();
    EXPECT_EQ(waiting->get("/healthz").status, 200);
    EXPECT_EQ(waiting->get("/api/v1/namespaces/default/workflows").status, 503);
    own.start();
    EXPECT_TRUE(waiting->await(200)) << waiting->log();
    EXPECT_EQ(waiting->process().stop(20'000), 0) << waiting->log();
}

TEST_F(DatabaseTrouble, AServerThatWaitsCanBeStopped) {
    postgres_cluster own;
    const std::string database = own.make_database();
    own.stop();
    const auto waiting = start("waiting", own.uri(database));
    ASSERT_TRUE(waiting->await(503, "waits for its store")) << waiting->log();
    EXPECT_EQ(waiting->process().stop(30'000), 0) << waiting->log();
}

TEST_F(DatabaseTrouble, ADatabaseThatDiesUnderTheServerIsFoundAgain) {
    postgres_cluster own;
    const auto serving = start("serving", own.uri(own.make_database()));
    ASSERT_TRUE(serving->await(200)) << serving->log();
    const std::string workflows = "/api/v1/namespaces/default/workflows";
    ASSERT_EQ(serving->ask("POST", workflows + "/w-1", R"({"workflowType":{"name":"t"},"taskQueue":{"name":"q"}})").status, 200);
    own.kill();
    ASSERT_TRUE(serving->await(503)) << serving->log();
    EXPECT_EQ(serving->get("/healthz").status, 200);
    own.start();
    ASSERT_TRUE(serving->await(200)) << serving->log();
    EXPECT_EQ(serving->get(workflows + "/w-1").status, 200) << "what was acknowledged is there";
}

TEST_F(DatabaseTrouble, AWrongConnectionStringIsRefusedWithoutItsPassword) {
    EXPECT_THAT(refusal_of("postgres://me:secret@localhost:port/perdure"), AllOf(HasSubstr("port"), Not(HasSubstr("secret"))));
    EXPECT_THAT(refusal_of(uri() + (uri().find('?') == std::string::npos ? "?" : "&") + "colour=red"), HasSubstr("colour"));
    EXPECT_THAT(refusal_of(cluster().uri("nowhere")), HasSubstr("nowhere"));
}

TEST_F(DatabaseTrouble, ARoleWithoutARightIsToldWhichOne) {
    migrate();
    sql("CREATE ROLE clerk_" + database_ + " LOGIN; GRANT USAGE ON SCHEMA perdure TO clerk_" + database_ +
        "; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA perdure TO clerk_" + database_);
    EXPECT_THAT(refusal_of(cluster().uri(database_, "clerk_" + database_)), HasSubstr("DELETE on perdure."));
    sql("GRANT DELETE ON ALL TABLES IN SCHEMA perdure TO clerk_" + database_);
    const auto serving = start("serving", cluster().uri(database_, "clerk_" + database_));
    EXPECT_TRUE(serving->await(200)) << serving->log();
}

TEST_F(DatabaseTrouble, ASchemaOfTheFutureIsLeftAlone) {
    migrate();
    sql("INSERT INTO perdure.migrations (version) SELECT max(version) + 1 FROM perdure.migrations");
    EXPECT_THAT(refusal_of(uri()), HasSubstr("newer"));
}

TEST_F(DatabaseTrouble, ADatabaseThatTakesNoWritesIsNoPlaceForAServer) {
    migrate();
    sql("ALTER DATABASE " + database_ + " SET default_transaction_read_only = on");
    EXPECT_THAT(refusal_of(uri()), HasSubstr("takes no writes"));
}

TEST_F(DatabaseTrouble, AsynchronousCommitsAreWarnedOf) {
    sql("ALTER DATABASE " + database_ + " SET synchronous_commit = off");
    const auto serving = start("serving");
    ASSERT_TRUE(serving->await(200)) << serving->log();
    EXPECT_THAT(serving->log(), AllOf(HasSubstr("synchronous_commit is off"), HasSubstr("may be gone")));
}

}  // namespace
}  // namespace perdure::server
