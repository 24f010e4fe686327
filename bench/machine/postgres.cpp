#include "bench/machine/postgres.hpp"

#include <charconv>
#include <stdexcept>

#include "bench/machine/sqlite_rows.hpp"
#include "bench/machine/usage.hpp"

namespace perdure::bench {
namespace {

using clock = std::chrono::steady_clock;

}  // namespace

postgres_link::postgres_link(const std::string& uri) : connection_(PQconnectdb(uri.c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        throw std::runtime_error(std::string("no connection to PostgreSQL: ") + PQerrorMessage(connection_.get()));
    // Notices go to standard error, beside what a program says itself.
    tell("SET client_min_messages = warning");
}

std::string postgres_link::ask(const std::string& sql) {
    const std::unique_ptr<PGresult, void (*)(PGresult*)> answer(PQexec(connection_.get(), sql.c_str()), PQclear);
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        throw std::runtime_error(std::string("PostgreSQL refuses: ") + PQerrorMessage(connection_.get()));
    if (PQntuples(answer.get()) == 0) return {};
    return PQgetvalue(answer.get(), 0, 0);
}

pid_t postgres_link::postmaster() {
    const std::string text =
        ask("SELECT pg_backend_pid() WHERE inet_server_addr() IS NULL OR "
            "inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1'");
    pid_t backend = 0;
    std::from_chars(text.data(), text.data() + text.size(), backend);
    if (backend <= 0) return 0;
    // A socket may come out of a container, whose processes have other numbers here.
    const process_facts facts = facts_of(backend);
    return facts.name == "postgres" && facts_of(facts.parent).name == "postgres" ? facts.parent : 0;
}

double postgres_link::rows_per_second(std::size_t batch, std::chrono::milliseconds measure) {
    tell("DROP TABLE IF EXISTS bench_rows; CREATE TABLE bench_rows(id bigserial PRIMARY KEY, bytes bytea NOT NULL)");
    tell("PREPARE fill(int) AS INSERT INTO bench_rows(bytes) SELECT decode(repeat('78', " + std::to_string(row_bytes) +
         "), 'hex') FROM generate_series(1, $1)");
    const std::string fill = "EXECUTE fill(" + std::to_string(batch) + ")";
    tell(fill);
    const auto began = clock::now();
    std::size_t rows = 0;
    for (; clock::now() - began < measure; rows += batch) tell(fill);
    const double seconds = std::chrono::duration<double>(clock::now() - began).count();
    tell("DEALLOCATE fill; DROP TABLE bench_rows");
    return static_cast<double>(rows) / seconds;
}

bool is_postgres(const std::string& store) { return store.starts_with("postgres://") || store.starts_with("postgresql://"); }

std::string with_database(const std::string& uri, const std::string& database) {
    const auto authority = uri.find("://") + 3;
    const auto query = std::min(uri.find('?', authority), uri.size());
    const auto path = std::min(uri.find('/', authority), query);
    return uri.substr(0, path) + "/" + database + uri.substr(query);
}

}  // namespace perdure::bench
