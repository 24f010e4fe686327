#include "tests/integration/server/slow_disk.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace perdure::server::slow_disk {
namespace {

std::atomic<std::chrono::milliseconds> every{std::chrono::milliseconds(0)};
std::atomic<std::chrono::milliseconds> once{std::chrono::milliseconds(0)};
std::atomic<std::size_t> count{0};

void wait() {
    ++count;
    std::this_thread::sleep_for(every.load() + once.exchange(std::chrono::milliseconds(0)));
}

int flush(long call, int descriptor) {
    wait();
    return static_cast<int>(::syscall(call, descriptor));
}

// A file that was opened so flushes with each write.
ssize_t write_at(int descriptor, const void* bytes, std::size_t size, off_t at) {
    if ((::fcntl(descriptor, F_GETFL) & O_DSYNC) != 0) wait();
    return ::syscall(SYS_pwrite64, descriptor, bytes, size, at);
}

}  // namespace

void flushes_take(std::chrono::milliseconds longer) { every = longer; }
void next_flush_takes(std::chrono::milliseconds longer) { once = longer; }
std::size_t flushes() { return count; }

}  // namespace perdure::server::slow_disk

// The program's own functions come before the C library's, for SQLite as well.
extern "C" int fsync(int descriptor) { return perdure::server::slow_disk::flush(SYS_fsync, descriptor); }
extern "C" ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t at) {
    return perdure::server::slow_disk::write_at(descriptor, bytes, size, at);
}
extern "C" ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off_t at) {
    return perdure::server::slow_disk::write_at(descriptor, bytes, size, at);
}
extern "C" int fdatasync(int descriptor) { return perdure::server::slow_disk::flush(SYS_fdatasync, descriptor); }
