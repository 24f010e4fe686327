#include "sdk/workflow/debug_layout.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "perdure/detail/workflow_type.hpp"
#include "perdure/saga.hpp"
#include "sdk/workflow/run.hpp"

// The table that the debugger's scripts read, against the structures that it describes.

namespace perdure::detail {
namespace {

std::uint64_t entry(const std::string& name) {
    for (const perdure_debug_field* at = perdure_debug_layout; at->name != nullptr; ++at)
        if (name == at->name) return at->value;
    ADD_FAILURE() << "the table lacks " << name;
    return 0;
}

const char* inside(const void* base, std::uint64_t offset) { return static_cast<const char*>(base) + offset; }

template <class T>
T load(const void* base, std::uint64_t offset) {
    T value;
    std::memcpy(&value, inside(base, offset), sizeof(T));
    return value;
}

std::string text_at(const void* base, const std::string& name) {
    const char* place = inside(base, entry(name));
    return {load<const char*>(place, 0), load<std::size_t>(place, 8)};
}

TEST(DebugLayout, NamesAreUniqueAndTheVersionComesFirst) {
    ASSERT_STREQ(perdure_debug_layout[0].name, "version");
    EXPECT_EQ(perdure_debug_layout[0].value, perdure_debug_layout_version);
    std::map<std::string, int> seen;
    for (const perdure_debug_field* at = perdure_debug_layout; at->name != nullptr; ++at)
        EXPECT_EQ(++seen[at->name], 1) << at->name;
    EXPECT_GT(seen.size(), 80U);
}

TEST(DebugLayout, FindsWhatRowsHold) {
    slot row;
    row.name = "payment.charge";
    row.queue = "orders";
    row.kind = slot_kind::deadline;
    row.state = slot_state::failed;
    row.ordinal = 17;
    row.event_id = 23;
    row.at = {.file = "a.cpp", .function = "f", .line = 7};
    EXPECT_EQ(text_at(&row, "slot.name"), "payment.charge");
    EXPECT_EQ(text_at(&row, "slot.queue"), "orders");
    EXPECT_EQ(load<std::uint8_t>(&row, entry("slot.kind")), entry("slot_kind.deadline"));
    EXPECT_EQ(load<std::uint32_t>(&row, entry("slot.ordinal")), 17U);
    EXPECT_EQ(load<std::int64_t>(&row, entry("slot.event_id")), 23);
    EXPECT_EQ(load<std::uint32_t>(&row, entry("slot.at") + entry("site.line")), 7U);
    EXPECT_STREQ(load<const char*>(&row, entry("slot.at") + entry("site.file")), "a.cpp");

    const saga_entry undo{.key = "k", .activity = "a", .group = "g"};
    EXPECT_EQ(text_at(&undo, "saga_entry.key"), "k");
    EXPECT_EQ(text_at(&undo, "saga_entry.activity"), "a");
    EXPECT_EQ(text_at(&undo, "saga_entry.group"), "g");
}

// The scripts know how libstdc++ lays out its containers.
TEST(DebugLayout, TheContainersLookAsTheScriptsExpect) {
    const std::vector<int> numbers{1, 2, 3};
    EXPECT_EQ(load<const int*>(&numbers, 0), numbers.data());
    EXPECT_EQ(load<const int*>(&numbers, 8), numbers.data() + 3);

    arena memory;
    const std::pmr::vector<int> pooled({1, 2}, &memory);
    EXPECT_EQ(load<const int*>(&pooled, 8), pooled.data());
    EXPECT_EQ(load<const int*>(&pooled, 16), pooled.data() + 2);

    // {map, map size, start {cur, first, last, node}, finish {cur, ..}}: blocks of 512 bytes.
    std::deque<message> messages;
    for (int i = 0; i < 40; ++i) messages.push_back({.event_id = i});
    EXPECT_EQ(load<const message*>(&messages, 16), &messages.front());
    EXPECT_EQ(load<const char*>(&messages, 32) - load<const char*>(&messages, 24),
              static_cast<std::ptrdiff_t>(512 / sizeof(message) * sizeof(message)));
    EXPECT_EQ(load<const message*>(&messages, 48) - 1, &messages.back());
}

TEST(DebugLayout, LivingRunsAreListedTheNewestFirst) {
    workflow_type type;
    type.name = "Any";
    const void* const before = perdure_debug_runs;
    const auto make = [&](const char* id) { return std::make_unique<run>(type, workflow_info{.workflow_id = id}, "seed"); };
    auto a = make("a");
    auto b = make("b");
    auto c = make("c");
    const std::uint64_t older = entry("run.older");
    EXPECT_EQ(perdure_debug_runs, c.get());
    EXPECT_EQ(load<void*>(c.get(), older), b.get());
    b.reset();
    EXPECT_EQ(load<void*>(c.get(), older), a.get());
    EXPECT_EQ(load<const void*>(a.get(), older), before);
    EXPECT_EQ(text_at(inside(a.get(), entry("run.info")), "info.workflow_id"), "a");
    EXPECT_EQ(load<const void*>(a.get(), entry("run.type")), &type);
    const char* branches = inside(a.get(), entry("run.branches"));
    EXPECT_EQ(load<const char*>(branches, 16) - load<const char*>(branches, 8),
              static_cast<std::ptrdiff_t>(entry("branch.size")));
    c.reset();
    EXPECT_EQ(perdure_debug_runs, a.get());
    a.reset();
    EXPECT_EQ(perdure_debug_runs, before);
}

}  // namespace
}  // namespace perdure::detail
