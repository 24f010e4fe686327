#include "sdk/workflow/arena.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace perdure::detail {
namespace {

TEST(Arena, GivesFreedBlocksAgain) {
    arena memory;
    void* first = memory.allocate(200);
    memory.deallocate(first, 200);
    EXPECT_EQ(memory.allocate(250), first) << "the same class of sizes";
    memory.deallocate(first, 250);
    EXPECT_EQ(memory.bytes_in_use(), 0U);
}

TEST(Arena, CountsWhatItTakesFromTheHeap) {
    arena memory;
    EXPECT_EQ(memory.bytes_reserved(), 0U) << "an arena that is not used costs nothing";
    void* small = memory.allocate(1);
    EXPECT_EQ(memory.bytes_reserved(), 4096U);
    EXPECT_EQ(memory.bytes_in_use(), 64U);
    void* large = memory.allocate(100'000);
    EXPECT_EQ(memory.bytes_reserved(), 4096U + 100'000U);
    memory.deallocate(large, 100'000);
    EXPECT_EQ(memory.bytes_reserved(), 4096U) << "large blocks go back at once";
    memory.deallocate(small, 1);
}

TEST(Arena, AlignsEverything) {
    arena memory;
    void* coarse = memory.allocate(64, 256);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(coarse) % 256, 0U);
    void* fine = memory.allocate(3, 8);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(fine) % 64, 0U);
    memory.deallocate(coarse, 64, 256);
    memory.deallocate(fine, 3, 8);
}

TEST(Arena, BlocksNeverOverlap) {
    arena memory;
    std::mt19937 random(7);  // NOLINT: the same every time
    struct block {
        unsigned char* at;
        std::size_t size;
        unsigned char mark;
    };
    std::vector<block> blocks;
    for (int round = 0; round < 20'000; ++round) {
        if (blocks.size() < 100 || random() % 2 == 0) {
            const std::size_t size = 1 + random() % 5000;
            auto* at = static_cast<unsigned char*>(memory.allocate(size));
            const auto mark = static_cast<unsigned char>(random());
            std::memset(at, mark, size);
            blocks.push_back({at, size, mark});
        } else {
            const std::size_t which = random() % blocks.size();
            const block gone = blocks[which];
            for (std::size_t i = 0; i < gone.size; ++i) ASSERT_EQ(gone.at[i], gone.mark);
            memory.deallocate(gone.at, gone.size);
            blocks[which] = blocks.back();
            blocks.pop_back();
        }
    }
    const std::size_t reserved = memory.bytes_reserved();
    for (const block& left : blocks) memory.deallocate(left.at, left.size);
    EXPECT_EQ(memory.bytes_in_use(), 0U);
    EXPECT_LE(memory.bytes_reserved(), reserved);
}

TEST(ArenaDeathTest, RefusesToGoWhileSomethingLivesInIt) {
    EXPECT_DEATH(
        {
            arena memory;
            static_cast<void>(memory.allocate(10));
        },
        "everything of a run is returned");
}

}  // namespace
}  // namespace perdure::detail
