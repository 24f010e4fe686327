#include <unistd.h>

#include <fstream>

#include "history_service/store/postgres/admin.hpp"
#include "tests/unit/store/postgres/fixture.hpp"

namespace perdure::history {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PostgresTrouble : public postgres_test {
  protected:
    postgres_options with_uri(const std::string& uri) {
        postgres_options made = options();
        made.uri = uri;
        return made;
    }
};

TEST_F(PostgresTrouble, OfAConnectionStringNamesWhatIsWrongWithIt) {
    const auto unreadable = refusal(with_uri("postgres://somebody@/x?no_such_option=1"));
    EXPECT_EQ(unreadable.code, status_code::failed_precondition);
    EXPECT_THAT(unreadable.message, AllOf(HasSubstr("no_such_option"), HasSubstr("postgres://user@host/database")));

    const auto nothing_there = refusal(with_uri(cluster().uri("no_such_database")));
    EXPECT_EQ(nothing_there.code, status_code::failed_precondition);
    EXPECT_THAT(nothing_there.message, AllOf(HasSubstr("no_such_database"), HasSubstr("createdb")));

    const auto nobody = refusal(with_uri(cluster().uri(database_, "no_such_role")));
    EXPECT_EQ(nobody.code, status_code::failed_precondition);
    EXPECT_THAT(nobody.message, HasSubstr("no_such_role"));
}

TEST_F(PostgresTrouble, OfADatabaseThatIsDownMayEnd) {
    const auto down = refusal(with_uri("postgres://postgres@/x?host=/no/such/folder"));
    EXPECT_EQ(down.code, status_code::unavailable);
    EXPECT_THAT(down.message, HasSubstr("/no/such/folder"));
    EXPECT_THAT(warnings_, ElementsAre(down.message)) << "the operator is told once";
}

TEST_F(PostgresTrouble, OfARoleNamesTheRightsThatItLacks) {
    ask("CREATE ROLE newcomer LOGIN");
    const auto cannot_make = refusal(with_uri(cluster().uri(database_, "newcomer")));
    EXPECT_EQ(cannot_make.code, status_code::failed_precondition);
    EXPECT_THAT(cannot_make.message, AllOf(HasSubstr("permission denied for database"), HasSubstr("grant")));

    (void)open();
    EXPECT_THAT(refusal(with_uri(cluster().uri(database_, "newcomer"))).message,
                HasSubstr("permission denied for schema perdure"));
    ask("GRANT USAGE ON SCHEMA perdure TO newcomer; GRANT SELECT ON ALL TABLES IN SCHEMA perdure TO newcomer; "
        "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA perdure TO newcomer; REVOKE UPDATE ON perdure.runs FROM newcomer");
    const auto lacks_one = refusal(with_uri(cluster().uri(database_, "newcomer")));
    EXPECT_EQ(lacks_one.code, status_code::failed_precondition);
    EXPECT_THAT(lacks_one.message, AllOf(HasSubstr("'newcomer' lacks rights: UPDATE on perdure.runs;"), HasSubstr("GRANT")));

    ask("GRANT UPDATE ON perdure.runs TO newcomer");
    const auto db = must(open_postgres_store(with_uri(cluster().uri(database_, "newcomer"))));
    must(db->commit(two_runs(must(take_lease(*db, "newcomer")).epoch, 1)));
    ask("DROP OWNED BY newcomer; DROP ROLE newcomer");
}

TEST_F(PostgresTrouble, OfARightThatIsTakenAwayMeanwhileDoesNotEndTheServersWork) {
    ask("CREATE ROLE victim LOGIN");
    (void)open();
    ask("GRANT USAGE ON SCHEMA perdure TO victim; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA perdure TO "
        "victim");
    const auto db = must(open_postgres_store(with_uri(cluster().uri(database_, "victim"))));
    const auto lease = must(take_lease(*db, "victim"));
    ask("REVOKE INSERT ON perdure.journal FROM victim");
    const auto refused = db->commit(two_runs(lease.epoch, 1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, status_code::unavailable) << "a lost lease would stop the server";
    EXPECT_THAT(refused.error().message, HasSubstr("permission denied for table journal"));
    EXPECT_FALSE(is_there(*db, 1));
    ask("GRANT INSERT ON perdure.journal TO victim");
    must(db->commit(two_runs(lease.epoch, 1)));
    ask("DROP OWNED BY victim; DROP ROLE victim");
}

TEST_F(PostgresTrouble, OfAFullDiskIsRetryableAndLeavesNothing) {
    const auto db = open();
    const auto lease = must(take_lease(*db, "owner"));
    must(db->commit(two_runs(lease.epoch, 1)));
    ask("CREATE FUNCTION public.full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
        "'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$; "
        "CREATE TRIGGER no_space BEFORE INSERT ON perdure.wakeups FOR EACH ROW EXECUTE FUNCTION public.full()");
    const auto refused = db->commit(two_runs(lease.epoch, 3));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, status_code::resource_exhausted);
    EXPECT_TRUE(refused.error().retryable());
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr("No space left"), HasSubstr("free some space")));
    EXPECT_FALSE(is_there(*db, 3));
    ask("DROP TRIGGER no_space ON perdure.wakeups");
    must(db->commit(two_runs(lease.epoch, 3)));
    EXPECT_TRUE(is_there(*db, 3));
}

