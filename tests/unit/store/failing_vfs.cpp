#include "tests/unit/store/failing_vfs.hpp"

#include <sqlite3.h>

#include <cstring>

namespace perdure::history {

std::atomic<int> failing_vfs::operations_left = -1;
std::atomic<int> failing_vfs::failure = SQLITE_IOERR;
std::atomic<int> failing_vfs::operations = 0;
std::atomic<int> failing_vfs::flushes = 0;

namespace {

sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs shim_vfs;

// SQLite allots the memory: our part first, the real file behind it.
struct shim_file {
    sqlite3_file base;
    sqlite3_file* real;
};

sqlite3_file* real_of(sqlite3_file* file) { return reinterpret_cast<shim_file*>(file)->real; }

bool fails() {
    ++failing_vfs::operations;
    if (failing_vfs::operations_left < 0) return false;
    if (failing_vfs::operations_left == 0) return true;
    --failing_vfs::operations_left;
    return false;
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
    if (fails()) return failing_vfs::failure;
    return real_of(file)->pMethods->xWrite(real_of(file), data, size, at);
}
int sync(sqlite3_file* file, int flags) {
    ++failing_vfs::flushes;
    if (fails()) return failing_vfs::failure == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}
int close(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }
int read(sqlite3_file* f, void* p, int n, sqlite3_int64 at) { return real_of(f)->pMethods->xRead(real_of(f), p, n, at); }
int truncate(sqlite3_file* f, sqlite3_int64 size) { return real_of(f)->pMethods->xTruncate(real_of(f), size); }
int file_size(sqlite3_file* f, sqlite3_int64* size) { return real_of(f)->pMethods->xFileSize(real_of(f), size); }
int lock(sqlite3_file* f, int kind) { return real_of(f)->pMethods->xLock(real_of(f), kind); }
int unlock(sqlite3_file* f, int kind) { return real_of(f)->pMethods->xUnlock(real_of(f), kind); }
int reserved(sqlite3_file* f, int* out) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out); }
int control(sqlite3_file* f, int op, void* arg) { return real_of(f)->pMethods->xFileControl(real_of(f), op, arg); }
int sector(sqlite3_file* f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
int traits(sqlite3_file* f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int at, int n, int flags) { return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags); }
void shm_barrier(sqlite3_file* f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return real_of(f)->pMethods->xShmUnmap(real_of(f), remove); }

const sqlite3_io_methods methods{2,       close,  read,   write,   truncate, sync,        file_size, lock,    unlock, reserved,
                                 control, sector, traits, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* made = reinterpret_cast<shim_file*>(file);
    made->real = reinterpret_cast<sqlite3_file*>(made + 1);
    std::memset(made->real, 0, static_cast<std::size_t>(real_vfs->szOsFile));
    const int code = real_vfs->xOpen(real_vfs, name, made->real, flags, out_flags);
    made->base.pMethods = made->real->pMethods != nullptr ? &methods : nullptr;
    return code;
}

}  // namespace

void failing_vfs::install() {
    if (real_vfs != nullptr) return;
    real_vfs = sqlite3_vfs_find(nullptr);
    shim_vfs = *real_vfs;
    shim_vfs.zName = "failing";
    shim_vfs.pNext = nullptr;
    shim_vfs.szOsFile = static_cast<int>(sizeof(shim_file)) + real_vfs->szOsFile;
    shim_vfs.xOpen = open;
    sqlite3_vfs_register(&shim_vfs, 0);
}

}  // namespace perdure::history
