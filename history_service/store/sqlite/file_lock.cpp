#include "history_service/store/sqlite/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "history_service/store/sqlite/commit_log.hpp"

namespace perdure::history::sqlite {
namespace {

service_failure refusal(std::string message) { return {status_code::failed_precondition, std::move(message)}; }

bool has_content(const std::string& path) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path, ignored);
    return !ignored && size > 0;
}

}  // namespace

result<file_lock> file_lock::take(const std::string& path, bool create) {
    std::error_code ignored;
    const bool exists = std::filesystem::exists(path, ignored);
    // The logs hold commits that were acknowledged; a new database under the old name would throw them away.
    const auto [a, b] = commit_log::names(path);
    for (const std::string& log : {path + "-wal", a, b})
        if (!has_content(path) && has_content(log))
            return refusal("the database '" + path + "' is gone but its log '" + log +
                           "' is still there: put the database back, or move its logs away to start with an empty one");
    if (!exists && !create)
        return refusal("there is no database '" + path + "': look at the path, or start a server to make one");
    descriptor opened(::open(path.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0644));
    if (!opened.is_open())
        return refusal("cannot open the database '" + path + "': " + std::strerror(errno) +
                       "; look at the path, its directory and their permissions");
    if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0)
        return refusal("the database '" + path + "' is in use by another process: stop that server first, or name another file");
    return file_lock(std::move(opened));
}

}  // namespace perdure::history::sqlite
