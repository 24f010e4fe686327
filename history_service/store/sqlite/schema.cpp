#include "history_service/store/sqlite/schema.hpp"

namespace perdure::history::sqlite {
namespace {

// "Prdu", so that no program takes the file for its own.
constexpr std::int64_t application_id = 0x50726475;

// The journal is written in the order of time and found by its index, so that a batch touches few pages however many runs
// it is about. Rows never grow: what changes often (wake-ups, tasks) has rows of its own.
//
// 'applied' is the last commit that is in these tables; 'log' the salt of the log that has those after it, 0 when it was closed
// with nothing left in it.
constexpr const char* tables = R"sql(
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    namespace TEXT NOT NULL,
    workflow_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    workflow_type TEXT NOT NULL,
    task_queue TEXT NOT NULL,
    status INTEGER NOT NULL,
    start_time INTEGER NOT NULL,
    execution_time INTEGER NOT NULL,
    close_time INTEGER,
    history_length INTEGER NOT NULL,
    info BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX runs_by_id ON runs (workflow_id, run_id, namespace);
CREATE INDEX runs_by_start ON runs (namespace, start_time);
CREATE INDEX runs_by_status ON runs (namespace, status, start_time);

CREATE TABLE attributes (
    run INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    value ANY NOT NULL,
    PRIMARY KEY (run, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX attributes_by_value ON attributes (name, value, run);

CREATE TABLE current_runs (
    workflow_id TEXT NOT NULL,
    namespace TEXT NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (workflow_id, namespace)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    first_event INTEGER NOT NULL,
    events INTEGER NOT NULL,
    records BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX journal_by_run ON journal (run, last_sequence, first_event, events);

CREATE TABLE checkpoints (
    run INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT;

CREATE TABLE wakeups (
    run INTEGER PRIMARY KEY,
    due INTEGER NOT NULL
) STRICT;
CREATE INDEX wakeups_by_due ON wakeups (due);

CREATE TABLE tasks (
    namespace TEXT NOT NULL,
    queue TEXT NOT NULL,
    kind INTEGER NOT NULL,
    sticky INTEGER NOT NULL,
    scheduled INTEGER NOT NULL,
    run INTEGER NOT NULL,
    event INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    PRIMARY KEY (namespace, queue, kind, sticky, scheduled, run, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE garbage (
    run INTEGER PRIMARY KEY
) STRICT;

INSERT INTO meta (name, value) VALUES ('epoch', 0), ('owner', ''), ('shards', 1), ('applied', 0), ('log', 0);
)sql";

[[noreturn]] void refuse(std::string message) { throw error{{status_code::failed_precondition, std::move(message)}}; }

void check_version(connection& db, const std::string& path) {
    const auto version = db.ask_integer("SELECT value FROM meta WHERE name = 'schema_version'");
    if (!version) refuse("'" + path + "' has no schema version: it was not made completely; delete it or name another file");
    if (*version == schema_version) return;
    const std::string found = "'" + path + "' has schema version " + std::to_string(*version) + ", this program has version " +
                              std::to_string(schema_version);
    if (*version > schema_version) refuse(found + ": it was written by a newer perdure; start that one");
    refuse(found + ": it was written by an older perdure, and there is no way from there to here; start the older one");
}

bool is_empty(connection& db) { return db.ask_integer("SELECT count(*) FROM sqlite_schema") == 0; }

void check_owner(connection& db, const std::string& path) {
    if (db.ask_integer("PRAGMA application_id") != application_id)
        refuse("'" + path + "' is an SQLite database of another program; name another file");
    check_version(db, path);
}

}  // namespace

void check_schema(connection& db, const std::string& path) {
    if (is_empty(db)) refuse("'" + path + "' is empty: no server has used it yet; look at the path");
    check_owner(db, path);
}

// The first version had no log of commits.
void add_log(connection& db) {
    transaction writing(db, transaction::kind::write);
    if (db.ask_integer("SELECT value FROM meta WHERE name = 'schema_version'") != 1) return;
    db.execute("INSERT INTO meta (name, value) VALUES ('applied', 0), ('log', 0)");
    db.execute("UPDATE meta SET value = 2 WHERE name = 'schema_version'");
    writing.commit();
}

void prepare_schema(connection& db, const std::string& path) {
    if (!is_empty(db)) {
        if (db.ask_integer("PRAGMA application_id") == application_id) add_log(db);
        return check_owner(db, path);
    }
    transaction writing(db, transaction::kind::write);
    db.execute("PRAGMA application_id = " + std::to_string(application_id));
    db.execute(tables);
    db.execute("INSERT INTO meta (name, value) VALUES ('schema_version', " + std::to_string(schema_version) + ")");
    writing.commit();
}

}  // namespace perdure::history::sqlite
