#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "perdure/client.hpp"
#include "sdk/client/http_failure.hpp"
#include "sdk/client/server_list.hpp"

namespace perdure::detail {
namespace {

using ::testing::HasSubstr;

TEST(Address, TakesHostAndPortWithOrWithoutAScheme) {
    EXPECT_EQ(http_address::parse("http://server:7243")->text(), "server:7243");
    EXPECT_EQ(http_address::parse("server:80/")->text(), "server:80");
    EXPECT_EQ(http_address::parse("server")->text(), "server:7243");
    EXPECT_EQ(http_address::parse("http://[::1]:9000")->host, "::1");
    EXPECT_EQ(http_address::parse("http://[::1]:9000")->port, "9000");
    EXPECT_EQ(http_address::parse("http://[::1]:9000")->text(), "[::1]:9000");
    EXPECT_EQ(http_address::parse("::1")->text(), "[::1]:7243");
}

TEST(Address, RefusesWhatIsNoneAndSaysWhatToWrite) {
    for (const char* text :
         {"", "https://server:1", "http://server:port", "http://server:70000", "http://server/path", "server:"}) {
        const auto parsed = http_address::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, status_code::invalid_argument);
        EXPECT_THAT(parsed.error().message, HasSubstr("http://host:port"));
    }
    EXPECT_THROW((void)client::connect({.target = "ftp://x"}), service_error);
}

TEST(Address, OfSeveralServersStandBetweenCommas) {
    const auto servers = server_list::parse("http://one:1, two:2/,three");
    ASSERT_TRUE(servers) << servers.error().message;
    EXPECT_EQ((*servers)->text(), "http://one:1,http://two:2,http://three:7243");
    for (const char* text : {"one:1,", ",one:1", "one:1,,two:2", "one:1,https://two"}) {
        const auto parsed = server_list::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, status_code::invalid_argument);
    }
}

TEST(Address, IsLeftOnceHoweverManyFoundItUseless) {
    server_list servers(std::vector<http_address>{{"a", "1"}, {"b", "2"}, {"c", "3"}});
    servers.move_on(0);
    servers.move_on(0);
    EXPECT_EQ(servers.current(), 1U);
    servers.move_on(1);
    servers.move_on(2);
    EXPECT_EQ(servers.current(), 0U);
}

TEST(Endpoint, TakesWhatTheEnvironmentSays) {
    ::setenv("PERDURE_ADDRESS", "http://elsewhere:1", 1);
    ::setenv("PERDURE_NAMESPACE", "shop", 1);
    EXPECT_EQ(endpoint::from_env().target, "http://elsewhere:1");
    EXPECT_EQ(endpoint::from_env().space, "shop");
    ::unsetenv("PERDURE_ADDRESS");
    ::unsetenv("PERDURE_NAMESPACE");
    EXPECT_EQ(endpoint::from_env().target, "http://127.0.0.1:7243");
    EXPECT_EQ(endpoint::from_env().space, "default");
}

TEST(Refusals, AreReadFromTemporalsErrorJson) {
    const auto failure = read_failure(
        409, R"({"code":6,"message":"workflow o-1 is running","details":[{"@type":"x","startRequestId":"a","runId":"run-7"}]})");
    EXPECT_EQ(failure.code, status_code::already_exists);
    EXPECT_EQ(failure.message, "workflow o-1 is running");
    EXPECT_EQ(failure.run_id, "run-7");
}

TEST(Refusals, OfSomethingElseThanAServerKeepTheirStatus) {
    EXPECT_EQ(read_failure(503, "<html>").code, status_code::unavailable);
    EXPECT_EQ(read_failure(404, "").code, status_code::not_found);
    EXPECT_THAT(read_failure(418, "[]").message, HasSubstr("418"));
}

}  // namespace
}  // namespace perdure::detail
