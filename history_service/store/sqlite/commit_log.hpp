#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "history_service/store/sqlite/log_file.hpp"
#include "history_service/store/sqlite/log_frame.hpp"

namespace perdure::history::sqlite {

/// The log of commits: each is one write behind the one before, in one of two files. While what one file holds goes into the
/// tables, the log goes on in the other.
///
/// Functions throw `store_error`. One thread at a time.
class commit_log {
  public:
    using files = std::array<std::unique_ptr<log_file>, 2>;

    /// The files of the database at `path`, in the order in which `open_files` takes them.
    [[nodiscard]] static std::array<std::string, 2> names(const std::string& path);
    [[nodiscard]] static files open_files(const std::string& path, const std::string& vfs);
    /// The payloads after the commit `applied`, in order. Error: `data_loss` when a later one is there and an earlier one
    /// is not.
    [[nodiscard]] static std::vector<std::string> read(const files& from, std::int64_t salt, std::int64_t applied);

    /// Begins a log in files whose content nobody needs any more. `salt` was never used with these files. A file takes
    /// `file_bytes`, or one commit that is larger.
    commit_log(files to, std::int64_t salt, std::int64_t last_sequence, std::size_t file_bytes);

    [[nodiscard]] bool has_room(std::size_t payload) const noexcept;
    /// Durable when it returns. After an error nothing was appended: the next one takes its place.
    void append(std::string_view payload);
    [[nodiscard]] std::int64_t last_sequence() const noexcept { return last_sequence_; }
    /// Goes on at the beginning of the other file, whose content nobody needs any more.
    void turn();

  private:
    [[nodiscard]] std::int64_t end_of(std::size_t payload) const noexcept;
    void make_room_until(std::int64_t end);
    void wipe();

    files files_;
    std::int64_t salt_;
    std::int64_t last_sequence_;
    std::int64_t file_bytes_;
    std::array<std::int64_t, 2> sizes_{};
    std::size_t active_ = 0;
    std::int64_t at_ = 0;
    /// What a write that failed left at `at_` may be a whole commit, which nobody was told of.
    bool spoiled_ = false;
    frame_buffer buffer_;
};

}  // namespace perdure::history::sqlite
