#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>
#include <vector>

namespace perdure::detail {

/// The memory of one run: coroutine frames, slots, queues. Grows by chunks, reuses freed blocks by size class, gives everything
/// back when it is destroyed. Used by one thread at a time.
class arena final : public std::pmr::memory_resource {
  public:
    arena() = default;
    ~arena() override;
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;

    /// Bytes taken from the heap.
    [[nodiscard]] std::size_t bytes_reserved() const noexcept { return reserved_; }

    /// Bytes handed out and not returned.
    [[nodiscard]] std::size_t bytes_in_use() const noexcept { return in_use_; }

  private:
    struct free_block {
        free_block* next;
    };
    struct chunk {
        std::byte* memory;
        std::size_t size;
    };

    static constexpr std::size_t granule = 64;
    static constexpr std::size_t classes = 64;  // blocks of up to 4 KiB are pooled
    static constexpr std::size_t first_chunk = 4096;
    static constexpr std::size_t largest_chunk = 64 * 1024;

    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override;
    [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }
    void* carve(std::size_t bytes);

    std::array<free_block*, classes + 1> free_{};
    std::vector<chunk> chunks_;
    std::byte* next_ = nullptr;
    std::byte* end_ = nullptr;
    std::size_t next_chunk_ = first_chunk;
    std::size_t reserved_ = 0;
    std::size_t in_use_ = 0;
};

}  // namespace perdure::detail
