#include <gtest/gtest.h>

#include "sdk/workflow/arena.hpp"
#include "sdk/workflow/branches.hpp"
#include "sdk/workflow/commands.hpp"
#include "sdk/workflow/markers.hpp"
#include "sdk/workflow/scopes.hpp"
#include "sdk/workflow/slots.hpp"

// The tables of a run: scopes, branches, operations, commands, recorded values.

namespace perdure::detail {
namespace {

TEST(Scopes, AreCancelledFromAboveUpToAShield) {
    arena memory;
    {
        scope_tree tree(&memory);
        const auto outer = tree.open(0, 1);
        const auto inner = tree.open(outer, 2);
        const auto shield = tree.shield(inner, 0, 3);
        const auto below = tree.open(shield, 4);
        tree.at(outer).cancelled = true;
        tree.at(outer).reason = "why";
        ASSERT_NE(tree.cancelled_above(inner), nullptr);
        EXPECT_EQ(tree.cancelled_above(inner)->reason, "why");
        EXPECT_EQ(tree.cancelled_above(0), nullptr);
        EXPECT_EQ(tree.cancelled_above(shield), nullptr);
        EXPECT_EQ(tree.cancelled_above(below), nullptr);
        tree.at(below).cancelled = true;
        EXPECT_NE(tree.cancelled_above(below), nullptr) << "a scope inside a shield can be cancelled by itself";
        EXPECT_EQ(tree.shield_birth(below), 3U);
        EXPECT_EQ(tree.shield_birth(inner), 0U);
    }
}

TEST(Scopes, AShieldIsMadeOncePerPlace) {
    arena memory;
    {
        scope_tree tree(&memory);
        const auto first = tree.shield(0, 0, 1);
        EXPECT_EQ(tree.shield(0, 0, 2), first);
        EXPECT_NE(tree.shield(0, 1, 3), first) << "another branch may be younger than the first shield";
    }
}

TEST(Branches, LookUpToTheBranchThatStartedThemEvenIfItIsGone) {
    arena memory;
    {
        scope_tree scopes(&memory);
        branch_table table(&memory);
        static_cast<void>(table.add(branch_kind::main, 0, 0, nullptr));
        const auto parent = table.add(branch_kind::spawned, 0, 1, nullptr);
        const auto child = table.add(branch_kind::spawned, parent, 2, nullptr);
        table.at(parent).cancelled = true;
        table.at(parent).reason = "parent";
        const auto generation = table.at(parent).generation;
        table.release(parent);
        EXPECT_FALSE(table.alive(parent, generation));
        const auto other = table.add(branch_kind::spawned, 0, 3, nullptr);
        EXPECT_NE(other, parent) << "the row stays while it has children";
        ASSERT_NE(table.cancelled_above(child, 0, scopes), nullptr);
        EXPECT_EQ(*table.cancelled_above(child, 0, scopes), "parent");
        EXPECT_EQ(table.cancelled_above(child, 1, scopes), nullptr) << "a shield that is younger than the parent";
        table.release(child);
        EXPECT_EQ(table.add(branch_kind::spawned, 0, 4, nullptr), parent) << "now both rows are free again";
    }
}

TEST(Slots, AreReusedUnderAnotherGeneration) {
    arena memory;
    {
        slot_table table(&memory);
        const auto first = table.add(slot_kind::timer);
        const auto generation = table.at(first).generation;
        EXPECT_TRUE(table.alive(first, generation));
        table.release(first);
        EXPECT_FALSE(table.alive(first, generation));
        EXPECT_EQ(table.add(slot_kind::activity), first);
        EXPECT_FALSE(table.alive(first, generation));
        EXPECT_TRUE(table.alive(first, generation + 1));
    }
}

TEST(Slots, AreFoundInTheOrderOfTheirIssue) {
    arena memory;
    {
        slot_table table(&memory);
        const auto a = table.add(slot_kind::timer);
        const auto b = table.add(slot_kind::timer);
        table.release(a);
        const auto c = table.add(slot_kind::timer);
        EXPECT_EQ(c, a) << "reused";
        EXPECT_EQ(table.where([](const slot&) { return true; }), (std::vector<std::uint32_t>{b, c}));
    }
}

TEST(Commands, AreWithdrawnByKindAndOperation) {
    command_list list;
    command_entry start;
    start.type = 3;
    start.slot = 4;
    start.slot_generation = 1;
    list.add(std::move(start));
    EXPECT_FALSE(list.withdraw(6, 4, 1));
    EXPECT_FALSE(list.withdraw(3, 4, 2));
    EXPECT_EQ(list.entries().size(), 1U);
    EXPECT_TRUE(list.withdraw(3, 4, 1));
    EXPECT_TRUE(list.entries().empty());
}

TEST(Markers, AreTakenOnce) {
    marker_book book;
    book.recorded_side_effect(1, arguments{{raw_payload{.encoding = "json/plain", .data = "7"}}});
    arguments value;
    EXPECT_FALSE(book.take_side_effect(2, value));
    EXPECT_TRUE(book.take_side_effect(1, value));
    EXPECT_EQ(value.values[0].data, "7");
    EXPECT_FALSE(book.take_side_effect(1, value));
    EXPECT_EQ(book.next_mutable("a"), 1);
    EXPECT_EQ(book.next_mutable("b"), 1);
    EXPECT_EQ(book.next_mutable("a"), 2);
}

}  // namespace
}  // namespace perdure::detail
