#include "sdk/guards/source_lines.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string_view>
#include <system_error>

#include "sdk/guards/names.hpp"

namespace perdure::guards {
namespace {

std::string hexadecimal(std::uintptr_t value) {
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, 16);
    return "0x" + std::string(text.data(), end.ptr);
}

// What a program prints; nothing when it cannot be run.
std::string output_of(const std::vector<std::string>& command) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return {};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t child = 0;
    const int refused = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    std::string text;
    if (refused == 0) {
        std::array<char, 4096> block{};
        for (ssize_t got = 0; (got = ::read(pipe[0], block.data(), block.size())) > 0;)
            text.append(block.data(), static_cast<std::size_t>(got));
        int status = 0;
        ::waitpid(child, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) text.clear();
    }
    ::close(pipe[0]);
    return text;
}

// "file.cpp:12" or "file.cpp:12:3" or "file.cpp:12 (discriminator 1)".
void read_place(std::string_view text, source_line& into) {
    text = text.substr(0, text.find(" ("));
    for (int numbers = 0; numbers < 2; ++numbers) {
        const auto colon = text.rfind(':');
        if (colon == std::string_view::npos) break;
        unsigned number = 0;
        const std::string_view digits = text.substr(colon + 1);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) break;
        into.line = number;
        text = text.substr(0, colon);
    }
    if (!text.starts_with("??")) into.file = text;
}

// The answers come in blocks: the address, then two lines for each function that is there, the innermost first.
std::map<std::string, std::vector<source_line>> ask(const std::string& program, const std::string& module,
                                                    const std::vector<std::string>& addresses) {
    const bool llvm = program.find("llvm") != std::string::npos;
    std::vector<std::string> command{program, "-a", "-f", "-C", "-i", "-e", module};
    if (llvm) command.emplace_back("--output-style=GNU");
    command.insert(command.end(), addresses.begin(), addresses.end());
    const std::string text = output_of(command);
    std::map<std::string, std::vector<source_line>> found;
    std::string key;
    bool place_next = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line(text.data() + at, end - at);
        at = end + 1;
        if (!place_next && line.starts_with("0x")) {
            const auto digits = std::min(line.find_first_not_of('0', 2), line.size());
            key = "0x" + std::string(line.substr(digits));
        } else if (!place_next) {
            found[key].push_back({.function = line.starts_with("??") ? std::string() : std::string(line), .file = {}});
            place_next = true;
        } else {
            read_place(line, found[key].back());
            place_next = false;
        }
    }
    return found;
}

std::map<std::string, std::vector<source_line>> ask_any(const std::string& module, const std::vector<std::string>& addresses) {
    if (const char* wish = std::getenv("PERDURE_SYMBOLIZER"); wish != nullptr) return ask(wish, module, addresses);
    for (const char* program : {"llvm-symbolizer-19", "llvm-symbolizer", "addr2line"})
        if (auto found = ask(program, module, addresses); !found.empty()) return found;
    return {};
}

struct located {
    std::string module;
    std::string address;  // inside of the module
    std::string symbol;
};

located locate(void* frame) {
    Dl_info info{};
    void* extra = nullptr;
    // The return address may be the first instruction of the next line.
    auto* const call = static_cast<char*>(frame) - 1;
    if (::dladdr1(call, &info, &extra, RTLD_DL_LINKMAP) == 0 || extra == nullptr) return {};
    return {.module = module_of(call),
            .address = hexadecimal(reinterpret_cast<std::uintptr_t>(call) - static_cast<link_map*>(extra)->l_addr),
            .symbol = info.dli_sname != nullptr ? demangle(info.dli_sname) : std::string()};
}

}  // namespace

std::string module_of(const void* address) {
    Dl_info info{};
    void* extra = nullptr;
    if (::dladdr1(address, &info, &extra, RTLD_DL_LINKMAP) == 0 || extra == nullptr) return {};
    const char* name = static_cast<link_map*>(extra)->l_name;
    if (name != nullptr && *name != '\0') return name;
    // The program itself has no name here, and the one it was called by need not lead to it any more.
    std::array<char, 4096> path{};
    const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
    return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : std::string();
}

bool is_system_module(std::string_view path) {
    return path.empty() || path.starts_with("/lib") || path.starts_with("/usr/lib") || path.starts_with("linux-vdso");
}

std::vector<source_line> source_lines(std::span<void* const> frames) {
    std::vector<located> places;
    std::map<std::string, std::vector<std::string>> wanted;
    for (void* frame : frames) {
        places.push_back(locate(frame));
        if (!is_system_module(places.back().module)) wanted[places.back().module].push_back(places.back().address);
    }
    std::map<std::string, std::map<std::string, std::vector<source_line>>> answers;
    for (const auto& [module, addresses] : wanted) answers[module] = ask_any(module, addresses);
    std::vector<source_line> lines;
    for (const located& place : places) {
        const auto& known = answers[place.module];
        const auto found = known.find(place.address);
        if (found == known.end() || found->second.empty()) {
            lines.push_back({.function = place.symbol,
                             .file = {},
                             .module = place.module + " " + place.address,
                             .in_library = is_system_module(place.module)});
        } else {
            lines.insert(lines.end(), found->second.begin(), found->second.end());
        }
    }
    return lines;
}

}  // namespace perdure::guards
