#include <iterator>

#include "history_service/store/postgres/schema.hpp"

namespace perdure::history::postgres {
namespace {

// Names that clients choose are bytea: PostgreSQL's text refuses bytes that ours may have, and one name must not fail a
// batch. Bytes also compare as the engine compares them, whatever the database's locale.
//
// Each key begins with the shard, so that a table can be partitioned by it. What changes often has rows of its own, with
// room in its page for the next version, and no index on what changes. Autovacuum comes by the number of rows that changed,
// not by their share: the queues are small most of the time and turn over quickly.
//
// Payloads are compressed by whoever makes them, if at all: EXTERNAL spares the server the attempt.
//
// Index entries hold at most a third of a page: names that could be longer stand in an index by their beginning.
constexpr const char* tables = R"sql(
CREATE TABLE perdure.shards (
    shard integer PRIMARY KEY,
    epoch bigint NOT NULL,
    owner text NOT NULL,
    expires timestamptz NOT NULL,
    duration interval NOT NULL,
    session bigint NOT NULL,
    batch bigint NOT NULL,
    backend integer NOT NULL,
    previous_epoch bigint NOT NULL,
    previous_batch bigint NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO perdure.shards VALUES (0, 0, '', '-infinity', '0', 0, 0, 0, 0, 0);

CREATE TABLE perdure.runs (
    shard integer NOT NULL,
    run bigint NOT NULL,
    namespace bytea NOT NULL,
    workflow_id bytea NOT NULL,
    run_id bytea NOT NULL,
    workflow_type bytea NOT NULL,
    task_queue bytea NOT NULL,
    status integer NOT NULL,
    start_time bigint NOT NULL,
    execution_time bigint NOT NULL,
    close_time bigint,
    history_length bigint NOT NULL,
    info bytea NOT NULL,
    PRIMARY KEY (shard, run)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX runs_by_id ON perdure.runs (shard, workflow_id, run_id, namespace);
CREATE INDEX runs_by_start ON perdure.runs (shard, namespace, start_time, run);
CREATE INDEX runs_by_status ON perdure.runs (shard, namespace, status, start_time, run);

CREATE TABLE perdure.attributes (
    shard integer NOT NULL,
    run bigint NOT NULL,
    ordinal bigint NOT NULL,
    name bytea NOT NULL,
    whole bigint,
    real float8,
    word bytea,
    PRIMARY KEY (shard, run, ordinal)
);
CREATE INDEX attributes_by_word ON perdure.attributes (shard, substr(name, 1, 200), substr(word, 1, 200), run)
    WHERE word IS NOT NULL;
CREATE INDEX attributes_by_whole ON perdure.attributes (shard, substr(name, 1, 200), whole, run) WHERE whole IS NOT NULL;
CREATE INDEX attributes_by_real ON perdure.attributes (shard, substr(name, 1, 200), real, run) WHERE real IS NOT NULL;

CREATE TABLE perdure.current_runs (
    shard integer NOT NULL,
    namespace bytea NOT NULL,
    workflow_id bytea NOT NULL,
    run bigint NOT NULL,
    PRIMARY KEY (shard, workflow_id, namespace)
) WITH (fillfactor = 80);

CREATE TABLE perdure.journal (
    shard integer NOT NULL,
    run bigint NOT NULL,
    last_sequence bigint NOT NULL,
    first_event bigint NOT NULL,
    events bigint NOT NULL,
    records bytea NOT NULL,
    PRIMARY KEY (shard, run, last_sequence) INCLUDE (first_event)
);
ALTER TABLE perdure.journal ALTER COLUMN records SET STORAGE EXTERNAL;

CREATE TABLE perdure.checkpoints (
    shard integer NOT NULL,
    run bigint NOT NULL,
    sequence bigint NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (shard, run)
) WITH (fillfactor = 50);
ALTER TABLE perdure.checkpoints ALTER COLUMN state SET STORAGE EXTERNAL;

CREATE TABLE perdure.wakeups (
    shard integer NOT NULL,
    run bigint NOT NULL,
    due bigint NOT NULL,
    PRIMARY KEY (shard, run)
) WITH (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX wakeups_by_due ON perdure.wakeups (shard, due, run);

CREATE TABLE perdure.tasks (
    shard integer NOT NULL,
    namespace bytea NOT NULL,
    queue bytea NOT NULL,
    kind integer NOT NULL,
    sticky integer NOT NULL,
    scheduled bigint NOT NULL,
    run bigint NOT NULL,
    event bigint NOT NULL,
    attempt integer NOT NULL,
    PRIMARY KEY (shard, namespace, queue, kind, sticky, scheduled, run, event)
) WITH (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 5000,
        autovacuum_analyze_scale_factor = 0);

CREATE TABLE perdure.garbage (
    shard integer NOT NULL,
    run bigint NOT NULL,
    PRIMARY KEY (shard, run)
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

-- Ends a transaction from within a query that found that it must not go on.
CREATE FUNCTION perdure.refuse(state text, detail text) RETURNS boolean LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog AS
$body$ BEGIN RAISE EXCEPTION USING ERRCODE = state, MESSAGE = detail; END $body$;
)sql";

constexpr migration all_migrations[] = {{1, tables}};

}  // namespace

std::span<const migration> migrations() { return all_migrations; }

int schema_version() { return std::rbegin(all_migrations)->version; }

}  // namespace perdure::history::postgres
