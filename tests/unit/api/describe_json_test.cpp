#include "api/describe_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/unit/api/described.hpp"

namespace {

using namespace std::chrono_literals;
using perdure::from_json_text;
using perdure::payload_error;
using perdure::to_json_text;
using testing::HasSubstr;

enum class stage { received, charged };
BOOST_DESCRIBE_ENUM(stage, received, charged)

struct line {
    std::string sku;
    std::int32_t quantity = 1;
};
BOOST_DESCRIBE_STRUCT(line, (), (sku, quantity))

struct order {
    std::string id = "none";
    std::vector<line> lines;
    stage at = stage::received;
    std::optional<std::string> note = "unset";
    std::map<std::string, double> rates;
    std::chrono::milliseconds patience = 5s;
    std::variant<std::monostate, int, card> paid_by;
    std::pair<bool, std::uint8_t> flags{true, 3};
    std::array<int, 2> corner{1, 2};
    std::vector<std::byte> blob;
    money price;
    std::chrono::sys_time<std::chrono::milliseconds> due{};
    std::set<int> rooms;
};
BOOST_DESCRIBE_STRUCT(order, (), (id, lines, at, note, rates, patience, paid_by, flags, corner, blob, price, due, rooms))

struct base {
    int below = 1;
};
BOOST_DESCRIBE_STRUCT(base, (), (below))
class derived : public base {
  public:
    [[nodiscard]] int hidden() const { return hidden_; }

