// Schemas accept what the codec writes, for every kind of type, and refuse what it would refuse.

#include "api/json_schema.hpp"

#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>

#include "api/payload_schema.hpp"
#include "tests/unit/api/described.hpp"
#include "tests/unit/api/schema_check.hpp"

namespace shop {

enum class stage { received, charged };
BOOST_DESCRIBE_ENUM(stage, received, charged)

struct line {
    std::string sku;
    std::int32_t quantity = 1;
};
BOOST_DESCRIBE_STRUCT(line, (), (sku, quantity))

template <class T>
struct page {
    std::vector<T> items;
};
BOOST_DESCRIBE_STRUCT(page<line>, (), (items))

struct picture {};

}  // namespace shop

template <>
struct perdure::codec<shop::picture> {
    static raw_payload encode(const shop::picture&) { return {"image/png", "...", {}}; }
    static shop::picture decode(const raw_payload&) { return {}; }
};

namespace {

using nlohmann::json;
using perdure::json_value;
using perdure::schema_set;

struct everything {
    std::string id = "o-1";
    bool paid = false;
    std::vector<shop::line> lines{{"a", 1}, {"b", -2}};
    shop::stage at = shop::stage::charged;
    std::optional<shop::line> gift;
    std::optional<std::string> note = "x";
    std::map<std::string, double> rates{{"eur", 1.5}};
    std::chrono::milliseconds patience{1500};
    std::chrono::sys_time<std::chrono::milliseconds> due{};
    std::variant<std::monostate, int, std::string, card> paid_by = card{"4111"};
    std::pair<bool, std::uint8_t> flags{true, 255};
    std::array<int, 2> corner{1, 2};
    std::tuple<> nothing;
    std::vector<std::byte> blob{std::byte{0}, std::byte{255}};
    money price{1999};
    std::set<int> rooms{1, 2};
    json any = {{"a", 1}};
    tree family{1, {{2, {}}}};
    shop::page<shop::line> page{{{"c", 3}}};
    std::int64_t least = std::numeric_limits<std::int64_t>::min();
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    std::int16_t small = -32768;
};
BOOST_DESCRIBE_STRUCT(everything, (),
                      (id, paid, lines, at, gift, note, rates, patience, due, paid_by, flags, corner, nothing, blob, price, rooms,
                       any, family, page, least, most, small))

json as_json(const json_value& value) { return json::parse(perdure::write_json(value)); }
json as_json(const perdure::schema_node& schema) { return as_json(schema.json()); }

template <class T>
json schema_for(schema_set& set) {
    return as_json(perdure::detail::schema_of<T>(set));
}

template <class T>
std::string trouble(const json& value) {
    schema_set set;
    const json schema = schema_for<T>(set);
    return perdure::schema_trouble(value, schema, as_json(set.definitions()));
}

TEST(JsonSchema, AcceptsWhatTheCodecWrites) {
    everything given;
    const auto fits = [&] {
        const std::string text = perdure::to_json_text(given);
        EXPECT_EQ(trouble<everything>(json::parse(text)), "");
        EXPECT_EQ(perdure::to_json_text(perdure::from_json_text<everything>(text)), text);
    };
    fits();
    given.gift = {"g", 1};
    given.note.reset();
    given.rates.clear();
    for (const auto& paid_by : {decltype(given.paid_by)(), decltype(given.paid_by)(7), decltype(given.paid_by)("cash")}) {
        given.paid_by = paid_by;
        fits();
    }
}

TEST(JsonSchema, RefusesWhatTheCodecRefuses) {
    const json good = json::parse(perdure::to_json_text(everything()));
    const std::map<std::string, json> wrong{{"id", 7},
                                            {"paid", "yes"},
                                            {"lines", {{{"quantity", 1}}}},
                                            {"at", "eaten"},
                                            {"gift", 1},
                                            {"rates", "x"},
                                            {"patience", 5},
                                            {"paid_by", {{"type", "gold"}}},
                                            {"flags", {true, 256}},
                                            {"corner", {1}},
                                            {"nothing", {1}},
                                            {"family", json{}},
                                            {"small", 40000},
                                            {"most", -1},
                                            {"least", 1.5}};
    for (const auto& [member, value] : wrong) {
        json bad = good;
        bad[member] = value;
        EXPECT_NE(trouble<everything>(bad), "") << member;
    }
}

TEST(JsonSchema, OnlyOptionalMembersMayBeMissing) {
    schema_set set;
    EXPECT_EQ(schema_for<everything>(set)["$ref"], "#/$defs/everything");
    const json required = as_json(set.definitions())["everything"]["required"];
    EXPECT_EQ(required.size(), 20U);
    for (const char* optional : {"gift", "note"}) EXPECT_EQ(std::ranges::find(required, optional), required.end());
}

TEST(JsonSchema, NamedTypesStandOnceAndMayContainThemselves) {
    schema_set set;
    static_cast<void>(schema_for<everything>(set));
    static_cast<void>(schema_for<std::vector<shop::line>>(set));
    const json definitions = as_json(set.definitions());
    std::string names;
    for (const auto& [name, schema] : definitions.items()) names += name + " ";
    EXPECT_EQ(names, "card everything shop.line shop.page-shop.line shop.stage tree ");
    EXPECT_EQ(definitions["tree"]["properties"]["branches"]["items"]["$ref"], "#/$defs/tree");
    EXPECT_EQ(definitions["shop.stage"], json::parse(R"({"type":"string","enum":["received","charged"]})"));
}

TEST(JsonSchema, TwoTypesOfOneNameAreToldApart) {
    schema_set set;
    const auto make = [] { return perdure::detail::plain_schema("string"); };
    const int one = 0;
    const int other = 0;
    EXPECT_EQ(as_json(set.refer(&one, "(anonymous namespace)::id", make))["$ref"], "#/$defs/id");
    EXPECT_EQ(as_json(set.refer(&other, "(anonymous namespace)::id", make))["$ref"], "#/$defs/id-2");
    EXPECT_EQ(as_json(set.refer(&one, "(anonymous namespace)::id", make))["$ref"], "#/$defs/id");
}

TEST(JsonSchema, SaysHowTextsAreToBeRead) {
    schema_set set;
    EXPECT_EQ(schema_for<std::chrono::milliseconds>(set)["format"], "duration");
    EXPECT_EQ(schema_for<std::chrono::sys_seconds>(set)["format"], "date-time");
    EXPECT_EQ(schema_for<std::vector<std::byte>>(set)["contentEncoding"], "base64");
    EXPECT_EQ(schema_for<std::uint8_t>(set), json::parse(R"({"type":"integer","minimum":0,"maximum":255})"));
    EXPECT_EQ(schema_for<std::set<int>>(set)["uniqueItems"], true);
    EXPECT_EQ(schema_for<json>(set), json::object());
    EXPECT_EQ(schema_for<money>(set).size(), 1U);
    EXPECT_TRUE(schema_for<money>(set).contains("title"));
}

TEST(JsonSchema, PayloadsThatAreNoJsonHaveNoShape) {
    schema_set set;
    const auto of = [&]<class T>(std::type_identity<T>) { return as_json(perdure::detail::payload_schema<T>(set)); };
    EXPECT_EQ(of(std::type_identity<void>()), nullptr);
    EXPECT_EQ(of(std::type_identity<shop::picture>()), json::parse(R"({"title":"shop::picture"})"));
    EXPECT_EQ(of(std::type_identity<perdure::arguments>()).size(), 1U);
    EXPECT_EQ(of(std::type_identity<std::vector<std::byte>>())["type"], "string");
    EXPECT_EQ(of(std::type_identity<shop::line>())["$ref"], "#/$defs/shop.line");
}

}  // namespace
