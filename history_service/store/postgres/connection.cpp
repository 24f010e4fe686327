#include "history_service/store/postgres/connection.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <map>
#include <utility>

namespace perdure::history::postgres {
namespace {

constexpr int binary = 1;

// What the connection string does not say. A host that vanished without a word is noticed within seconds.
const std::map<std::string, std::string> defaults{
    {"fallback_application_name", "perdure"},
    {"keepalives_idle", "5"},
    {"keepalives_interval", "2"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "10000"},
};

struct keywords {
    std::vector<const char*> names;
    std::vector<const char*> values;
};

// The options of the connection string, and after them the defaults that it leaves open.
struct parsed {
    explicit parsed(const std::string& uri, bool read_only) {
        char* said = nullptr;
        const std::unique_ptr<PQconninfoOption, decltype(&::PQconninfoFree)> found(::PQconninfoParse(uri.c_str(), &said),
                                                                                   &::PQconninfoFree);
        if (!found) {
            const std::string reason = said != nullptr ? said : "out of memory";
            ::PQfreemem(said);
            throw error{{status_code::failed_precondition,
                         "the connection string cannot be read: " + reason + "; write it as postgres://user@host/database"}};
        }
        for (const PQconninfoOption* one = found.get(); one->keyword != nullptr; ++one)
            if (one->val != nullptr) values[one->keyword] = one->val;
        for (const auto& [name, value] : defaults) values.emplace(name, value);
        // Of several hosts, the one that takes writes.
        if (!read_only && values["host"].find(',') != std::string::npos) values.emplace("target_session_attrs", "read-write");
    }
    [[nodiscard]] keywords list() const {
        keywords made;
        for (const auto& [name, value] : values) {
            if (value.empty()) continue;
            made.names.push_back(name.c_str());
            made.values.push_back(value.c_str());
        }
        made.names.push_back(nullptr);
        made.values.push_back(nullptr);
        return made;
    }
    std::map<std::string, std::string> values;
};

// The planner's choices for a session that works by keys: its tables are empty one moment and full the next, and a plan that
// reads a whole table is kept for long. The search path keeps foreign functions out.
constexpr const char* common_session =
    "SET search_path = pg_catalog; SET jit = off; SET client_min_messages = error; SET statement_timeout = 0; "
    "SET default_transaction_isolation = 'read committed'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; "
    "SET tcp_keepalives_count = 3";
constexpr const char* by_key_session =
    "; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan";

}  // namespace

answer::answer(pg_result* taken) : held_(taken, &::PQclear) {}
int answer::rows() const noexcept { return ::PQntuples(held_.get()); }
bool answer::is_null(int row, int column) const noexcept { return ::PQgetisnull(held_.get(), row, column) != 0; }
std::string_view answer::bytes(int row, int column) const noexcept {
    return {::PQgetvalue(held_.get(), row, column), static_cast<std::size_t>(::PQgetlength(held_.get(), row, column))};
}
std::int64_t answer::integer(int row, int column) const noexcept {
    const std::string_view found = bytes(row, column);
    return found.size() == 4 ? read_int4(found) : found.size() == 8 ? read_int8(found) : 0;
}
bool answer::truth(int row, int column) const noexcept {
    const std::string_view found = bytes(row, column);
    return !found.empty() && found.front() != 0;
}
std::string_view answer::command() const noexcept { return ::PQcmdStatus(held_.get()); }
std::int64_t answer::changed() const noexcept {
    const std::string_view count = ::PQcmdTuples(held_.get());
    std::int64_t found = 0;
    std::from_chars(count.data(), count.data() + count.size(), found);
    return found;
}

void connection::closer::operator()(pg_conn* handle) const noexcept { ::PQfinish(handle); }

connection::connection(const options& wanted, const interruption& interrupt, deadline until) : interrupt_(interrupt) {
    connect(wanted, until);
    set_up(wanted, until);
}

void connection::lose(std::string_view said) {
    lost_ = true;
    throw lost_error(said);
}

void connection::wait(bool write, deadline until) {
    switch (interrupt_.wait(::PQsocket(handle_.get()), true, write, until)) {
        case interruption::outcome::ready:
            return;
        case interruption::outcome::timed_out:
            lose("it did not answer in time");
        case interruption::outcome::interrupted:
            lose("this process stops and does not wait for it");
    }
}

void connection::connect(const options& wanted, deadline until) {
    const parsed info(wanted.uri, wanted.read_only);
    const keywords list = info.list();
    handle_.reset(::PQconnectStartParams(list.names.data(), list.values.data(), 0));
    if (!handle_) lose("out of memory");
    // With the code of each refusal in its text.
    ::PQsetErrorVerbosity(handle_.get(), PQERRORS_VERBOSE);
    if (::PQstatus(handle_.get()) == CONNECTION_BAD) throw connect_error(::PQerrorMessage(handle_.get()));
    for (PostgresPollingStatusType next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;) {
        const bool write = next == PGRES_POLLING_WRITING;
        const auto outcome = interrupt_.wait(::PQsocket(handle_.get()), !write, write, until);
        if (outcome == interruption::outcome::timed_out) lose("no connection to it in time");
        if (outcome == interruption::outcome::interrupted) lose("this process stops and does not wait for it");
        next = ::PQconnectPoll(handle_.get());
        if (next == PGRES_POLLING_FAILED) throw connect_error(::PQerrorMessage(handle_.get()));
    }
    ::PQsetErrorVerbosity(handle_.get(), PQERRORS_DEFAULT);
    ::PQsetNoticeProcessor(handle_.get(), [](void*, const char*) {}, nullptr);
    if (::PQsetnonblocking(handle_.get(), 1) != 0) lose(::PQerrorMessage(handle_.get()));
    if (::PQserverVersion(handle_.get()) < 150000)
        throw error{{status_code::failed_precondition,
                     "the database's server is PostgreSQL " + reported("server_version") + "; this program needs 15 or newer"}};
}

void connection::set_up(const options& wanted, deadline until) {
    std::string session = common_session;
    if (wanted.by_key) session += by_key_session;
    if (wanted.read_only) session += "; SET default_transaction_read_only = on";
    if (::PQenterPipelineMode(handle_.get()) != 1) lose(::PQerrorMessage(handle_.get()));
    script(session, until);
    run("SELECT set_config('application_name', current_setting('application_name') || ' ' || $1, false)",
        parameters().add_text(wanted.name), until);
}

bool connection::check_alive() noexcept {
    // The server's farewell is read before the end of the stream.
    while (!lost_ && interruption::is_readable(::PQsocket(handle_.get())))
        if (::PQconsumeInput(handle_.get()) == 0 || ::PQstatus(handle_.get()) == CONNECTION_BAD) lost_ = true;
    return !lost_;
}

std::string connection::reported(const char* setting) const {
    const char* found = ::PQparameterStatus(handle_.get(), setting);
    return found != nullptr ? found : "";
}

void connection::check_sent(int sent) {
    if (sent == 1) return;
    lose(::PQerrorMessage(handle_.get()));
}

void connection::queue(const statement& what, const parameters& with) {
    if (!prepared_.contains(&what) && preparing_.insert(&what).second) {
        check_sent(::PQsendPrepare(handle_.get(), what.name, what.sql, with.count(), with.types()));
        queued_.push_back({queued::kind::prepare, &what});
    }
    const auto values = with.values();
    const auto lengths = with.lengths();
    const std::vector<int> formats(lengths.size(), binary);
    check_sent(
        ::PQsendQueryPrepared(handle_.get(), what.name, with.count(), values.data(), lengths.data(), formats.data(), binary));
    queued_.push_back({queued::kind::statement, &what});
}

void connection::queue(const std::string& sql, const parameters& with) {
    const auto values = with.values();
    const auto lengths = with.lengths();
    const std::vector<int> formats(lengths.size(), binary);
    check_sent(::PQsendQueryParams(handle_.get(), sql.c_str(), with.count(), with.types(), values.data(), lengths.data(),
                                   formats.data(), binary));
    queued_.push_back({queued::kind::statement, nullptr});
}

void connection::flush(deadline until) {
    for (;;) {
        const int left = ::PQflush(handle_.get());
        if (left == 0) return;
        if (left < 0) lose(::PQerrorMessage(handle_.get()));
        wait(true, until);
        // The server may be stuck on what it has to say to us.
        if (::PQconsumeInput(handle_.get()) == 0) lose(::PQerrorMessage(handle_.get()));
    }
}

pg_result* connection::next_result(deadline until) {
    while (::PQisBusy(handle_.get()) != 0) {
        wait(false, until);
        if (::PQconsumeInput(handle_.get()) == 0) lose(::PQerrorMessage(handle_.get()));
    }
    return ::PQgetResult(handle_.get());
}

void connection::drain(pg_result* result, const queued& of, std::vector<answer>& answers, std::unique_ptr<error>& refusal) {
    answer held(result);
    switch (::PQresultStatus(result)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
            if (of.what == queued::kind::prepare)
                prepared_.insert(of.prepared);
            else
                answers.push_back(std::move(held));
            return;
        case PGRES_PIPELINE_ABORTED:
            return;
        default:
            break;
    }
    if (refusal) return;
    const char* state = ::PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* said = ::PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (state == nullptr || ::PQstatus(handle_.get()) == CONNECTION_BAD) {
        refusal = std::make_unique<error>(lost_error(said != nullptr ? said : ::PQresultErrorMessage(result)));
        return;
    }
    refusal = std::make_unique<error>(error_of(state, said != nullptr ? said : ""));
    const char* severity = ::PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != nullptr && std::string_view(severity) != "ERROR") refusal->lost = true;
}