TEST_F(PostgresTrouble, OfSettingsThatRiskDataIsAWarningThatSaysWhat) {
    ask("ALTER DATABASE " + database_ + " SET synchronous_commit = off");
    (void)open();
    EXPECT_THAT(warnings_, ::testing::Contains(AllOf(HasSubstr("synchronous_commit is off"), HasSubstr("may be gone"))));
    EXPECT_EQ(must(postgres::schema_status(cluster().uri(database_))).warnings, warnings_);
    ask("ALTER DATABASE " + database_ + " RESET synchronous_commit");
    warnings_.clear();
    (void)open();
    EXPECT_THAT(warnings_, ::testing::Not(::testing::Contains(HasSubstr("synchronous_commit"))));
}

TEST_F(PostgresTrouble, OfADatabaseThatTakesNoWritesNamesThePrimary) {
    (void)open();
    ask("ALTER DATABASE " + database_ + " SET default_transaction_read_only = on");
    const auto refused = refusal(options());
    EXPECT_EQ(refused.code, status_code::failed_precondition);
    EXPECT_THAT(refused.message, HasSubstr("default_transaction_read_only"));

    // A cluster in recovery, as a standby is.
    support::postgres_cluster standby;
    const std::string name = standby.make_database();
    postgres_options there = options();
    there.uri = standby.uri(name);
    must(postgres::migrate(there.uri));
    standby.stop();
    const auto signal = standby.folder() / "data" / "standby.signal";
    std::ofstream(signal) << "";
    if (::getuid() == 0) ASSERT_EQ(::chown(signal.c_str(), standby.user().user, standby.user().group), 0);
    standby.start();
    EXPECT_THAT(refusal(there).message, AllOf(HasSubstr("standby"), HasSubstr("name the primary")));
    EXPECT_TRUE(must(postgres::schema_status(there.uri)).is_standby);
    there.read_only = true;
    EXPECT_TRUE(must(must(open_postgres_store(there))->scan_runs(0, 10)).empty());
}

TEST_F(PostgresTrouble, IsSparedToThoseWhoOnlyLook) {
    const auto server = open();
    must(server->commit(two_runs(must(take_lease(*server, "owner")).epoch, 1)));
    postgres_options looking = options();
    looking.read_only = true;
    const auto db = must(open_postgres_store(looking));
    EXPECT_TRUE(is_there(*db, 1));
    EXPECT_FALSE(db->commit({}));
    EXPECT_FALSE(take_lease(*db, "me"));
    EXPECT_FALSE(db->renew_lease(1));
    EXPECT_FALSE(db->collect_garbage(1, 1));
    EXPECT_THAT(must(db->check_rows()), IsEmpty());
}

}  // namespace
}  // namespace perdure::history
