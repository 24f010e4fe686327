#pragma once

#include <span>
#include <vector>

#include "history_service/store/postgres/connection.hpp"

namespace perdure::history::postgres {

/// One step from a version of the tables to the next.
struct migration {
    int version;
    /// Statements separated by semicolons; they run in one transaction with the note that they ran.
    const char* sql;
};

/// All steps from an empty database on, by version without a gap.
[[nodiscard]] std::span<const migration> migrations();

/// The version of the tables that this program writes and reads.
[[nodiscard]] int schema_version();

/// The version of the tables in the database; 0 without any.
[[nodiscard]] int found_version(connection& db, deadline until);

/// Throws `error` with the remedy unless the tables are of the newest version of `steps`.
void check_version(int found, std::span<const migration> steps = migrations());

/// Applies what is missing, one transaction a step, while others who want the same wait. Answers the applied versions. Throws
/// `error`; what was applied before stays.
std::vector<int> apply_migrations(connection& db, deadline until, std::span<const migration> steps = migrations());

}  // namespace perdure::history::postgres
