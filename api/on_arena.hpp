#pragma once

#include <google/protobuf/arena.h>

#include <algorithm>
#include <cstddef>
#include <memory>

namespace perdure {

/// A message for `ParseFrom...` whose parts share one arena: they come without an allocation each, and go all at once, when the
/// last pointer into the message goes. `expected_bytes` is the size of what will be parsed.
///
/// A part may be held by itself: `std::shared_ptr<Part>(whole, &part)`. It keeps the whole message in memory.
template <class Message>
[[nodiscard]] std::shared_ptr<Message> make_on_arena(std::size_t expected_bytes) {
    struct block {
        explicit block(const google::protobuf::ArenaOptions& how) : arena(how) {}
        google::protobuf::Arena arena;
    };
    constexpr std::size_t smallest_block = 1024;
    constexpr std::size_t largest_block = 64UL * 1024;
    google::protobuf::ArenaOptions how;
    // Messages in memory are about twice as large as on the wire. The arena puts what it has to destroy at the end of a block, so
    // that must be a place for pointers.
    how.start_block_size = std::clamp(expected_bytes * 2, smallest_block, largest_block) / alignof(void*) * alignof(void*);
    how.max_block_size = largest_block;
    auto made = std::make_shared<block>(how);
    auto* message = google::protobuf::Arena::CreateMessage<Message>(&made->arena);
    return std::shared_ptr<Message>(std::move(made), message);
}

}  // namespace perdure
