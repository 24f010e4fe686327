#pragma once

#include <memory>
#include <string>

#include "history_service/store/sqlite/log_file.hpp"

namespace perdure::history::sqlite {

/// A file of the log that goes through the SQLite VFS of this name, as the database itself then does.
[[nodiscard]] std::unique_ptr<log_file> open_vfs_log_file(const std::string& path, const std::string& vfs);

}  // namespace perdure::history::sqlite
