#include "sdk/worker/gdb_program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace perdure::detail {
namespace {

namespace fs = std::filesystem;

constexpr const char* script = "perdure-gdb.py";

std::vector<char*> to_argv(std::vector<std::string>& words) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    return argv;
}

// The exit code of a command that says nothing; none if it cannot be started.
std::optional<int> run_silently(std::vector<std::string> words) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&files, stream, "/dev/null", O_RDWR, 0);
    pid_t child = 0;
    const int trouble = ::posix_spawnp(&child, words[0].c_str(), &files, nullptr, to_argv(words).data(), environ);
    posix_spawn_file_actions_destroy(&files);
    if (trouble != 0) return std::nullopt;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return std::nullopt;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

// Where the package may be, the best place first.
std::vector<fs::path> places(const fs::path& program) {
    std::vector<fs::path> found;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): read before the program starts threads
    if (const char* given = std::getenv("PERDURE_GDB_PATH"); given != nullptr && *given != '\0') return {given};
    found.emplace_back(PERDURE_GDB_SOURCE_FOLDER);
    found.push_back(program.parent_path().parent_path() / "share" / "perdure" / "gdb");
    found.emplace_back(PERDURE_GDB_INSTALL_FOLDER);
    return found;
}

}  // namespace

std::vector<std::string> arguments_under_debugger() {
    std::ifstream in("/proc/self/cmdline", std::ios::binary);
    std::vector<std::string> words;
    std::string program;
    std::getline(in, program, '\0');
    for (std::string word; std::getline(in, word, '\0');) {
        if (word == "--until") {
            std::getline(in, word, '\0');
        } else if (!word.starts_with("--until=")) {
            words.push_back(word == "--gdb" ? "--debugger-hooks" : word);
        }
    }
    return words;
}

std::string exec_gdb(const std::vector<std::string>& arguments, std::optional<std::int64_t> event) {
    std::error_code trouble;
    const fs::path program = fs::read_symlink("/proc/self/exe", trouble);
    if (trouble) return "the path of this program cannot be read from /proc/self/exe (" + trouble.message() + "): mount /proc";

    fs::path package;
    std::string looked;
    for (const fs::path& place : places(program)) {
        looked += (looked.empty() ? "" : ", ") + place.string();
        if (package.empty() && fs::exists(place / script, trouble)) package = place / script;
    }
    if (package.empty()) {
        return "the gdb package of perdure (" + std::string(script) + ") is not in " + looked +
               ": set PERDURE_GDB_PATH to its folder";
    }

    if (!run_silently({"gdb", "--version"})) return "gdb is not installed or not in PATH: install the Debian package gdb";
    if (run_silently({"gdb", "-nx", "-batch", "-ex", "python gdb.execute('quit 42')"}) != 42)
        return "this gdb was built without Python, which the perdure commands need: install the Debian package gdb";

    std::vector<std::string> words{
        "gdb",           "-q", "-x", package.string(), "-ex", "perdure start " + std::to_string(event.value_or(1)), "--args",
        program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    ::execvp(words[0].c_str(), to_argv(words).data());
    return std::string("gdb cannot be started (") + std::strerror(errno) + ")";  // NOLINT(concurrency-mt-unsafe)
}

}  // namespace perdure::detail
