#include "server/tenure/owner_name.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

namespace perdure::server {
namespace {

constexpr char separator = ':';
/// Of a boot's random id: enough to tell boots apart, and short enough for people to read past.
constexpr std::size_t boot_digits = 16;

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string host_name() {
    std::array<char, 256> host{};
    return ::gethostname(host.data(), host.size() - 1) == 0 ? std::string(host.data()) : std::string("unknown");
}

// Processes have numbers of their own in each container, and after each boot. Empty where the system does not tell.
std::string world() {
    std::string boot = first_line("/proc/sys/kernel/random/boot_id");
    std::erase(boot, '-');
    boot.resize(std::min(boot.size(), boot_digits));
    std::array<char, 64> space{};
    if (boot.empty() || ::readlink("/proc/self/ns/pid", space.data(), space.size() - 1) <= 0) return {};
    // "pid:[4026531836]"
    std::string number(space.data());
    std::erase_if(number, [](char c) { return c < '0' || c > '9'; });
    return boot + "." + number;
}

/// What /proc says of a process, the fields that are of interest here (proc(5)).
struct process_state {
    char state = ' ';
    std::int64_t threads = 0;
    /// In ticks since the boot.
    std::uint64_t began = 0;
};

std::optional<process_state> look_at(::pid_t process) {
    const std::string line = first_line("/proc/" + std::to_string(process) + "/stat");
    // The name of the program stands in parentheses, and may have any of its own.
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return std::nullopt;
    std::istringstream fields(line.substr(name_end + 1));
    process_state found;
    std::string skipped;
    fields >> found.state;
    for (int field = 4; field < 20; ++field) fields >> skipped;
    fields >> found.threads >> skipped >> found.began;
    return fields ? std::optional(found) : std::nullopt;
}

struct named_process {
    ::pid_t process = 0;
    std::uint64_t began = 0;
};

template <class Number>
bool read_number(std::string_view text, Number& to) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
    return error == std::errc{} && end == text.data() + text.size();
}

std::string_view take_last(std::string_view& of) {
    const auto at = of.rfind(separator);
    if (at == std::string_view::npos) return {};
    const std::string_view last = of.substr(at + 1);
    of = of.substr(0, at);
    return last;
}

// Of this system only.
std::optional<named_process> read_name(std::string_view owner) {
    (void)take_last(owner);
    const std::string_view system = take_last(owner);
    const std::string_view began = take_last(owner);
    const std::string_view process = take_last(owner);
    named_process found;
    if (system.empty() || system != world() || owner != host_name()) return std::nullopt;
    if (!read_number(process, found.process) || !read_number(began, found.began) || found.process <= 0) return std::nullopt;
    return found;
}

}  // namespace

std::string owner_name(std::string_view own) {
    const auto self = look_at(::getpid());
    std::string name = host_name() + separator + std::to_string(::getpid()) + separator;
    if (self) name += std::to_string(self->began);
    return name + separator + world() + separator + std::string(own);
}

bool has_ended(std::string_view owner) {
    const auto named = read_name(owner);
    if (!named) return false;
    // /proc may hide the processes of others; a signal to one of them is refused, not lost.
    if (::kill(named->process, 0) != 0 && errno == ESRCH) return true;
    const auto now = look_at(named->process);
    if (!now) return false;
    if (now->began != named->began) return true;
    // Nobody has asked for its exit code yet. While it has threads, some of them may still work.
    return (now->state == 'Z' || now->state == 'X') && now->threads <= 1;
}

}  // namespace perdure::server
