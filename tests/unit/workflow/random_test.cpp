#include "sdk/workflow/random.hpp"

#include <gtest/gtest.h>

#include <set>

#include "api/ids.hpp"

namespace perdure::detail {
namespace {

// These values are in histories: a change here breaks every workflow that drew a number.
TEST(Random, TheSequenceIsPinned) {
    run_random_source source("2f8f5a52-7c0f-4c39-9d4e-0a5a30a2d1f5");
    EXPECT_EQ(source.next(), 8051032135979421223U);
    EXPECT_EQ(source.uuid4("charge"), "afc66f24-9335-412d-befa-cb6d05f3fe5f");
}

TEST(Random, RunsDiffer) {
    run_random_source a("run-a");
    run_random_source b("run-b");
    EXPECT_NE(a.next(), b.next());
    EXPECT_NE(a.uuid4("x"), b.uuid4("x"));
}

TEST(Random, NamedStreamsDoNotDependOnOtherDraws) {
    run_random_source plain("seed");
    run_random_source busy("seed");
    static_cast<void>(busy.next());
    static_cast<void>(busy.uuid4("other"));
    EXPECT_EQ(plain.uuid4("charge"), busy.uuid4("charge"));
    EXPECT_EQ(plain.uuid4("charge"), busy.uuid4("charge")) << "the second of its name";
}

TEST(Random, UuidsAreDistinctAndWellFormed) {
    run_random_source source("seed");
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.insert(source.uuid4());
        seen.insert(source.uuid4("hold"));
        seen.insert(source.uuid4("charge"));
    }
    EXPECT_EQ(seen.size(), 3000U);
    for (const std::string& id : seen) EXPECT_TRUE(is_uuid(id)) << id;
}

}  // namespace
}  // namespace perdure::detail
