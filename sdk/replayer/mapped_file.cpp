#include "sdk/replayer/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include <perdure/replayer.hpp>

namespace perdure::detail {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, int error) {
    if (error == ENOENT)
        throw history_error(history_trouble::missing, file.string() +
                                                          ": there is no such file; export a history with `perdure "
                                                          "workflow show -w ID --output json > FILE`");
    throw history_error(history_trouble::unreadable, file.string() + " cannot be read: " + std::strerror(error));
}

constexpr std::size_t give_back_at = std::size_t{16} << 20U;

}  // namespace

mapped_file::mapped_file(const std::filesystem::path& file) {
    const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) refuse(file, errno);
    struct stat about{};
    int error = ::fstat(opened, &about) != 0 ? errno : S_ISDIR(about.st_mode) ? EISDIR : 0;
    if (error == 0 && about.st_size > 0) {
        size_ = static_cast<std::size_t>(about.st_size);
        memory_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, opened, 0);
        if (memory_ == MAP_FAILED) {
            error = errno;
            memory_ = nullptr;
        } else {
            ::madvise(memory_, size_, MADV_SEQUENTIAL);
        }
    }
    ::close(opened);
    if (error != 0) refuse(file, error);
}

mapped_file::~mapped_file() {
    if (memory_ != nullptr) ::munmap(memory_, size_);
}

void mapped_file::forget_before(std::size_t position) noexcept {
    if (position < forgotten_ + give_back_at) return;
    const std::size_t until = position / 4096 * 4096;
    ::madvise(static_cast<char*>(memory_) + forgotten_, until - forgotten_, MADV_DONTNEED);
    forgotten_ = until;
}

}  // namespace perdure::detail
