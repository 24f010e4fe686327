#include "history_service/store/sqlite/log_frame.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>

#include "history_service/store/blob.hpp"
#include "history_service/store/little_endian.hpp"

namespace perdure::history::sqlite {
namespace {

constexpr std::array<char, 4> mark{'P', 'd', 'L', '1'};

// Mark, checksum of all that follows, salt, sequence, length of the payload.
constexpr std::size_t checksum_at = 4;
constexpr std::size_t salt_at = 8;
constexpr std::size_t sequence_at = 16;
constexpr std::size_t length_at = 24;
constexpr std::size_t header_bytes = 32;

std::optional<log_frame> frame_at(std::string_view bytes, std::int64_t salt) {
    if (bytes.size() < header_bytes || std::memcmp(bytes.data(), mark.data(), mark.size()) != 0) return std::nullopt;
    if (get_little_endian<std::int64_t>(bytes.data() + salt_at) != salt) return std::nullopt;
    const auto length = get_little_endian<std::uint64_t>(bytes.data() + length_at);
    if (length > bytes.size() - header_bytes) return std::nullopt;
    const std::string_view sealed = bytes.substr(salt_at, header_bytes - salt_at + length);
    if (crc32c(sealed) != get_little_endian<std::uint32_t>(bytes.data() + checksum_at)) return std::nullopt;
    return log_frame{get_little_endian<std::int64_t>(bytes.data() + sequence_at), bytes.substr(header_bytes, length)};
}

}  // namespace

std::size_t frame_bytes(std::size_t payload) noexcept { return (header_bytes + payload + log_block - 1) / log_block * log_block; }

void frame_buffer::release::operator()(char* memory) const noexcept { std::free(memory); }

std::string_view frame_buffer::fill(std::int64_t salt, const log_frame& frame) {
    const std::size_t size = frame_bytes(frame.payload.size());
    if (size > capacity_) {
        memory_.reset(static_cast<char*>(std::aligned_alloc(log_block, size)));
        if (!memory_) throw std::bad_alloc();
        capacity_ = size;
    }
    char* const to = memory_.get();
    const std::size_t used = header_bytes + frame.payload.size();
    std::memcpy(to, mark.data(), mark.size());
    put_little_endian(to + salt_at, salt);
    put_little_endian(to + sequence_at, frame.sequence);
    put_little_endian(to + length_at, std::uint64_t{frame.payload.size()});
    if (!frame.payload.empty()) std::memcpy(to + header_bytes, frame.payload.data(), frame.payload.size());
    std::memset(to + used, 0, size - used);
    put_little_endian(to + checksum_at, crc32c({to + salt_at, used - salt_at}));
    return {to, size};
}

std::vector<log_frame> find_frames(std::string_view bytes, std::int64_t salt) {
    std::vector<log_frame> found;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto frame = frame_at(bytes.substr(at), salt);
        if (frame) found.push_back(*frame);
        at += frame ? frame_bytes(frame->payload.size()) : log_block;
    }
    return found;
}

}  // namespace perdure::history::sqlite
