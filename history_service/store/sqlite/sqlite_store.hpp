#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "history_service/store/store.hpp"

namespace perdure::history {

struct sqlite_options {
    std::string path;
    /// Makes the file when there is none.
    bool create = true;
    /// For looking at the data beside its server: takes no lock, and every write is refused.
    bool read_only = false;
    /// The SQLite VFS to go through; empty for the operating system's.
    std::string vfs;
    /// More pages than this and the file counts as full; 0 is no limit.
    std::int64_t max_pages = 0;
};

/// Opens a store in one SQLite file: WAL, and a flush for each commit.
///
/// One process at a time has the file. Errors are `failed_precondition` and name the remedy: a file in use, lost, of another
/// program or of another version; `unavailable` when the disk fails.
[[nodiscard]] result<std::unique_ptr<store>> open_sqlite_store(const sqlite_options& options);

}  // namespace perdure::history
