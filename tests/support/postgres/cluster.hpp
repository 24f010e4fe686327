#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/postgres/unprivileged.hpp"

namespace perdure::support {

/// A private PostgreSQL 15 in a temporary folder, reached by a Unix socket there, with the superuser `postgres` and no
/// passwords. It goes with its object, and with the process when that is killed.
///
/// Started by root it runs as an unprivileged user. What goes wrong is thrown as std::runtime_error, with the end of the
/// server's log. One thread at a time; the thread that starts it must outlive it.
class postgres_cluster {
  public:
    struct options {
        /// Commits reach the disk. Without it they survive a death of PostgreSQL's processes all the same.
        bool fsync = false;
        /// Lines for postgresql.conf, as "max_connections = 5".
        std::vector<std::string> settings;
    };

    /// Says what is not installed; nothing where a cluster can be made.
    [[nodiscard]] static std::optional<std::string> missing();
    /// The cluster that the tests of one process share: made on first use, without fsync.
    [[nodiscard]] static postgres_cluster& shared();

    /// Makes the cluster and starts it.
    explicit postgres_cluster(options wanted);
    postgres_cluster() : postgres_cluster(options{}) {}
    postgres_cluster(const postgres_cluster&) = delete;
    postgres_cluster& operator=(const postgres_cluster&) = delete;
    ~postgres_cluster();

    /// Starts it where it is stopped, and waits until it takes connections.
    void start();
    /// An orderly stop, which cuts connections.
    void stop();
    /// SIGKILL to all of its processes at once, as when the machine's memory is full.
    void kill();
    /// SIGSTOP to all of its processes: connections stay and nothing answers; `resume` ends it.
    void pause();
    void resume();
    [[nodiscard]] bool is_running() const noexcept { return postmaster_ > 0; }
    /// The postmaster and all processes below it.
    [[nodiscard]] std::vector<pid_t> processes() const;

    /// Ends all connections of clients, but for the one that does it.
    void cut_connections();
    /// A new database that nobody has used; answers its name.
    [[nodiscard]] std::string make_database();
    /// A connection string for `database`.
    [[nodiscard]] std::string uri(const std::string& database, const std::string& user = "postgres") const;
    /// Runs one statement or several; answers the first column of the first row, or "".
    std::string ask(const std::string& database, const std::string& sql);

    /// The folder of the socket.
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
    [[nodiscard]] const unprivileged_user& user() const noexcept { return user_; }

  private:
    [[nodiscard]] std::string log_path() const { return (folder_ / "log").string(); }
    [[nodiscard]] std::string log_end() const;
    [[nodiscard]] bool signal_all(int number) const;
    void make(const options& wanted);

    unprivileged_user user_;
    std::filesystem::path folder_;
    pid_t owner_ = 0;
    pid_t postmaster_ = 0;
    int databases_ = 0;
};

}  // namespace perdure::support
