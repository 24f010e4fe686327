#include "history_service/store/postgres/admin.hpp"

#include <chrono>

#include "history_service/store/postgres/errors.hpp"
#include "history_service/store/postgres/schema.hpp"
#include "history_service/store/postgres/server_check.hpp"

namespace perdure::history::postgres {
namespace {

deadline in(std::chrono::seconds time) { return std::chrono::steady_clock::now() + time; }

void read_lease(connection& db, schema_state& state, deadline until) {
    const answer row = db.run(
        "SELECT owner, epoch, greatest(0, ceil(extract(epoch FROM expires - clock_timestamp()) * 1000))::bigint, "
        "expires > clock_timestamp() FROM (SELECT owner, epoch, greatest(expires, 'epoch') AS expires FROM perdure.shards "
        "WHERE shard = 0) AS s",
        {}, until);
    if (row.rows() == 0) return;
    state.epoch = row.integer(0, 1);
    if (!row.truth(0, 3)) return;
    state.owner = row.text(0, 0);
    state.lease_ms = row.integer(0, 2);
}

}  // namespace

result<schema_state> schema_status(const std::string& uri) {
    return guarded<schema_state>([&] {
        const interruption never;
        const deadline until = in(std::chrono::seconds{10});
        connection db({uri, "status", false, true}, never, until);
        schema_state state;
        state.known = schema_version();
        state.found = found_version(db, until);
        const answer about =
            db.run("SELECT current_setting('server_version'), current_database()::text, current_user::text, pg_is_in_recovery()",
                   {}, until);
        state.server = about.text(0, 0);
        state.database = about.text(0, 1);
        state.role = about.text(0, 2);
        state.is_standby = about.truth(0, 3);
        state.warnings = risky_settings(db, until);
        if (state.found > 0) read_lease(db, state, until);
        return state;
    });
}

result<std::vector<int>> migrate(const std::string& uri) {
    return guarded<std::vector<int>>([&] {
        const interruption never;
        connection db({uri, "migrate", false, false}, never, in(std::chrono::seconds{10}));
        check_writable(db, in(std::chrono::seconds{10}));
        return apply_migrations(db, {});
    });
}

}  // namespace perdure::history::postgres
