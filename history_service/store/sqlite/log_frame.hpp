#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace perdure::history::sqlite {

/// The log of commits is written in whole blocks of this size, at places that are multiples of it: what a disk writes at once,
/// and what a direct write asks for, is no more than this.
inline constexpr std::size_t log_block = 4'096;

/// One commit in the log.
struct log_frame {
    /// One more than that of the commit before.
    std::int64_t sequence = 0;
    std::string_view payload;
};

/// Bytes that a frame with this payload takes: whole blocks.
[[nodiscard]] std::size_t frame_bytes(std::size_t payload) noexcept;

/// Memory that begins where a block does, for one frame after the other.
class frame_buffer {
  public:
    /// The frame's bytes, valid until the next call. `salt` tells the log of one opening of one database from all others.
    [[nodiscard]] std::string_view fill(std::int64_t salt, const log_frame& frame);

  private:
    struct release {
        void operator()(char* memory) const noexcept;
    };
    std::unique_ptr<char, release> memory_;
    std::size_t capacity_ = 0;
};

/// All whole frames of the salt that lie in the bytes, in the order of their places; they may be of more than one time
/// around. What is torn, damaged or of another log is passed over. The payloads point into `bytes`, which may be anybody's.
[[nodiscard]] std::vector<log_frame> find_frames(std::string_view bytes, std::int64_t salt);

}  // namespace perdure::history::sqlite
