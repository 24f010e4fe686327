#include <gtest/gtest.h>

#include "server/log/log.hpp"

namespace perdure::server {
namespace {

TEST(Log, FieldsAreKeysAndValues) {
    EXPECT_EQ(format_fields(log_format::logfmt, "request refused", {{"operation", "StartWorkflowExecution"}, {"code", 3}}),
              R"(msg="request refused" operation=StartWorkflowExecution code=3)");
    EXPECT_EQ(format_fields(log_format::json, "request refused", {{"id", "o-1"}, {"code", 3}, {"late", true}}),
              R"("msg":"request refused","id":"o-1","code":3,"late":true)");
}

TEST(Log, AValueFromOutsideCannotBreakTheLine) {
    EXPECT_EQ(format_fields(log_format::logfmt, "m", {{"id", "a b\"c\nlevel=error\x01"}}),
              R"(msg="m" id="a b\"c\nlevel=error\u0001")");
    EXPECT_EQ(format_fields(log_format::logfmt, "m", {{"id", ""}}), R"(msg="m" id="")");
}

TEST(Log, LevelsAreFoundByName) {
    EXPECT_EQ(parse_log_level("warn"), log_level::warn);
    EXPECT_EQ(parse_log_level("WARN"), std::nullopt);
    EXPECT_EQ(parse_log_format("json"), log_format::json);
}

TEST(Log, WhatIsBelowTheLevelIsNotWritten) {
    const logger log(log_level::warn);
    EXPECT_FALSE(log.enabled(log_level::info));
    EXPECT_TRUE(log.enabled(log_level::warn));
}

}  // namespace
}  // namespace perdure::server
