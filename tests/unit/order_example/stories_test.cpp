#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "demo/audit.hpp"
#include "demo/orders_file.hpp"

namespace shop::demo {
namespace {

TEST(Stories, TheFileCoversEveryPath) {
    const auto stories = read_stories(PERDURE_ORDERS_FILE);
    EXPECT_GE(stories.size(), 60U);
    std::set<std::string> abouts;
    std::size_t longest = 0;
    for (const Story& story : stories) {
        abouts.insert(story.about);
        longest = std::max(longest, story.order.lines.size());
    }
    EXPECT_EQ(longest, 500U);
    for (const char* path : {"happy", "out of stock", "flaky gateway", "insufficient funds", "fraud", "first channel down",
                             "shipment fails after payment", "approval granted", "approval refused", "nobody approves in time",
                             "cancelled while waiting", "duplicate order id", "non-ASCII throughout", "charged, then no answer"})
        EXPECT_TRUE(abouts.contains(path)) << path;
}

TEST(Stories, ABadLineIsNamed) {
    const std::string path = testing::TempDir() + "bad_orders.jsonl";
    std::ofstream(path) << R"({"order":{"id":"1"},"about":"x","expect":"shipped"})" << "\n{\"order\":\n";
    try {
        (void)read_stories(path);
        FAIL() << "a broken line was accepted";
    } catch (const std::exception& e) {
        EXPECT_THAT(e.what(), testing::HasSubstr(path + ":2: "));
    }
}

TEST(Audit, AcceptsOneOfEachForAShippedOrderAndNothingForAnother) {
    const std::map<std::string, Books> books{{"a", {.charges = 1, .holds = 1, .parcels = 1}},
                                             {"b", {.voided = 1, .released = 1}}};
    EXPECT_THAT(audit(books, {{"a", true}, {"b", false}, {"c", false}}), testing::IsEmpty());
}

TEST(Audit, FindsWhatIsDoubledLostOrNobodysOrder) {
    EXPECT_THAT(audit({{"a", {.charges = 2, .holds = 1, .parcels = 1}}}, {{"a", true}}),
                testing::ElementsAre("order a has 2 standing charges, not 1"));
    EXPECT_THAT(audit({}, {{"a", true}}), testing::SizeIs(3));
    EXPECT_THAT(audit({{"b", {.charges = 1}}}, {{"b", false}}), testing::SizeIs(1));
    EXPECT_THAT(audit({{"ghost", {}}}, {}), testing::SizeIs(1));
}

}  // namespace
}  // namespace shop::demo
