#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <memory>

#include "server/metrics/metrics.hpp"

namespace perdure::server {
namespace {

double resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    double total = 0;
    double resident = 0;
    statm >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
    ::rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const ::timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double open_descriptors() {
    const auto close_folder = [](DIR* folder) { ::closedir(folder); };
    const std::unique_ptr<DIR, decltype(close_folder)> folder(::opendir("/proc/self/fd"), close_folder);
    double count = 0;
    if (folder)
        while (::readdir(folder.get()) != nullptr) ++count;
    // ".", ".." and the folder's own descriptor are not the process's.
    return count > 3 ? count - 3 : 0;
}

}  // namespace

void set_process_metrics(metrics& into) {
    into.set("process_resident_memory_bytes", {}, resident_bytes());
    into.set("process_cpu_seconds_total", {}, cpu_seconds());
    into.set("process_open_fds", {}, open_descriptors());
}

}  // namespace perdure::server
