#include "tests/support/postgres/pooler.hpp"

#include <libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace perdure::support {
namespace {

constexpr const char* program = "/usr/sbin/pgbouncer";

}  // namespace

std::optional<std::string> postgres_pooler::missing() {
    if (const auto reason = postgres_cluster::missing()) return reason;
    if (::access(program, X_OK) == 0) return std::nullopt;
    return "PgBouncer is not installed (no " + std::string(program) + "); ./dev install installs it";
}

postgres_pooler::postgres_pooler(const postgres_cluster& cluster) {
    std::string pattern = (std::filesystem::temp_directory_path() / "perdure-pooler-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder could be made");
    folder_ = pattern;
    std::filesystem::permissions(folder_, std::filesystem::perms(0755));
    if (::getuid() == 0 && ::chown(folder_.c_str(), cluster.user().user, cluster.user().group) != 0)
        throw std::runtime_error("the temporary folder could not be given to '" + cluster.user().name + "'");
    const std::string settings = (folder_ / "pgbouncer.ini").string();
    std::ofstream(settings) << "[databases]\n* = host=" << cluster.folder().string() << " user=postgres\n[pgbouncer]\n"
                            << "listen_addr =\nlisten_port = 6432\nauth_type = any\npool_mode = session\nunix_socket_dir = "
                            << folder_.string() << '\n';
    process_ = start_unprivileged(cluster.user(), {program, settings}, folder_.string(), (folder_ / "log").string(), SIGKILL);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (::PQping(uri("postgres").c_str()) != PQPING_OK) {
        if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("PgBouncer does not take connections");
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

postgres_pooler::~postgres_pooler() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string postgres_pooler::uri(const std::string& database) const {
    return "postgres://postgres@/" + database + "?host=" + folder_.string() + "&port=6432";
}

}  // namespace perdure::support
