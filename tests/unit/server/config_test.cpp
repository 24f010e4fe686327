#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/config_file.hpp"

namespace perdure::server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Config, AFileOverridesTheDefaultsAndKeepsTheRest) {
    const auto read = parse_config(R"(
[server]
http_port = 8000
database = "orders.db"
namespaces = ["default", "shop"]
retention = "48h"
cache_bytes = "32MiB"
[log]
level = "warn"
format = "json"
[limits]
body_bytes = "8MiB"
connections = 50
idle_timeout = "2m"
waiting_requests = 500
waiting_requests_a_workflow = 20
waiting_bytes = "8MiB"
target_delay = "80ms"
)",
                                   "perdure.toml");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->http_port, 8000);
    EXPECT_EQ(read->store, (store_address{store_address::kind::sqlite, "orders.db"}));
    EXPECT_EQ(read->namespaces, (std::vector<std::string>{"default", "shop"}));
    EXPECT_EQ(read->retention, 48h);
    EXPECT_EQ(read->cache_bytes, 32U << 20U);
    EXPECT_EQ(read->level, log_level::warn);
    EXPECT_EQ(read->format, log_format::json);
    EXPECT_EQ(read->limits.body_bytes, 8U << 20U);
    EXPECT_EQ(read->limits.connections, 50U);
    EXPECT_EQ(read->limits.idle_timeout, 2min);
    EXPECT_EQ(read->limits.waiting_requests, 500U);
    EXPECT_EQ(read->limits.waiting_requests_a_workflow, 20U);
    EXPECT_EQ(read->limits.waiting_bytes, 8U << 20U);
    EXPECT_EQ(read->limits.target_delay, 80ms);
    EXPECT_EQ(read->address, "127.0.0.1");
    EXPECT_EQ(read->limits.header_timeout, connection_limits{}.header_timeout);
}

struct refused_line {
    const char* file;
    const char* message;
};

class ConfigRefusals : public testing::TestWithParam<refused_line> {};

TEST_P(ConfigRefusals, NameTheLineTheKeyAndTheRemedy) {
    const auto read = parse_config(GetParam().file, "perdure.toml");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, status_code::invalid_argument);
    EXPECT_THAT(read.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConfigRefusals,
    testing::Values(
        refused_line{"[server]\nhttp_prot = 1",
                     "perdure.toml:2: there is no setting \"server.http_prot\"; did you mean \"http_port\"?"},
        refused_line{"\n[limit]\nbody_bytes = 1", "perdure.toml:2: there is no section \"limit\"; did you mean \"limits\"?"},
        refused_line{"[log]\ncolour = 1", "known are: level format"},
        refused_line{"server = 3", "write [server] above its settings"},
        refused_line{"[server]\nhttp_port = \"7243\"", "perdure.toml:2: server.http_port: must be a port, 0 to 65535"},
        refused_line{"[server]\nhttp_port = 70000", "must be a port"},
        refused_line{"[server]\naddress = 1", "server.address: must be a string"},
        refused_line{"[limits]\n\nidle_timeout = 30", "perdure.toml:3: limits.idle_timeout: must be a duration in quotes"},
        refused_line{"[limits]\nidle_timeout = \"30\"", "\"30\" has no unit"},
        refused_line{"[limits]\nidle_timeout = \"-1s\"", "is negative"},
        refused_line{"[limits]\nidle_timeout = \"9223372036854775807d\"", "is too large"},
        refused_line{"[limits]\nbody_bytes = 0", "above zero"}, refused_line{"[limits]\nbody_bytes = \"4Mb\"", "unknown unit"},
        refused_line{"[limits]\nframe_bytes = \"127KiB\"", "limits.frame_bytes: must be at least 128KiB"},
        refused_line{"[server]\nlease = \"100ms\"", "server.lease: must be at least 500ms"},
        refused_line{"[log]\nlevel = \"loud\"", "log.level: must be trace, debug, info, warn, error or off"},
        refused_line{"[server]\nnamespaces = []", "server.namespaces: must be a list of strings"},
        refused_line{"[server]\nnamespaces = [1]", "server.namespaces: must be a list of strings"},
        refused_line{"[server\n", "perdure.toml:1: not TOML"}));

TEST(Config, AFileThatIsNotThereIsNamed) {
    const auto read = load_config("/nowhere/perdure.toml");
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("/nowhere/perdure.toml: cannot be read"));
}

TEST(Config, EveryKeyIsDescribed) {
    for (const config_key& key : config_keys()) EXPECT_FALSE(key.help.empty()) << key.key;
}

TEST(Config, ANameFarFromAllIsNotGuessed) { EXPECT_EQ(nearest_name("zzzzzz", {"http_port", "address"}), ""); }

}  // namespace
}  // namespace perdure::server
