#include "history_service/store/sqlite/vfs_log_file.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "history_service/store/store_error.hpp"

namespace perdure::history::sqlite {
namespace {

// SQLite never writes as much as 128 KiB at once, and its VFS for Unix cannot.
constexpr std::size_t most_written = std::size_t{64} * 1'024;

class vfs_log_file final : public log_file {
  public:
    vfs_log_file(std::string path, const std::string& vfs) : path_(std::move(path)) {
        sqlite3_vfs* const files = sqlite3_vfs_find(vfs.c_str());
        if (files == nullptr)
            throw store_error{{status_code::failed_precondition, "there is no SQLite VFS '" + vfs + "'; register it first"}};
        memory_.resize((static_cast<std::size_t>(files->szOsFile) + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
        // A name that a VFS is given ends with two zeros.
        path_.push_back('\0');
        // Of the kinds that SQLite knows, the one whose folder is flushed with its first flush, and that has no locks.
        const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_SUPER_JOURNAL;
        check(files->xOpen(files, path_.c_str(), file(), flags, nullptr), "open");
        check(file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL), "flush");
    }
    ~vfs_log_file() override {
        if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
    }

    std::int64_t size() override {
        sqlite3_int64 found = 0;
        check(file()->pMethods->xFileSize(file(), &found), "measure");
        return found;
    }

    std::string read() override {
        std::string bytes(static_cast<std::size_t>(size()), '\0');
        if (!bytes.empty()) check(file()->pMethods->xRead(file(), bytes.data(), static_cast<int>(bytes.size()), 0), "read");
        return bytes;
    }

    void write(std::string_view bytes, std::int64_t at) override {
        for (std::string_view left = bytes; !left.empty();) {
            const std::size_t step = std::min(left.size(), most_written);
            check(file()->pMethods->xWrite(file(), left.data(), static_cast<int>(step), at), "write");
            left.remove_prefix(step);
            at += static_cast<std::int64_t>(step);
        }
        check(file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY), "flush");
    }

  private:
    [[nodiscard]] sqlite3_file* file() noexcept { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

    void check(int code, const char* what) const {
        if (code == SQLITE_OK) return;
        const char* remedy = (code & 0xFF) == SQLITE_FULL ? "free some space on its disk" : "look at the disk and its mount";
        throw store_error{{status_code::unavailable, "cannot " + std::string(what) + " the log of commits '" + path_.c_str() +
                                                         "': " + sqlite3_errstr(code) + "; " + remedy +
                                                         ", the request may then be repeated"}};
    }

    std::string path_;
    std::vector<std::max_align_t> memory_;
};

}  // namespace

std::unique_ptr<log_file> open_vfs_log_file(const std::string& path, const std::string& vfs) {
    return std::make_unique<vfs_log_file>(path, vfs);
}

}  // namespace perdure::history::sqlite
