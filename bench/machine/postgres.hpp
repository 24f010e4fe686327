#pragma once

#include <libpq-fe.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace perdure::bench {

/// A connection to a PostgreSQL server, for looking at it and for its limits. One thread.
class postgres_link {
  public:
    /// Throws std::runtime_error with the server's words when it refuses.
    explicit postgres_link(const std::string& uri);

    /// Runs statements; answers the first column of the first row, or "". Throws std::runtime_error when one is refused.
    [[nodiscard]] std::string ask(const std::string& sql);
    void tell(const std::string& sql) { static_cast<void>(ask(sql)); }

    /// The process that all others of the server come from; 0 when it does not run on this machine.
    [[nodiscard]] pid_t postmaster();

    /// How many rows a second it makes durable in transactions of `batch` rows, in a table that is dropped again.
    [[nodiscard]] double rows_per_second(std::size_t batch, std::chrono::milliseconds measure);

  private:
    std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

/// True for "postgres://..." and "postgresql://...".
[[nodiscard]] bool is_postgres(const std::string& store);

/// The same server, another database.
[[nodiscard]] std::string with_database(const std::string& uri, const std::string& database);

}  // namespace perdure::bench
