#pragma once

#include <string>

#include "history_service/store/sqlite/connection.hpp"

namespace perdure::history::sqlite {

/// The version of the tables that this program writes and reads.
inline constexpr std::int64_t schema_version = 2;

/// Makes the tables in an empty database; checks them in another. Throws `error` with the remedy for a database of another
/// program, of an older or of a newer version.
void prepare_schema(connection& db, const std::string& path);

/// As `prepare_schema`, but an empty database is an error as well: nothing is written.
void check_schema(connection& db, const std::string& path);

}  // namespace perdure::history::sqlite
