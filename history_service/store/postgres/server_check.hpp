#pragma once

#include <string>
#include <vector>

#include "history_service/store/postgres/connection.hpp"

namespace perdure::history::postgres {

/// Throws `error` when this server takes no writes, and says which one to name.
void check_writable(connection& db, deadline until);

/// Throws `error` naming each right on the tables that the role lacks, and the statement that grants them.
void check_rights(connection& db, bool read_only, deadline until);

/// Settings of the server that risk data, each with what it risks and what to set.
[[nodiscard]] std::vector<std::string> risky_settings(connection& db, deadline until);

}  // namespace perdure::history::postgres