  private:
    int hidden_ = 2;
    BOOST_DESCRIBE_CLASS(derived, (base), (), (), (hidden_))
};

TEST(DescribeJson, AValueOfEveryKindRoundTrips) {
    order given;
    given.id = "ö-2 \"x\"";
    given.lines = {{"a", 2}, {"b", -3}};
    given.at = stage::charged;
    given.note.reset();
    given.rates = {{"eur", 1.25}, {"漢", 1e-9}};
    given.patience = 72h + 1ms;
    given.paid_by = card{"4111"};
    given.flags = {false, 255};
    given.blob = {std::byte{0}, std::byte{255}};
    given.price = {1999};
    given.due = std::chrono::sys_time<std::chrono::milliseconds>(1'700'000'000'123ms);
    given.rooms = {3, 1};
    const std::string text = to_json_text(given);
    EXPECT_EQ(
        text,
        "{\"id\":\"ö-2 \\\"x\\\"\",\"lines\":[{\"sku\":\"a\",\"quantity\":2},{\"sku\":\"b\",\"quantity\":-3}],\"at\":\"charged\","
        "\"note\":null,\"rates\":{\"eur\":1.25,\"漢\":1e-09},\"patience\":\"PT72H0.001S\",\"paid_by\":{\"type\":\"card\","
        "\"value\":{\"number\":\"4111\"}},\"flags\":[false,255],\"corner\":[1,2],\"blob\":\"AP8=\",\"price\":\"1999 ct\","
        "\"due\":\"2023-11-14T22:13:20.123Z\",\"rooms\":[1,3]}");
    EXPECT_EQ(to_json_text(from_json_text<order>(text)), text);
}

TEST(DescribeJson, MissingMembersKeepTheirInitialisers) {
    const auto read = from_json_text<order>(R"({"lines":[{"sku":"a"}]})");
    EXPECT_EQ(read.id, "none");
    EXPECT_EQ(read.lines.at(0).quantity, 1);
    EXPECT_EQ(read.note, "unset");
    EXPECT_EQ(read.patience, 5s);
    EXPECT_EQ(from_json_text<order>(R"({"note":null})").note, std::nullopt);
}

TEST(DescribeJson, UnknownMembersAreIgnoredAndCounted) {
    perdure::json_read_report report;
    const auto read = from_json_text<order>(R"({"id":"x","new":1,"lines":[{"sku":"a","colour":"red","size":3}]})", &report);
    EXPECT_EQ(read.id, "x");
    EXPECT_EQ(report.unknown_members, 3U);
}

TEST(DescribeJson, BasesAndPrivateMembersTravel) {
    EXPECT_EQ(to_json_text(derived()), R"({"below":1,"hidden_":2})");
    const auto read = from_json_text<derived>(R"({"below":7,"hidden_":8})");
    EXPECT_EQ(read.below, 7);
    EXPECT_EQ(read.hidden(), 8);
}

TEST(DescribeJson, ATypeMayContainItself) {
    const tree given{1, {{2, {}}, {3, {{4, {}}}}}};
    EXPECT_EQ(to_json_text(from_json_text<tree>(to_json_text(given))), to_json_text(given));
}

TEST(DescribeJson, NlohmannsOwnTypeIsAValueToo) {
    const nlohmann::json any = {{"a", {1, 2}}};
    EXPECT_EQ(from_json_text<nlohmann::json>(to_json_text(any)), any);
}

template <class T>
std::string error_of(std::string_view text) {
    try {
        (void)from_json_text<T>(text);
        return "none";
    } catch (const payload_error& e) {
        return e.what();
    }
}

TEST(DescribeJson, WhatDoesNotFitNamesTheMemberAndBothTypes) {
    EXPECT_EQ(error_of<order>(R"({"lines":[{"sku":"a"},{"quantity":"two"}]})"),
              "member \"lines[1].quantity\" should be int, but the payload has the text \"two\"");
    EXPECT_THAT(error_of<order>(R"({"lines":[{"quantity":3000000000}]})"), HasSubstr("the number 3000000000: it does not fit"));
    EXPECT_THAT(error_of<order>(R"({"flags":[true,256]})"), HasSubstr("\"flags[1]\" should be unsigned char"));
    EXPECT_THAT(error_of<order>(R"({"flags":[true]})"), HasSubstr("2 items are needed, not 1"));
    EXPECT_THAT(error_of<order>(R"({"at":"eaten"})"), HasSubstr("the text \"eaten\": it has no enumerator of that name"));
    EXPECT_THAT(error_of<order>(R"({"patience":"5s"})"), HasSubstr("write an ISO 8601 duration"));
    EXPECT_THAT(error_of<order>(R"({"patience":"PT0.0001S"})"), HasSubstr("finer than the unit"));
    EXPECT_THAT(error_of<order>(R"({"paid_by":{"type":"gold"}})"), HasSubstr("\"paid_by.type\""));
    EXPECT_THAT(error_of<order>(R"({"paid_by":7})"), HasSubstr("an object is needed"));
    EXPECT_THAT(error_of<order>(R"({"rates":{"eur":"x"}})"), HasSubstr("\"rates.eur\" should be double"));
    EXPECT_THAT(error_of<order>(R"({"blob":"!"})"), HasSubstr("not base64"));
    EXPECT_THAT(error_of<order>(R"({"price":7})"), HasSubstr("member \"price\""));
    EXPECT_THAT(error_of<order>(R"([])"), HasSubstr("the value should be"));
    EXPECT_THAT(error_of<order>("{"), HasSubstr("cannot be read as"));
    EXPECT_THAT(error_of<bool>("1"), HasSubstr("should be bool, but the payload has the number 1"));
    EXPECT_THAT(error_of<unsigned>("-1"), HasSubstr("it does not fit"));
    EXPECT_THAT(error_of<int>("1.5"), HasSubstr("should be int"));
}

TEST(DescribeJson, AnErrorKnowsItsMember) {
    try {
        (void)from_json_text<order>(R"({"lines":[{"quantity":true}]})");
        FAIL();
    } catch (const payload_error& e) {
        EXPECT_EQ(e.member(), "lines[0].quantity");
    }
}

TEST(DescribeJson, WhatJsonCannotHoldNamesTheMember) {
    order bad;
    bad.rates["x"] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW((void)to_json_text(bad), payload_error);
    bad.rates.clear();
    bad.lines = {{"\xFF", 1}};
    try {
        (void)to_json_text(bad);
        FAIL();
    } catch (const payload_error& e) {
        EXPECT_EQ(e.member(), "lines.sku");
        EXPECT_THAT(e.what(), testing::StartsWith("member \"lines.sku\": a text is not valid UTF-8"));
    }
    EXPECT_THROW((void)to_json_text(static_cast<stage>(9)), payload_error);
    EXPECT_THROW((void)to_json_text(std::chrono::hours::max()), payload_error);
}

TEST(DescribeJson, NumbersOfTheWidestTypesRoundTrip) {
    const auto same = [](auto value) { EXPECT_EQ(from_json_text<decltype(value)>(to_json_text(value)), value); };
    same(std::numeric_limits<std::int64_t>::min());
    same(std::numeric_limits<std::int64_t>::max());
    same(std::numeric_limits<std::uint64_t>::max());
    same(std::numeric_limits<double>::denorm_min());
    same(std::numeric_limits<double>::max());
    same(0.1F);
    EXPECT_EQ(from_json_text<int>("1e3"), 1000);
}

TEST(DescribeJson, EnumeratorsHaveTheirNames) {
    EXPECT_EQ(perdure::to_text(stage::charged), "charged");
    EXPECT_EQ(perdure::to_text(static_cast<stage>(9)), "");
}

struct undescribed {};
struct pointing {
    int* at = nullptr;
};
BOOST_DESCRIBE_STRUCT(pointing, (), (at))
enum class undescribed_enum { a };

TEST(DescribeJson, TypesWithoutAJsonFormAreKnownAtCompileTime) {
    using perdure::detail::jsonable;
    static_assert(jsonable<order> && jsonable<tree> && jsonable<std::vector<std::optional<line>>>);
    static_assert(!jsonable<undescribed> && !jsonable<pointing> && !jsonable<undescribed_enum>);
    static_assert(!jsonable<int*> && !jsonable<const char*> && !jsonable<std::string_view>);
    static_assert(!jsonable<std::map<int, int>> && !jsonable<std::map<double, int>>);
    static_assert(!jsonable<std::chrono::duration<double>>);
    static_assert(!jsonable<std::variant<int, long>>, "two alternatives with one tag");
    static_assert(!jsonable<std::variant<int, line>>, "an alternative without a tag");
}

}  // namespace
