#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace perdure::history::sqlite {

/// A file of the log of commits. Functions throw `store_error` (`unavailable`, with the remedy); what a write that failed left
/// in its place is unknown. One thread at a time.
class log_file {
  public:
    log_file() = default;
    log_file(const log_file&) = delete;
    log_file& operator=(const log_file&) = delete;
    virtual ~log_file() = default;

    [[nodiscard]] virtual std::int64_t size() = 0;
    /// All of it.
    [[nodiscard]] virtual std::string read() = 0;
    /// Durable when it returns. `bytes` begins at a block's address and is whole blocks, as is `at`.
    virtual void write(std::string_view bytes, std::int64_t at) = 0;
    /// Makes it larger, durably, with zeros that the disk has: a write over them changes none of the file system's own books.
    void grow(std::int64_t size);
};

/// Opens the file at `path`, or makes it, durably. `vfs`: the SQLite VFS to go through; empty for the operating system's files,
/// past its cache where the file system can do that.
[[nodiscard]] std::unique_ptr<log_file> open_log_file(const std::string& path, const std::string& vfs);

}  // namespace perdure::history::sqlite
