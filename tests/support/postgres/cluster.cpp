#include "tests/support/postgres/cluster.hpp"

#include <libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace perdure::support {
namespace {

const std::filesystem::path programs = "/usr/lib/postgresql/15/bin";
constexpr const char* folder_prefix = "perdure-postgres-";

// Small, so that many fit on one machine; quick to stop and to recover. Shared memory lies in files of the folder, which
// go with it even when nobody cleans up.
constexpr const char* common_settings = R"(
listen_addresses = ''
max_connections = 60
shared_buffers = 32MB
dynamic_shared_memory_type = mmap
max_wal_size = 256MB
log_min_messages = warning
)";

template <class Condition>
bool wait_for(std::chrono::seconds limit, Condition&& condition) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

// Tests that were killed leave their folders; the number in the name tells whose it was.
void remove_folders_of_the_dead(const std::filesystem::path& in) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(in, ignored)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(folder_prefix)) continue;
        pid_t owner = 0;
        std::from_chars(name.data() + std::string_view(folder_prefix).size(), name.data() + name.size(), owner);
        if (owner > 0 && !is_alive(owner)) std::filesystem::remove_all(entry.path(), ignored);
    }
}

}  // namespace

std::optional<std::string> postgres_cluster::missing() {
    for (const char* program : {"initdb", "postgres"})
        if (::access((programs / program).c_str(), X_OK) != 0)
            return "PostgreSQL 15 is not installed (no " + (programs / program).string() + "); ./dev install installs it";
    return std::nullopt;
}

postgres_cluster& postgres_cluster::shared() {
    static postgres_cluster cluster;
    return cluster;
}

postgres_cluster::postgres_cluster(options wanted) : user_(find_unprivileged_user()), owner_(::getpid()) {
    if (const auto reason = missing()) throw std::runtime_error(*reason);
    const auto in = std::filesystem::temp_directory_path();
    remove_folders_of_the_dead(in);
    std::string pattern = (in / (folder_prefix + std::to_string(owner_) + "-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder could be made");
    folder_ = pattern;
    // The folder is its user's; what runs as somebody else reaches the socket through it.
    std::filesystem::permissions(folder_, std::filesystem::perms(0755));
    if (::getuid() == 0 && ::chown(folder_.c_str(), user_.user, user_.group) != 0)
        throw std::runtime_error("the temporary folder could not be given to '" + user_.name + "'");
    try {
        make(wanted);
        start();
    } catch (...) {
        kill();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
        throw;
    }
}

postgres_cluster::~postgres_cluster() {
    // A forked child has the object, but not the cluster.
    if (owner_ != ::getpid()) return;
    try {
        stop();
    } catch (const std::exception&) {
        kill();
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void postgres_cluster::make(const options& wanted) {
    const pid_t child =
        start_unprivileged(user_,
                           {(programs / "initdb").string(), "--no-sync", "--no-instructions", "-A", "trust", "-U", "postgres",
                            "-E", "UTF8", "--locale=C", "--wal-segsize=4", "-D", (folder_ / "data").string()},
                           folder_.string(), log_path(), SIGKILL);
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) throw std::runtime_error("initdb failed:\n" + log_end());
    std::ofstream out(folder_ / "data" / "postgresql.conf", std::ios::app);
    out << common_settings << "unix_socket_directories = '" << folder_.string() << "'\n"
        << "fsync = " << (wanted.fsync ? "on" : "off") << '\n';
    for (const std::string& line : wanted.settings) out << line << '\n';
    if (!out.flush()) throw std::runtime_error("the cluster's postgresql.conf could not be written");
}

void postgres_cluster::start() {
    if (is_running()) return;
    // SIGQUIT is PostgreSQL's immediate stop: it takes all of its processes along.
    postmaster_ = start_unprivileged(user_, {(programs / "postgres").string(), "-D", (folder_ / "data").string()},
                                     folder_.string(), log_path(), SIGQUIT);
    const bool ready = wait_for(std::chrono::seconds{60}, [&] {
        int status = 0;
        if (::waitpid(postmaster_, &status, WNOHANG) == postmaster_) {
            postmaster_ = 0;
            throw std::runtime_error("PostgreSQL did not start:\n" + log_end());
        }
        return ::PQping(uri("postgres").c_str()) == PQPING_OK;
    });
    if (!ready) throw std::runtime_error("PostgreSQL does not take connections:\n" + log_end());
}

void postgres_cluster::stop() {
    if (!is_running()) return;
    (void)signal_all(SIGCONT);
    ::kill(postmaster_, SIGINT);
    int status = 0;
    if (!wait_for(std::chrono::seconds{30}, [&] { return ::waitpid(postmaster_, &status, WNOHANG) == postmaster_; }))
        throw std::runtime_error("PostgreSQL does not stop:\n" + log_end());
    postmaster_ = 0;
}

void postgres_cluster::kill() {
    if (!is_running()) return;
    // Halted first, so that it starts nothing while its processes are counted.
    ::kill(postmaster_, SIGSTOP);
    const auto all = descendants_of(postmaster_);
    for (const pid_t process : all) ::kill(process, SIGKILL);
    ::kill(postmaster_, SIGKILL);
    ::waitpid(postmaster_, nullptr, 0);
    postmaster_ = 0;
    for (const pid_t process : all)
        if (!wait_for(std::chrono::seconds{10}, [&] { return !is_alive(process); }))
            throw std::runtime_error("a process of PostgreSQL outlives its SIGKILL");
}

bool postgres_cluster::signal_all(int number) const {
    bool sent = true;
    for (const pid_t process : processes()) sent = ::kill(process, number) == 0 && sent;
    return sent;
}

void postgres_cluster::pause() {
    ::kill(postmaster_, SIGSTOP);
    (void)signal_all(SIGSTOP);
}

void postgres_cluster::resume() { (void)signal_all(SIGCONT); }

std::vector<pid_t> postgres_cluster::processes() const {
    if (!is_running()) return {};
    auto all = descendants_of(postmaster_);
    all.push_back(postmaster_);
    return all;
}

void postgres_cluster::cut_connections() {
    ask("postgres",
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
}

std::string postgres_cluster::make_database() {
    std::string name = "test_" + std::to_string(++databases_);
    ask("postgres", "CREATE DATABASE " + name);
    return name;
}

std::string postgres_cluster::uri(const std::string& database, const std::string& user) const {
    return "postgres://" + user + "@/" + database + "?host=" + folder_.string();
}

std::string postgres_cluster::ask(const std::string& database, const std::string& sql) {
    const std::unique_ptr<PGconn, decltype(&::PQfinish)> connection(::PQconnectdb(uri(database).c_str()), &::PQfinish);
    if (::PQstatus(connection.get()) != CONNECTION_OK)
        throw std::runtime_error(std::string("no connection to the test's PostgreSQL: ") + ::PQerrorMessage(connection.get()));
    const std::unique_ptr<PGresult, decltype(&::PQclear)> answer(::PQexec(connection.get(), sql.c_str()), &::PQclear);
    const auto status = ::PQresultStatus(answer.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        throw std::runtime_error(sql + ": " + ::PQerrorMessage(connection.get()));
    return ::PQntuples(answer.get()) > 0 ? ::PQgetvalue(answer.get(), 0, 0) : "";
}

std::string postgres_cluster::log_end() const {
    std::ifstream in(log_path());
    std::stringstream text;
    text << in.rdbuf();
    constexpr std::size_t most = 2'000;
    std::string all = text.str();
    return all.size() > most ? all.substr(all.size() - most) : all;
}

}  // namespace perdure::support
