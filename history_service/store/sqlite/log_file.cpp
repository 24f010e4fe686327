#include "history_service/store/sqlite/log_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "history_service/store/sqlite/descriptor.hpp"
#include "history_service/store/sqlite/log_frame.hpp"
#include "history_service/store/sqlite/vfs_log_file.hpp"
#include "history_service/store/store_error.hpp"

namespace perdure::history::sqlite {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path, int code) {
    const char* remedy = code == ENOSPC || code == EDQUOT ? "; free some space on its disk, the request may then be repeated"
                                                          : "; look at the disk and its mount, the request may be repeated";
    throw store_error{
        {status_code::unavailable, "cannot " + what + " the log of commits '" + path + "': " + std::strerror(code) + remedy}};
}

// A new name in a folder is durable when the folder is.
void sync_folder_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    const std::string folder = parent.empty() ? "." : parent.string();
    const descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.is_open() || ::fsync(opened.get()) != 0) fail("make a place for", path, errno);
}

// One call writes and flushes: the block goes to the disk as it is, and the disk says when it has it.
class direct_log_file final : public log_file {
  public:
    explicit direct_log_file(std::string path) : path_(std::move(path)), file_(opened(O_DIRECT)) {
        // Some file systems, those in memory among them, have no way past the cache.
        if (!file_.is_open() && errno == EINVAL) file_ = opened(0);
        if (!file_.is_open()) fail("open", path_, errno);
        sync_folder_of(path_);
    }

    std::int64_t size() override { return static_cast<std::int64_t>(status(STATX_SIZE).stx_size); }

    std::string read() override {
        const descriptor reading(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        if (!reading.is_open()) fail("read", path_, errno);
        std::string bytes(static_cast<std::size_t>(size()), '\0');
        for (std::size_t at = 0; at < bytes.size();) {
            const auto got = ::pread(reading.get(), bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) fail("read", path_, errno);
            if (got == 0) bytes.resize(at);
            at += static_cast<std::size_t>(got);
        }
        return bytes;
    }

    void write(std::string_view bytes, std::int64_t at) override {
        if (status(STATX_NLINK).stx_nlink == 0)
            throw store_error{{status_code::unavailable,
                               "the log of commits '" + path_ + "' was deleted under the running server: restart the server"}};
        while (!bytes.empty()) {
            const auto put = ::pwrite(file_.get(), bytes.data(), bytes.size(), at);
            if (put < 0 && errno == EINTR) continue;
            // A disk that is full takes a part, and no block after it.
            if (put < 0 || static_cast<std::size_t>(put) % log_block != 0 || put == 0)
                fail("write", path_, put < 0 ? errno : ENOSPC);
            bytes.remove_prefix(static_cast<std::size_t>(put));
            at += put;
        }
    }

  private:
    // Only what is wanted: a Linux that was asked for a file's times gives the next write a time of its own, and writes the inode
    // with it.
    [[nodiscard]] struct ::statx status(unsigned wanted) const {
        struct ::statx found{};
        if (::statx(file_.get(), "", AT_EMPTY_PATH, wanted, &found) != 0) fail("measure", path_, errno);
        return found;
    }
    [[nodiscard]] descriptor opened(int flags) const {
        return descriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_DSYNC | flags, 0644));
    }

    std::string path_;
    descriptor file_;
};

}  // namespace

void log_file::grow(std::int64_t size) {
    alignas(log_block) static constexpr std::array<char, std::size_t{256} * 1'024> zeros{};
    for (std::int64_t at = this->size(); at < size;) {
        const auto step = std::min(std::int64_t{zeros.size()}, size - at);
        write({zeros.data(), static_cast<std::size_t>(step)}, at);
        at += step;
    }
}

std::unique_ptr<log_file> open_log_file(const std::string& path, const std::string& vfs) {
    if (vfs.empty()) return std::make_unique<direct_log_file>(path);
    return open_vfs_log_file(path, vfs);
}

}  // namespace perdure::history::sqlite
