#include "tests/support/postgres/pooler.hpp"

#include "tests/unit/store/postgres/fixture.hpp"

namespace perdure::history {
namespace {

class PostgresPooler : public postgres_test {};

TEST_F(PostgresPooler, InSessionModeKeepsEverything) {
    if (const auto reason = support::postgres_pooler::missing()) GTEST_SKIP() << *reason;
    const support::postgres_pooler pooler(cluster());
    postgres_options pooled = options();
    pooled.uri = pooler.uri(database_);
    // Sessions are handed on from one store to the next, with whatever the last one did to them.
    run_number next = 1;
    for (int life = 0; life < 3; ++life) {
        const auto db = must(open_postgres_store(pooled));
        const auto lease = must(take_lease(*db, "owner"));
        EXPECT_EQ(lease.next_run, next);
        for (int batch = 0; batch < 10; ++batch, next += 2) {
            must(db->commit(two_runs(lease.epoch, next)));
            EXPECT_TRUE(is_there(*db, next));
            if (batch == 5) cluster().cut_connections();
        }
        EXPECT_EQ(must(db->list("default", {}, {}, 1'000)).rows.size(), static_cast<std::size_t>(next - 1));
    }
    EXPECT_TRUE(must(open()->check_rows()).empty());
}

}  // namespace
}  // namespace perdure::history
