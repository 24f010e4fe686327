#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace perdure::support {

/// Who runs a program that refuses to run as root: the user itself, unless that is root.
struct unprivileged_user {
    uid_t user = 0;
    gid_t group = 0;
    std::string name;
};

/// The user of Debian's package or, where there is none, `nobody`; the caller itself when it is not root. Throws
/// std::runtime_error when there is nobody.
[[nodiscard]] unprivileged_user find_unprivileged_user();

/// Starts a program as that user, with its output appended to `log`. It gets `death_signal` when the thread that called this
/// ends, however it ends. Throws std::runtime_error.
[[nodiscard]] pid_t start_unprivileged(const unprivileged_user& user, const std::vector<std::string>& command,
                                       const std::string& folder, const std::string& log, int death_signal);

/// The processes below `parent`, without itself.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t parent);

/// False for a process that is gone, or dead and not yet waited for.
[[nodiscard]] bool is_alive(pid_t process);

}  // namespace perdure::support
