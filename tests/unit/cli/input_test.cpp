#include "cli/input.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "cli/exit_code.hpp"

namespace perdure::cli {
namespace {

using std::chrono::milliseconds;

std::string refusal(const std::function<void()>& act) {
    try {
        act();
    } catch (const command_error& error) {
        return error.what();
    }
    return {};
}

TEST(parse_duration, reads_numbers_with_units) {
    EXPECT_EQ(parse_duration("--x", "500ms"), milliseconds(500));
    EXPECT_EQ(parse_duration("--x", "1.5s"), milliseconds(1'500));
    EXPECT_EQ(parse_duration("--x", "1h30m"), milliseconds(5'400'000));
    EXPECT_EQ(parse_duration("--x", "2d"), milliseconds(172'800'000));
}

TEST(parse_duration, refuses_the_rest_and_names_the_flag) {
    for (const char* text : {"", "10", "s", "-5s", "1y", "1e9s", "nan", "10 s"}) {
        const auto message = refusal([&] { static_cast<void>(parse_duration("--run-timeout", text)); });
        EXPECT_NE(message.find("--run-timeout"), std::string::npos) << text << ": " << message;
    }
    EXPECT_NE(refusal([] { static_cast<void>(parse_duration("--x", "9999999d")); }), "");
}

TEST(build_payloads, each_input_is_a_json_payload) {
    const auto payloads = build_payloads({.input = {"{\"a\":1}", "2"}});
    ASSERT_EQ(payloads.payloads_size(), 2);
    EXPECT_EQ(payloads.payloads(0).metadata().at("encoding"), "json/plain");
    EXPECT_EQ(payloads.payloads(1).data(), "2");
}

TEST(build_payloads, bad_json_is_one_sentence_with_the_remedy) {
    const auto message = refusal([] { static_cast<void>(build_payloads({.input = {"hello"}})); });
    EXPECT_NE(message.find("--input is not JSON"), std::string::npos);
    EXPECT_NE(message.find("'\"hello\"'"), std::string::npos);
    EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(build_payloads, another_encoding_is_not_checked_as_json) {
    const auto payloads = build_payloads({.input = {"aGk="}, .metadata = {"encoding=binary/plain"}, .base64 = true});
    EXPECT_EQ(payloads.payloads(0).metadata().at("encoding"), "binary/plain");
    EXPECT_EQ(payloads.payloads(0).data(), "hi");
}

TEST(build_payloads, input_and_file_cannot_be_combined) {
    EXPECT_NE(refusal([] { static_cast<void>(build_payloads({.input = {"1"}, .files = {"x"}})); }), "");
}

TEST(build_payloads, a_missing_file_is_not_found) {
    try {
        static_cast<void>(build_payloads({.files = {"/nowhere/order.json"}}));
        FAIL();
    } catch (const command_error& error) {
        EXPECT_EQ(error.code(), exit_code::not_found);
    }
}

TEST(build_payloads, metadata_needs_a_key_and_no_more_values_than_inputs) {
    EXPECT_NE(refusal([] { static_cast<void>(build_payloads({.input = {"1"}, .metadata = {"x"}})); }), "");
    EXPECT_NE(refusal([] { static_cast<void>(build_payloads({.input = {"1"}, .metadata = {"x=1", "x=2"}})); }), "");
}

TEST(key_values, reads_json_by_key) {
    const auto values = key_values("--memo", {"customer=\"Ada\"", "cents=5"});
    EXPECT_EQ(values.at("customer").data(), "\"Ada\"");
    EXPECT_EQ(values.at("cents").data(), "5");
    EXPECT_NE(refusal([] { static_cast<void>(key_values("--memo", {"customer=Ada"})); }).find("--memo customer"),
              std::string::npos);
    EXPECT_NE(refusal([] { static_cast<void>(key_values("--memo", {"=1"})); }), "");
}

}  // namespace
}  // namespace perdure::cli
