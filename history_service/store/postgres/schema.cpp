#include "history_service/store/postgres/schema.hpp"

#include <string>

namespace perdure::history::postgres {
namespace {

// Any number will do, as long as nobody else takes the same: "Prdu" twice.
constexpr const char* lock_key = "5796270838930613365";

// Of a session, not of a transaction: each step commits for itself.
class migration_lock {
  public:
    migration_lock(connection& db, deadline until) : db_(db), until_(until) {
        db.run(std::string("SELECT pg_advisory_lock(") + lock_key + ")", {}, until);
    }
    migration_lock(const migration_lock&) = delete;
    migration_lock& operator=(const migration_lock&) = delete;
    ~migration_lock() {
        // A session that ended has lost its locks.
        if (db_.is_lost()) return;
        try {
            db_.run(std::string("SELECT pg_advisory_unlock(") + lock_key + ")", {}, until_);
        } catch (const error&) {
            return;
        }
    }

  private:
    connection& db_;
    deadline until_;
};

void make_schema(connection& db, deadline until) {
    if (!db.run("SELECT to_regnamespace('perdure') IS NULL", {}, until).truth(0, 0)) return;
    db.script("CREATE SCHEMA perdure", until);
}

void make_log(connection& db, deadline until) {
    db.script(
        "CREATE TABLE IF NOT EXISTS perdure.migrations "
        "(version integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now(), role text NOT NULL DEFAULT current_user)",
        until);
}

}  // namespace

int found_version(connection& db, deadline until) {
    if (db.run("SELECT to_regclass('perdure.migrations') IS NULL", {}, until).truth(0, 0)) return 0;
    const answer found = db.run("SELECT coalesce(max(version), 0) FROM perdure.migrations", {}, until);
    return static_cast<int>(found.integer(0, 0));
}

void check_version(int found, std::span<const migration> steps) {
    const int known = steps.back().version;
    if (found == known) return;
    if (found == 0) refuse("the database has no schema of perdure yet; run `perdure store migrate`, or start a server");
    const std::string both =
        "the database's schema has version " + std::to_string(found) + ", this program has version " + std::to_string(known);
    if (found > known) refuse(both + ": a newer perdure uses it; start that one");
    refuse(both + ": run `perdure store migrate`, or start a server");
}

std::vector<int> apply_migrations(connection& db, deadline until, std::span<const migration> steps) {
    // Asked before the lock: a role that may only use the tables need not be able to make any.
    if (found_version(db, until) >= steps.back().version) {
        check_version(found_version(db, until), steps);
        return {};
    }
    const migration_lock lock(db, until);
    make_schema(db, until);
    make_log(db, until);
    std::vector<int> applied;
    const int found = found_version(db, until);
    for (const migration& step : steps) {
        if (step.version <= found) continue;
        try {
            db.script("BEGIN; " + std::string(step.sql) + "; INSERT INTO perdure.migrations (version) VALUES (" +
                          std::to_string(step.version) + "); COMMIT",
                      until);
        } catch (error& refused) {
            refused.failure.message = "the step to version " + std::to_string(step.version) +
                                      " of the schema was not applied: " + refused.failure.message;
            db.roll_back(until);
            throw;
        }
        applied.push_back(step.version);
    }
    check_version(found_version(db, until), steps);
    return applied;
}

}  // namespace perdure::history::postgres
