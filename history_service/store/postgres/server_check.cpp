#include "history_service/store/postgres/server_check.hpp"

namespace perdure::history::postgres {
namespace {

constexpr const char* missing_rights =
    "SELECT string_agg(p.held || ' on perdure.' || c.relname, ', ' ORDER BY c.relname, p.held), current_user::text "
    "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace, unnest(string_to_array($1, ' ')) AS p (held) "
    "WHERE n.nspname = 'perdure' AND c.relkind IN ('r', 'p') AND c.relname <> 'migrations' "
    "AND NOT has_table_privilege(c.oid, p.held)";

}  // namespace

void check_writable(connection& db, deadline until) {
    const answer found = db.run("SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'", {}, until);
    if (found.truth(0, 0))
        refuse(
            "the database's server is a standby that takes no writes: name the primary in the connection string, or all "
            "hosts, separated by commas");
    if (found.truth(0, 1))
        refuse(
            "the database takes no writes (default_transaction_read_only is on for it or for the role): set it off, or name "
            "another database");
}

void check_rights(connection& db, bool read_only, deadline until) {
    const std::string rights = read_only ? "SELECT" : "SELECT INSERT UPDATE DELETE";
    const answer found = db.run(missing_rights, parameters().add_text(rights), until);
    if (found.is_null(0, 0)) return;
    const std::string role = found.text(0, 1);
    refuse("the role '" + role + "' lacks rights: " + found.text(0, 0) + "; as the owner: GRANT " +
           std::string(read_only ? "SELECT" : "SELECT, INSERT, UPDATE, DELETE") + " ON ALL TABLES IN SCHEMA perdure TO \"" +
           role + "\"");
}

std::vector<std::string> risky_settings(connection& db, deadline until) {
    const answer found = db.run(
        "SELECT current_setting('synchronous_commit') = 'off', current_setting('fsync') = 'off', "
        "current_setting('full_page_writes') = 'off'",
        {}, until);
    std::vector<std::string> warnings;
    if (found.truth(0, 0))
        warnings.emplace_back(
            "synchronous_commit is off in the database: after a crash of its server, steps of workflows that were acknowledged "
            "in the last moments may be gone, and activities that ran may run again; set it on for this role or database");
    if (found.truth(0, 1))
        warnings.emplace_back(
            "fsync is off in the database: a crash of its machine may lose or destroy everything; set it on and restart it");
    if (found.truth(0, 2))
        warnings.emplace_back(
            "full_page_writes is off in the database: a crash of its machine may tear pages and destroy data; set it on");
    return warnings;
}

}  // namespace perdure::history::postgres
