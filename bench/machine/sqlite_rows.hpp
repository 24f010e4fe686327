#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace perdure::bench {

/// Bytes of a row of these measurements: about those of a record of order4 in the journal.
inline constexpr std::size_t row_bytes = 600;

/// How many rows a second SQLite makes durable (WAL, synchronous=FULL) in transactions of `batch` rows, in a file in `folder`
/// that is removed again. Throws std::runtime_error when SQLite refuses.
[[nodiscard]] double sqlite_rows_per_second(const std::string& folder, std::size_t batch, std::chrono::milliseconds measure);

}  // namespace perdure::bench
