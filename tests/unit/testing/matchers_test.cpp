#include "order_flow.hpp"

namespace shop {
namespace {

using perdure::test::equals;
using ::testing::Not;

struct Basket {
    std::string owner;
    std::vector<int> amounts;
};
BOOST_DESCRIBE_STRUCT(Basket, (), (owner, amounts))

TEST(Matchers, EqualsComparesMemberByMemberAndNamesWhatDiffers) {
    const Basket expected{.owner = "ann", .amounts = {1, 2}};
    EXPECT_THAT((Basket{.owner = "ann", .amounts = {1, 2}}), equals(expected));
    EXPECT_THAT((Basket{.owner = "bob", .amounts = {1, 2}}), Not(equals(expected)));
    ::testing::StringMatchResultListener told;
    EXPECT_FALSE(::testing::ExplainMatchResult(equals(expected), Basket{.owner = "bob", .amounts = {1, 3, 4}}, &told));
    EXPECT_EQ(told.str(),
              "which differs:\n"
              "owner: expected \"ann\", got \"bob\"\n"
              "amounts: expected 2 elements, got 3\n"
              "amounts[1]: expected 2, got 3\n");
}

}  // namespace
}  // namespace shop
