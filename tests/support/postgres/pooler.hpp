#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/postgres/cluster.hpp"

namespace perdure::support {

/// PgBouncer in session mode before a cluster, on a Unix socket in a folder of its own. It goes with its object, and with the
/// process when that is killed.
class postgres_pooler {
  public:
    /// Says what is not installed; nothing where it can be started.
    [[nodiscard]] static std::optional<std::string> missing();

    /// Starts it. Throws std::runtime_error.
    explicit postgres_pooler(const postgres_cluster& cluster);
    postgres_pooler(const postgres_pooler&) = delete;
    postgres_pooler& operator=(const postgres_pooler&) = delete;
    ~postgres_pooler();

    [[nodiscard]] std::string uri(const std::string& database) const;

  private:
    std::filesystem::path folder_;
    pid_t process_ = 0;
};

}  // namespace perdure::support