std::vector<answer> connection::run(deadline until) {
    if (lost_) lose("the connection was lost");
    check_sent(::PQpipelineSync(handle_.get()));
    flush(until);
    std::vector<answer> answers;
    answers.reserve(queued_.size());
    std::unique_ptr<error> refusal;
    for (const queued& one : std::exchange(queued_, {})) {
        pg_result* result = next_result(until);
        if (result == nullptr) lose("the answers do not fit the questions");
        drain(result, one, answers, refusal);
        // A statement's answers end with none.
        while (pg_result* more = next_result(until)) drain(more, one, answers, refusal);
        if (refusal && refusal->lost) {
            lost_ = true;
            throw *refusal;
        }
    }
    pg_result* end = next_result(until);
    const bool synced = end != nullptr && ::PQresultStatus(end) == PGRES_PIPELINE_SYNC;
    ::PQclear(end);
    preparing_.clear();
    if (!synced) lose(::PQerrorMessage(handle_.get()));
    if (refusal) throw *refusal;
    return answers;
}

answer connection::run(const statement& what, const parameters& with, deadline until) {
    queue(what, with);
    return std::move(run(until).front());
}

answer connection::run(const std::string& sql, const parameters& with, deadline until) {
    queue(sql, with);
    return std::move(run(until).front());
}

// Several statements in one text are a thing of the simple protocol, which pipelines do not have.
void connection::script(const std::string& sql, deadline until) {
    if (::PQexitPipelineMode(handle_.get()) != 1) lose(::PQerrorMessage(handle_.get()));
    check_sent(::PQsendQuery(handle_.get(), sql.c_str()));
    flush(until);
    std::vector<answer> answers;
    std::unique_ptr<error> refusal;
    while (pg_result* result = next_result(until)) drain(result, {queued::kind::statement, nullptr}, answers, refusal);
    if (refusal && refusal->lost) {
        lost_ = true;
        throw *refusal;
    }
    if (::PQenterPipelineMode(handle_.get()) != 1) lose(::PQerrorMessage(handle_.get()));
    if (refusal) throw *refusal;
}

void connection::roll_back(deadline until) {
    if (lost_ || ::PQtransactionStatus(handle_.get()) == PQTRANS_IDLE) return;
    run("ROLLBACK", {}, until);
}

}  // namespace perdure::history::postgres
