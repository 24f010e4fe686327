#include "sdk/workflow/arena.hpp"

#include <algorithm>
#include <new>

#include "api/assert.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define PERDURE_ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PERDURE_ARENA_ASAN 1
#endif
#endif

#ifdef PERDURE_ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define PERDURE_ARENA_HIDE(memory, size) ASAN_POISON_MEMORY_REGION(memory, size)
#define PERDURE_ARENA_SHOW(memory, size) ASAN_UNPOISON_MEMORY_REGION(memory, size)
#else
#define PERDURE_ARENA_HIDE(memory, size) static_cast<void>(memory)
#define PERDURE_ARENA_SHOW(memory, size) static_cast<void>(memory)
#endif

namespace perdure::detail {
namespace {

constexpr std::align_val_t chunk_alignment{64};

}  // namespace

arena::~arena() {
    PERDURE_ASSERT(in_use_ == 0, "everything of a run is returned before its arena goes");
    for (const chunk& piece : chunks_) {
        PERDURE_ARENA_SHOW(piece.memory, piece.size);
        ::operator delete(piece.memory, piece.size, chunk_alignment);
    }
}

void* arena::do_allocate(std::size_t bytes, std::size_t alignment) {
    const std::size_t size_class = (std::max<std::size_t>(bytes, 1) + granule - 1) / granule;
    if (size_class > classes || alignment > granule) {
        void* memory = ::operator new(bytes, std::align_val_t{std::max(alignment, alignof(std::max_align_t))});
        reserved_ += bytes;
        in_use_ += bytes;
        return memory;
    }
    const std::size_t rounded = size_class * granule;
    if (free_block* block = free_[size_class]) {
        PERDURE_ARENA_SHOW(block, rounded);
        free_[size_class] = block->next;
        in_use_ += rounded;
        return block;
    }
    void* memory = carve(rounded);
    in_use_ += rounded;
    return memory;
}

void arena::do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) {
    const std::size_t size_class = (std::max<std::size_t>(bytes, 1) + granule - 1) / granule;
    if (size_class > classes || alignment > granule) {
        reserved_ -= bytes;
        in_use_ -= bytes;
        ::operator delete(memory, bytes, std::align_val_t{std::max(alignment, alignof(std::max_align_t))});
        return;
    }
    in_use_ -= size_class * granule;
    free_[size_class] = ::new (memory) free_block{free_[size_class]};
    PERDURE_ARENA_HIDE(memory, size_class * granule);
}

void* arena::carve(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - next_) < bytes) {
        // What is left of the old chunk is small change; it goes to the free lists, so that nothing is lost.
        while (end_ - next_ >= static_cast<std::ptrdiff_t>(granule)) {
            const std::size_t rest = std::min<std::size_t>(static_cast<std::size_t>(end_ - next_) / granule, classes);
            PERDURE_ARENA_SHOW(next_, rest * granule);
            free_[rest] = ::new (next_) free_block{free_[rest]};
            PERDURE_ARENA_HIDE(next_, rest * granule);
            next_ += rest * granule;
        }
        chunks_.reserve(chunks_.size() + 1);
        const std::size_t size = std::max(next_chunk_, bytes);
        next_ = static_cast<std::byte*>(::operator new(size, chunk_alignment));
        end_ = next_ + size;
        chunks_.push_back({next_, size});
        reserved_ += size;
        next_chunk_ = std::min(next_chunk_ * 2, largest_chunk);
        PERDURE_ARENA_HIDE(next_, size);
    }
    void* memory = next_;
    next_ += bytes;
    PERDURE_ARENA_SHOW(memory, bytes);
    return memory;
}

}  // namespace perdure::detail
