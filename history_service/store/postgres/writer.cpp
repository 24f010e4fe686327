#include "history_service/store/postgres/writer.hpp"

#include <algorithm>
#include <charconv>

#include "history_service/store/check.hpp"
#include "history_service/store/postgres/batch.hpp"

namespace perdure::history::postgres {
namespace {

constexpr std::chrono::seconds step_limit{10};
/// How often a batch is sent whose connection broke each time.
constexpr int most_attempts = 3;
constexpr std::chrono::milliseconds short_pause{50};

constexpr statement begin{"begin", "BEGIN"};
constexpr statement commit_now{"commit", "COMMIT"};

// The shard's row is locked from here to the end of the transaction: batches of two servers come one after the other, and
// the second finds another epoch.
constexpr statement enter_batch{
    "enter_batch",
    "WITH entered AS (UPDATE perdure.shards SET batch = batch + 1, expires = clock_timestamp() + duration "
    "WHERE shard = 0 AND epoch = $1 AND session = $2 AND batch = $3 RETURNING 1) "
    "SELECT CASE WHEN NOT EXISTS (SELECT FROM entered) THEN perdure.refuse('PD001', 'the epoch is stale') END"};

constexpr statement raise_session{
    "raise_session",
    "UPDATE perdure.shards SET session = session + 1, backend = pg_backend_pid(), expires = clock_timestamp() + duration "
    "WHERE shard = 0 AND epoch = $1 RETURNING session, batch"};

constexpr statement read_epochs{"read_epochs",
                                "SELECT epoch, previous_epoch, previous_batch FROM perdure.shards WHERE shard = 0"};

constexpr statement find_holder{
    "find_holder",
    "SELECT owner, epoch, ceil(extract(epoch FROM expires - clock_timestamp()) * 1000)::bigint FROM perdure.shards "
    "WHERE shard = 0 AND owner <> '' AND owner <> $1 AND expires > clock_timestamp()"};

constexpr statement take_epoch{
    "take_epoch",
    "UPDATE perdure.shards SET previous_epoch = epoch, previous_batch = batch, epoch = epoch + 1, batch = 0, "
    "session = session + 1, owner = $1, duration = $2 * interval '1 millisecond', "
    "expires = clock_timestamp() + $2 * interval '1 millisecond', backend = pg_backend_pid() "
    "WHERE shard = 0 AND (owner = '' OR owner = $1 OR expires <= clock_timestamp()) RETURNING epoch, session"};

// Two looks at the ends of indexes; a number is free again only when nothing of its former run is left.
constexpr statement find_next_run{"find_next_run",
                                  "SELECT 1 + greatest((SELECT max(run) FROM perdure.runs WHERE shard = 0), "
                                  "(SELECT max(run) FROM perdure.garbage WHERE shard = 0), 0)"};

constexpr statement bound_waiting{"bound_waiting", "SELECT set_config('lock_timeout', '1000', true)"};

// Whoever holds the row's lock for so long is a session whose process stands still or is cut off: its lease has run out, or it
// was ours. Ended, it commits nothing, or has committed.
constexpr statement end_stuck_session{
    "end_stuck_session",
    "SELECT count(pg_terminate_backend(a.pid)) FROM perdure.shards AS s JOIN pg_stat_activity AS a ON a.pid = s.backend "
    "WHERE s.shard = 0 AND a.pid <> pg_backend_pid() AND a.datname = current_database() AND a.usename = current_user "
    "AND (s.owner = '' OR s.owner = $1 OR s.epoch = $2 OR s.expires <= clock_timestamp())"};

constexpr statement renew{"renew",
                          "UPDATE perdure.shards SET expires = clock_timestamp() + duration WHERE shard = 0 AND epoch = $1"};

constexpr statement release{
    "release",
    "UPDATE perdure.shards SET previous_epoch = epoch, previous_batch = batch, epoch = epoch + 1, batch = 0, "
    "session = session + 1, owner = '', expires = '-infinity' WHERE shard = 0 AND epoch = $1"};

constexpr statement check_epoch{"check_epoch", "SELECT epoch FROM perdure.shards WHERE shard = 0 FOR SHARE"};

constexpr statement collect_rows{
    "collect_rows",
    "WITH one AS (SELECT min(run) AS run FROM perdure.garbage WHERE shard = 0), "
    "doomed AS (SELECT j.place FROM one CROSS JOIN LATERAL (SELECT ctid AS place FROM perdure.journal "
    "WHERE shard = 0 AND run = one.run ORDER BY last_sequence LIMIT $1) AS j), "
    "removed AS (DELETE FROM perdure.journal WHERE ctid = ANY (ARRAY(SELECT place FROM doomed)) RETURNING 1), "
    "finished AS (DELETE FROM perdure.garbage AS g USING one WHERE g.shard = 0 AND g.run = one.run "
    "AND (SELECT count(*) FROM doomed) < $1 RETURNING 1) "
    "SELECT (SELECT count(*) FROM removed) + (SELECT count(*) FROM finished)"};

deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

// "run expected found", as check_journals says it.
service_failure conflict_of(const std::string& message) {
    std::int64_t numbers[3] = {};
    const char* at = message.data();
    const char* const end = at + message.size();
    while (at != end && (*at < '0' || *at > '9')) ++at;
    for (std::int64_t& number : numbers) {
        at = std::from_chars(at, end, number).ptr;
        if (at != end && *at == ' ') ++at;
    }
    return journal_conflict(numbers[0], numbers[1], numbers[2]);
}

// A commit that is refused for its epoch ends its server's work; what the database lacks must not.
error as_retryable(error refused) {
    if (refused.failure.code == status_code::failed_precondition) refused.failure.code = status_code::unavailable;
    return refused;
}

}  // namespace

std::optional<lease_holder> writer::holder_other_than(connection& db, std::string_view owner, deadline until) {
    const answer found = db.run(find_holder, parameters().add_text(owner), until);
    if (found.rows() == 0) return std::nullopt;
    return lease_holder{found.text(0, 0), found.integer(0, 1), std::chrono::milliseconds{found.integer(0, 2)}};
}

std::optional<shard_lease> writer::take(connection& db, std::string_view owner, std::chrono::milliseconds duration,
                                        deadline until) {
    db.queue(begin, {});
    db.queue(bound_waiting, {});
    db.queue(take_epoch, parameters().add_text(owner).add(std::int64_t{duration.count()}));
    db.queue(find_next_run, {});
    db.queue(commit_now, {});
    const auto answers = db.run(until);
    const answer& taken = answers[2];
    if (taken.rows() == 0) return std::nullopt;
    place_ = place{taken.integer(0, 0), taken.integer(0, 1), 0, session_.generation()};
    return shard_lease{place_->epoch, answers[3].integer(0, 0)};
}

lease_answer writer::acquire_lease(std::string_view owner, std::chrono::milliseconds duration) {
    place_.reset();
    for (int attempt = 1;; ++attempt) {
        const deadline until = in(step_limit);
        connection& db = session_.get(until);
        try {
            if (auto holder = holder_other_than(db, owner, until)) return *holder;
            if (auto taken = take(db, owner, duration, until)) return *taken;
        } catch (const error& refused) {
            if (refused.lost) session_.drop();
            if (attempt == most_attempts || (!refused.lost && refused.state != "55P03")) {
                if (!refused.lost) db.roll_back(until);
                throw;
            }
            if (refused.lost) continue;
            db.roll_back(until);
            db.run(end_stuck_session, parameters().add_text(owner).add(std::int64_t{-1}), until);
        }
    }
}

// After this nothing that was sent under the epoch before can come into effect any more, so that the count is final.
writer::outcome writer::fence(connection& db, std::int64_t epoch, std::optional<std::int64_t> sent, deadline until) {
    db.queue(begin, {});
    db.queue(bound_waiting, {});
    db.queue(raise_session, parameters().add(epoch));
    db.queue(read_epochs, {});
    db.queue(commit_now, {});
    std::vector<answer> answers;
    try {
        answers = db.run(until);
    } catch (const error& refused) {
        if (refused.lost) throw;
        db.roll_back(until);
        if (refused.state == "55P03") db.run(end_stuck_session, parameters().add_text("").add(epoch), until);
        throw;
    }
    if (answers[2].rows() > 0) {
        place_ = place{epoch, answers[2].integer(0, 0), answers[2].integer(0, 1), session_.generation()};
        return sent && place_->batch == *sent ? outcome::applied : outcome::not_applied;
    }
    const answer& row = answers[3];
    // Whoever took the lease has kept the count of the epoch before.
    if (sent && row.integer(0, 1) == epoch && row.integer(0, 2) == *sent) return outcome::applied;
    throw error{{stale_epoch(epoch, row.integer(0, 0))}, false, std::string(stale_state)};
}

void writer::send(connection& db, const commit_batch& batch) {
    db.queue(begin, {});
    db.queue(enter_batch, parameters().add(place_->epoch).add(place_->number).add(place_->batch));
    queue_batch(db, batch);
    db.queue(commit_now, {});
    const auto answers = db.run({});
    if (answers.back().command() != "COMMIT")
        throw error{{status_code::internal, "PostgreSQL rolled a commit back without a reason; look at its log"}};
    ++place_->batch;
}

void writer::refuse_stale(connection& db, std::int64_t epoch, deadline until) {
    const answer row = db.run(read_epochs, {}, until);
    place_.reset();
    throw error{{stale_epoch(epoch, row.integer(0, 0))}, false, std::string(stale_state)};
}

// Connects and fences where that was not done. Answers what became of the batch `sent`, which is of interest until then.
writer::outcome writer::prepare(std::int64_t epoch, std::optional<std::int64_t> sent, deadline until) {
    // What is not sent to a dead session needs no finding out.
    if (session_.is_connected() && !session_.get(until).check_alive()) session_.drop();
    connection& db = session_.wait_for(until);
    if (place_ && place_->epoch == epoch && place_->connection == session_.generation()) return outcome::not_applied;
    place_.reset();
    return fence(db, epoch, sent, in(step_limit));
}

void writer::commit(const commit_batch& batch) {
    // The number of this batch, once it was sent and as long as nobody knows what became of it.
    std::optional<std::int64_t> sent;
    const deadline patience = in(patience_);
    for (int attempts = 0; attempts < most_attempts;) {
        try {
            // An outcome that must be known is worth any wait.
            if (prepare(batch.epoch, sent, sent ? deadline{} : patience) == outcome::applied) return;
        } catch (const error& refused) {
            if (refused.state == stale_state) throw;
            if (refused.lost) session_.drop();
            if (interrupt_.raised() || (!sent && std::chrono::steady_clock::now() >= *patience)) throw as_retryable(refused);
            (void)interrupt_.wait(-1, false, false, in(short_pause));
            continue;
        }
        ++attempts;
        sent = place_->batch + 1;
        try {
            return send(session_.get({}), batch);
        } catch (const error& refused) {
            if (!refused.lost) return refuse(refused, batch.epoch);
            session_.drop();
        }
        if (interrupt_.raised()) break;
    }
    if (interrupt_.raised())
        throw error{{status_code::unavailable, "this process stops before the database has told what became of the commit"}};
    // The last attempt's outcome is open still.
    for (;;) {
        try {
            if (prepare(batch.epoch, sent, {}) == outcome::applied) return;
            throw error{
                {status_code::unavailable, "the connection to the database broke at each of " + std::to_string(most_attempts) +
                                               " attempts to commit, so nothing was written; look at the database's log"}};
        } catch (const error& refused) {
            if (refused.lost) session_.drop();
            if (place_ || refused.state == stale_state || interrupt_.raised()) throw;
            (void)interrupt_.wait(-1, false, false, in(short_pause));
        }
    }
}

// What was refused within its transaction is not there, whatever happens to the connection now.
void writer::refuse(const error& refused, std::int64_t epoch) {
    try {
        connection& db = session_.get({});
        db.roll_back(in(step_limit));
        if (refused.state == stale_state) refuse_stale(db, epoch, in(step_limit));
    } catch (const error& again) {
        if (again.lost) session_.drop();
        if (again.state == stale_state) throw;
    }
    if (refused.state == conflict_state) throw error{{conflict_of(refused.failure.message)}};
    throw as_retryable(refused);
}

void writer::renew_lease(std::int64_t epoch) {
    session_.ask(step_limit, [&](connection& db, deadline until) {
        if (db.run(renew, parameters().add(epoch), until).changed() == 0) refuse_stale(db, epoch, until);
    });
}

void writer::release_lease(std::int64_t epoch) {
    const deadline until = in(step_limit);
    connection& db = session_.get(until);
    if (db.run(release, parameters().add(epoch), until).changed() == 0) refuse_stale(db, epoch, until);
    place_.reset();
}

std::size_t writer::collect_garbage(std::int64_t epoch, std::size_t max_rows) {
    if (max_rows == 0) return 0;
    return session_.ask(step_limit, [&](connection& db, deadline until) {
        db.queue(begin, {});
        db.queue(check_epoch, {});
        db.queue(collect_rows, parameters().add(static_cast<std::int64_t>(max_rows)));
        std::vector<answer> answers;
        try {
            answers = db.run(until);
        } catch (const error& refused) {
            if (!refused.lost) db.roll_back(until);
            throw;
        }
        if (answers[1].integer(0, 0) != epoch) {
            db.roll_back(until);
            refuse_stale(db, epoch, until);
        }
        db.run(commit_now, {}, until);
        return static_cast<std::size_t>(answers[2].integer(0, 0));
    });
}

}  // namespace perdure::history::postgres
