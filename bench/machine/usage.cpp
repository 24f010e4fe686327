#include "bench/machine/usage.hpp"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace perdure::bench {
namespace {

std::string folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

double written_by(pid_t process) {
    std::ifstream io(folder_of(process) + "/io");
    static const std::string wanted = "write_bytes: ";
    for (std::string line; std::getline(io, line);)
        if (line.starts_with(wanted)) return std::stod(line.substr(wanted.size()));
    return 0;
}

std::multimap<pid_t, pid_t> children_by_parent() {
    std::multimap<pid_t, pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        pid_t process = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), process).ec != std::errc()) continue;
        found.emplace(facts_of(process).parent, process);
    }
    return found;
}

usage sum_below(pid_t head, const std::multimap<pid_t, pid_t>& children) {
    usage sum = usage_of(head);
    sum.cpu_ms += facts_of(head).cpu_ms_of_ended_children;
    const auto [first, last] = children.equal_range(head);
    for (auto child = first; child != last; ++child) {
        const usage below = sum_below(child->second, children);
        sum.cpu_ms += below.cpu_ms;
        sum.rss_mb += below.rss_mb;
        sum.written_bytes += below.written_bytes;
    }
    return sum;
}

}  // namespace

process_facts facts_of(pid_t process) {
    process_facts found;
    std::ifstream stat(folder_of(process) + "/stat");
    std::string line;
    std::getline(stat, line);
    const auto name = line.find('(');
    const auto after_name = line.rfind(')');
    if (name == std::string::npos || after_name == std::string::npos) return found;
    found.name = line.substr(name + 1, after_name - name - 1);
    // Fields of proc(5) after the name: the parent is the 4th, utime the 14th and the next three its like, rss the 24th.
    std::istringstream fields(line.substr(after_name + 2));
    std::string skipped;
    double user = 0;
    double system = 0;
    double user_of_children = 0;
    double system_of_children = 0;
    double pages = 0;
    fields >> skipped >> found.parent;
    for (int field = 5; field < 14; ++field) fields >> skipped;
    fields >> user >> system >> user_of_children >> system_of_children;
    for (int field = 18; field < 24; ++field) fields >> skipped;
    fields >> pages;
    const double ms_a_tick = 1000.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
    found.cpu_ms = (user + system) * ms_a_tick;
    found.cpu_ms_of_ended_children = (user_of_children + system_of_children) * ms_a_tick;
    found.rss_mb = pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
    return found;
}

usage usage_of(pid_t process) {
    const process_facts facts = facts_of(process);
    return {.cpu_ms = facts.cpu_ms, .rss_mb = facts.rss_mb, .written_bytes = written_by(process)};
}

usage usage_of_family(pid_t head) { return sum_below(head, children_by_parent()); }

long long sleeps_of(pid_t process) {
    static const std::string wanted = "voluntary_ctxt_switches:";
    long long sum = 0;
    for (const auto& thread : std::filesystem::directory_iterator(folder_of(process) + "/task")) {
        std::ifstream status(thread.path() / "status");
        for (std::string line; std::getline(status, line);)
            if (line.starts_with(wanted)) sum += std::stoll(line.substr(wanted.size()));
    }
    return sum;
}

}  // namespace perdure::bench
