#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace perdure::detail {

/// Protobuf's wire format, written from front to back. What fits into a few kilobytes costs no allocation.
class wire_buffer {
  public:
    wire_buffer() noexcept : at_(small_.data()), begin_(at_), end_(begin_ + small_.size()) {}
    wire_buffer(const wire_buffer&) = delete;
    wire_buffer& operator=(const wire_buffer&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
    [[nodiscard]] std::string_view bytes() const noexcept { return {begin_, size()}; }

    /// Where `size` bytes may be written; `advance` then says how many were.
    [[nodiscard]] char* room(std::size_t size) {
        if (static_cast<std::size_t>(end_ - at_) < size) grow(size);
        return at_;
    }
    void advance(std::size_t size) noexcept { at_ += size; }
    void truncate(std::size_t size) noexcept { at_ = begin_ + size; }

    void raw(std::string_view bytes) {
        if (bytes.empty()) return;
        std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
        advance(bytes.size());
    }

    void varint(std::uint64_t value) {
        char* const first = room(10);
        char* to = first;
        for (; value >= 0x80U; value >>= 7U) *to++ = static_cast<char>(value | 0x80U);
        *to++ = static_cast<char>(value);
        advance(static_cast<std::size_t>(to - first));
    }

    /// Begins something whose size comes before it; `close` writes that.
    [[nodiscard]] std::size_t open() {
        *room(1) = 0;
        advance(1);
        return size();
    }
    void close(std::size_t opened) {
        const std::size_t held = size() - opened;
        if (held < 0x80U) {
            begin_[opened - 1] = static_cast<char>(held);
            return;
        }
        std::size_t more = 0;  // bytes of the size beyond the one that was kept for it
        for (std::size_t rest = held >> 7U; rest != 0; rest >>= 7U) ++more;
        (void)room(more);
        std::memmove(begin_ + opened + more, begin_ + opened, held);
        char* to = begin_ + opened - 1;
        std::size_t rest = held;
        for (; rest >= 0x80U; rest >>= 7U) *to++ = static_cast<char>(rest | 0x80U);
        *to = static_cast<char>(rest);
        advance(more);
    }

  private:
    void grow(std::size_t size_needed) {
        const std::size_t used = size();
        const std::size_t wanted = std::max(used + size_needed, 2 * static_cast<std::size_t>(end_ - begin_));
        auto larger = std::make_unique_for_overwrite<char[]>(wanted);
        std::memcpy(larger.get(), begin_, used);
        large_ = std::move(larger);
        begin_ = large_.get();
        at_ = begin_ + used;
        end_ = begin_ + wanted;
    }

    std::array<char, 4096> small_;  // written before it is read
    std::unique_ptr<char[]> large_;
    char* at_;
    char* begin_;
    char* end_;
};

}  // namespace perdure::detail
