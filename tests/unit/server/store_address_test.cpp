#include "server/config/store_address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/config_file.hpp"

namespace perdure::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using kind = store_address::kind;

TEST(StoreAddress, NamesTheThreeStores) {
    EXPECT_EQ(*store_address::parse("memory"), (store_address{kind::memory, ""}));
    EXPECT_EQ(*store_address::parse("sqlite:orders.db"), (store_address{kind::sqlite, "orders.db"}));
    for (const char* uri : {"postgres://me@db/perdure", "postgresql:///perdure?host=/run"})
        EXPECT_EQ(*store_address::parse(uri), (store_address{kind::postgres, uri}));
}

TEST(StoreAddress, RefusesWhatNamesNoneWithoutRepeatingASecret) {
    for (const char* text : {"", "orders.db", "sqlite:", "mysql://me:secret@db/x", "postgres:secret"}) {
        const auto parsed = store_address::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, status_code::invalid_argument);
        EXPECT_THAT(parsed.error().message, AllOf(HasSubstr("postgres://user@host/database"), Not(HasSubstr("secret"))));
    }
}

TEST(StoreAddress, HidesThePassword) {
    const auto shown = [](const char* uri) { return store_address::parse(uri)->text(); };
    EXPECT_EQ(shown("postgres://me@db:5432/perdure"), "postgres://me@db:5432/perdure");
    EXPECT_EQ(shown("postgres://me:se:cr@et@db/perdure"), "postgres://me:***@db/perdure");
    EXPECT_EQ(shown("postgres://me:secret@db"), "postgres://me:***@db");
    EXPECT_EQ(shown("postgres:///x?password=secret&host=a@b"), "postgres:///x?password=***&host=a@b");
    EXPECT_EQ(shown("postgres://db:5432/perdure"), "postgres://db:5432/perdure");
}

TEST(StoreAddress, StandsInTheConfiguration) {
    const auto read = parse_config("[server]\nstore = \"postgres://me@db/perdure\"\nlease = \"5s\"\n", "perdure.toml");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->store.of, kind::postgres);
    EXPECT_EQ(read->lease, std::chrono::seconds{5});
    const auto wrong = parse_config("[server]\nstore = \"oracle\"\n", "perdure.toml");
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().message, AllOf(HasSubstr("perdure.toml:2: server.store"), HasSubstr("memory, sqlite:FILE")));
    EXPECT_FALSE(parse_config("[server]\nlease = \"100ms\"\n", "perdure.toml"));
}

}  // namespace
}  // namespace perdure::server
