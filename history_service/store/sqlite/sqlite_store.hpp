#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "history_service/store/store.hpp"

namespace perdure::history {

struct sqlite_options {
    std::string path;
    /// Makes the file when there is none.
    bool create = true;
    /// The SQLite VFS to go through; empty for the operating system's. With one there is no thread: each step is made when
    /// somebody asks for it.
    std::string vfs;
    /// More pages than this and the file counts as full; 0 is no limit.
    std::int64_t max_pages = 0;
    /// What one of the two files of the log of commits takes before what it holds is moved into the tables.
    std::size_t log_file_bytes = std::size_t{4} * 1'024 * 1'024;
};

/// Opens a store in one SQLite file. Commits are made durable in a log of commits beside it (`-log-a`, `-log-b`) and moved into
/// the file's tables within about a second; the log is taken away when the store is closed, and taken over by the next opening
/// when it was not. Whoever reads the file with other programs sees what the tables have.
///
/// One process at a time has the file. Errors are `failed_precondition` and name the remedy: a file in use, lost, of another
/// program or of another version; `unavailable` when the disk fails; `data_loss` when the log is damaged or gone.
[[nodiscard]] result<std::unique_ptr<store>> open_sqlite_store(const sqlite_options& options);

}  // namespace perdure::history
