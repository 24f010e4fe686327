#pragma once

#include <string>
#include <vector>

#include "api/result.hpp"

namespace perdure::history::postgres {

/// What stands in a database, for a person.
struct schema_state {
    /// The version of the tables there; 0: none yet.
    int found = 0;
    /// The version that this program writes.
    int known = 0;
    /// The server's version, as "15.6".
    std::string server;
    std::string database;
    std::string role;
    bool is_standby = false;
    /// Who holds the lease, and for how long; empty: nobody.
    std::string owner;
    std::int64_t epoch = 0;
    std::int64_t lease_ms = 0;
    /// Settings of the server that risk data, a sentence each.
    std::vector<std::string> warnings;
};

/// Looks at the database without changing anything. Blocks for as long as a connection takes, at most some seconds. Errors are
/// those of `open_postgres_store`, but a schema of any version is shown.
[[nodiscard]] result<schema_state> schema_status(const std::string& uri);

/// Makes the tables or brings them up to date, under a lock that keeps others from doing the same; answers the versions that
/// were applied. Errors are those of `open_postgres_store`.
[[nodiscard]] result<std::vector<int>> migrate(const std::string& uri);

}  // namespace perdure::history::postgres
