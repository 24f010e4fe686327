#include "bench/machine/usage.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace perdure::bench {

usage usage_of(pid_t process) {
    usage found;
    const std::string folder = "/proc/" + std::to_string(process);
    std::ifstream stat(folder + "/stat");
    std::string line;
    std::getline(stat, line);
    const auto after_name = line.rfind(')');
    if (after_name == std::string::npos) return found;
    // Fields after the name: state is the 3rd of proc(5), utime the 14th, stime the 15th, rss the 24th.
    std::istringstream fields(line.substr(after_name + 2));
    std::string skipped;
    double user = 0;
    double system = 0;
    double pages = 0;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    fields >> user >> system;
    for (int field = 16; field < 24; ++field) fields >> skipped;
    fields >> pages;
    found.cpu_ms = (user + system) * 1000.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
    found.rss_mb = pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
    return found;
}

long long sleeps_of(pid_t process) {
    static const std::string wanted = "voluntary_ctxt_switches:";
    long long sum = 0;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
        std::ifstream status(thread.path() / "status");
        for (std::string line; std::getline(status, line);)
            if (line.starts_with(wanted)) sum += std::stoll(line.substr(wanted.size()));
    }
    return sum;
}

}  // namespace perdure::bench
