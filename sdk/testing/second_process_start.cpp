#include "sdk/testing/second_process_start.hpp"

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

#include "sdk/testing/second_process_files.hpp"

namespace perdure::test {
namespace {

// A test whose own process may take as long as it likes is not waited for longer than this here.
constexpr int patience_ms = 120'000;
constexpr std::size_t shown_output = 4000;

bool is_installed(const char* name) {
    const locale_t made = ::newlocale(LC_ALL_MASK, name, nullptr);
    if (made != nullptr) ::freelocale(made);
    return made != nullptr;
}

std::string value_of(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr ? value : "";
}

// A locale that exists here and is not this process's own; with other letters and another decimal point, if there is one.
std::string other_locale() {
    const std::string own = !value_of("LC_ALL").empty() ? value_of("LC_ALL") : value_of("LANG");
    for (const char* name : {"tr_TR.UTF-8", "de_DE.UTF-8", "C.UTF-8", "C"})
        if (own != name && is_installed(name)) return name;
    return "C";
}

std::vector<std::string> other_environment(const std::string& runs) {
    // Those of gtest would choose other tests, or write a report over that of this process.
    constexpr std::array<std::string_view, 9> dropped{"LANG=",         "GTEST_FILTER=",       "LC_ALL=",
                                                      "TZ=",           "GTEST_TOTAL_SHARDS=", "GTEST_SHARD_INDEX=",
                                                      "GTEST_OUTPUT=", "XML_OUTPUT_FILE=",    "TEST_PREMATURE_EXIT_FILE="};
    std::vector<std::string> all;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        bool kept = true;
        for (const std::string_view name : dropped) kept = kept && !std::string_view(*variable).starts_with(name);
        if (kept) all.emplace_back(*variable);
    }
    const std::string locale = other_locale();
    all.push_back("LANG=" + locale);
    all.push_back("LC_ALL=" + locale);
    all.push_back(value_of("TZ") == "Asia/Kathmandu" ? "TZ=America/St_Johns" : "TZ=Asia/Kathmandu");
    all.push_back("PERDURE_SECOND_PROCESS=" + std::string(256, 'x'));  // also moves the stack
    all.push_back(std::string(runs_variable) + "=" + runs);
    return all;
}

// As this process was called, because a main of the user's own may want its arguments; of gtest's options the last counts.
std::vector<std::string> words_for(const std::string& test) {
    std::vector<std::string> words;
    std::ifstream in("/proc/self/cmdline", std::ios::binary);
    for (std::string word; std::getline(in, word, '\0');) words.push_back(word);
    if (words.empty()) words.emplace_back("test");
    words.push_back("--gtest_filter=" + test);
    for (const char* word : {"--gtest_repeat=1", "--gtest_shuffle=0", "--gtest_output=", "--gtest_also_run_disabled_tests"})
        words.emplace_back(word);
    return words;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::string wait_for(pid_t child) {
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
    if (handle >= 0) {
        pollfd until{.fd = handle, .events = POLLIN, .revents = 0};
        if (::poll(&until, 1, patience_ms) == 0) ::kill(child, SIGKILL);
        ::close(handle);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child) return "it could not be waited for";
    return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                               : "exit code " + std::to_string(WEXITSTATUS(status));
}

std::string end_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    return text.size() > shown_output ? text.substr(text.size() - shown_output) : text;
}

}  // namespace

child_end run_test_again(const std::string& test, const std::string& runs) {
    std::vector<std::string> words = words_for(test);
    std::vector<std::string> variables = other_environment(runs);
    // For a main that does not look at its arguments.
    variables.push_back("GTEST_FILTER=" + test);
    const std::string output = runs + ".output";
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    // Debuggers and some builds switch the random layout off, and children inherit that.
    const int before = ::personality(0xffffffff);
    if (before >= 0) ::personality(static_cast<unsigned long>(before) & ~static_cast<unsigned long>(ADDR_NO_RANDOMIZE));
    pid_t child = 0;
    const int refused =
        ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, pointers_to(words).data(), pointers_to(variables).data());
    if (before >= 0) ::personality(static_cast<unsigned long>(before));
    ::posix_spawn_file_actions_destroy(&actions);
    if (refused != 0) return {.how = "it could not be started: " + std::string(std::strerror(refused)), .output = {}};
    std::string how = wait_for(child);
    return {.how = std::move(how), .output = end_of(output)};
}

}  // namespace perdure::test
