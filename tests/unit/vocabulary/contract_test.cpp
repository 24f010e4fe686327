#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <perdure/contract.hpp>
#include <type_traits>

namespace {

using namespace std::chrono_literals;

struct item {
    std::string sku;
    int count = 1;
};
BOOST_DESCRIBE_STRUCT(item, (), (sku, count))

inline constexpr perdure::activity<"stock.reserve", bool(item)> reserve{};
inline constexpr perdure::activity<"stock.release", void(item)> release{};
inline constexpr perdure::activity<"stock.sweep", int()> sweep{};

struct stock_flow : perdure::contract<stock_flow, "stock.flow", int(item)> {
    static constexpr signal<"added", item> added{};
    static constexpr signal<"stop"> stop{};
    static constexpr query<"left", int()> left{};
    static constexpr auto messages() { return perdure::list(added, stop, left); }
};

TEST(Contract, AnActivityCarriesItsNameAndTypesAndNothingElse) {
    EXPECT_EQ(reserve.name, "stock.reserve");
    static_assert(std::is_same_v<decltype(reserve)::input, item>);
    static_assert(std::is_same_v<decltype(reserve)::result, bool>);
    static_assert(std::is_void_v<decltype(release)::result>);
    static_assert(std::is_void_v<decltype(sweep)::input>);
    static_assert(std::is_empty_v<std::remove_cv_t<decltype(reserve)>>);
    static_assert(perdure::detail::any_activity<std::remove_cv_t<decltype(reserve)>>);
}

TEST(Contract, ActivitiesWithDifferentNamesAreDifferentTypes) {
    static_assert(!std::is_same_v<perdure::activity<"a", void()>, perdure::activity<"b", void()>>);
    static_assert(std::is_same_v<perdure::activity<"a", void()>, perdure::activity<"a", void()>>);
}

TEST(Contract, AnActivityCanCarryTheOptionsOfItsCalls) {
    constexpr auto quick = reserve.with(perdure::start_to_close(2s));
    EXPECT_EQ(quick.options.timeouts.start_to_close(), 2s);
    EXPECT_EQ(quick.name, "stock.reserve");
    static_assert(perdure::detail::any_activity<std::remove_cv_t<decltype(quick)>>);
}

TEST(Contract, MessagesKnowTheirOwnerAndKind) {
    static_assert(std::is_same_v<decltype(stock_flow::added)::owner, stock_flow>);
    static_assert(perdure::detail::any_signal<std::remove_cv_t<decltype(stock_flow::stop)>>);
    static_assert(perdure::detail::any_query<std::remove_cv_t<decltype(stock_flow::left)>>);
    static_assert(!perdure::detail::any_signal<std::remove_cv_t<decltype(stock_flow::left)>>);
    static_assert(std::is_void_v<decltype(stock_flow::stop)::input>);
    static_assert(perdure::detail::any_contract<stock_flow>);
    EXPECT_EQ(stock_flow::name, "stock.flow");
}

TEST(Contract, AListKnowsItsEntries) {
    using messages = decltype(stock_flow::messages());
    EXPECT_EQ(messages::size, 3U);
    EXPECT_EQ(messages::names[1], "stop");
    static_assert(messages::contains<std::remove_cv_t<decltype(stock_flow::left)>>);
    static_assert(!messages::contains<int>);
}

TEST(Contract, ADynamicActivityTakesAndGivesPayloads) {
    constexpr perdure::dynamic_activity named{"python.score"};
    EXPECT_EQ(named.name, "python.score");
    static_assert(perdure::detail::any_activity<perdure::dynamic_activity>);
}

}  // namespace
