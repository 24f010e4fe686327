#include "tests/integration/standby/servers.hpp"

namespace perdure::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct said {
    int code = -1;
    std::string text;
};

/// The commands of the program that look after a database.
class StoreCommands : public on_postgres {
  protected:
    said perdure(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), std::string(PERDURE_BINARY_DIR) + "/bin/perdure");
        const std::filesystem::path out = folder_ / ("command-" + std::to_string(++commands_) + ".out");
        shop::demo::Process command(arguments, {}, out.string());
        for (int tries = 0; tries < 6'000 && command.running(); ++tries) std::this_thread::sleep_for(10ms);
        EXPECT_FALSE(command.running()) << "it hangs";
        std::stringstream text;
        const int code = command.stop();
        text << std::ifstream(out).rdbuf();
        return {code, text.str()};
    }

    int commands_ = 0;
};

TEST_F(StoreCommands, MigrateMakesTheTablesThatStatusMisses) {
    const said before = perdure({"store", "status", "--store", uri()});
    EXPECT_EQ(before.code, 1);
    EXPECT_THAT(before.text, HasSubstr("perdure store migrate"));
    const said made = perdure({"store", "migrate", "--store", uri()});
    EXPECT_EQ(made.code, 0);
    EXPECT_THAT(made.text, HasSubstr("Applied version 1"));
    EXPECT_THAT(perdure({"store", "migrate", "--store", uri()}).text, HasSubstr("up to date"));
    const said after = perdure({"store", "status", "--store", uri()});
    EXPECT_EQ(after.code, 0) << after.text;
    EXPECT_THAT(after.text, AllOf(HasSubstr("up to date"), HasSubstr("nobody holds it"), HasSubstr(database_)));
    EXPECT_THAT(perdure({"store", "status", "--store", uri(), "-o", "json"}).text, HasSubstr("\"remainingMs\""));
}

TEST_F(StoreCommands, FsckHasTheDataForItselfOrNotAtAll) {
    auto serving = start("serving");
    ASSERT_TRUE(serving->await(200)) << serving->log();
    ASSERT_EQ(
        serving
            ->ask("POST", "/api/v1/namespaces/default/workflows/w-1", R"({"workflowType":{"name":"t"},"taskQueue":{"name":"q"}})")
            .status,
        200);
    const said status = perdure({"store", "status", "--store", uri()});
    EXPECT_THAT(status.text, AllOf(HasSubstr("epoch 1"), HasSubstr("for another")));
    const said refused = perdure({"fsck", "--store", uri()});
    EXPECT_EQ(refused.code, 4) << refused.text;
    EXPECT_THAT(refused.text, HasSubstr("holds this data"));
    EXPECT_EQ(serving->get("/readyz").status, 200) << "and the server has not noticed";
    serving->process().kill();
    const said sound = perdure({"fsck", "--store", uri()});
    EXPECT_EQ(sound.code, 0) << sound.text;
    EXPECT_THAT(sound.text, HasSubstr("is sound"));
    serving = start("again");
    EXPECT_TRUE(serving->await(200)) << "fsck gave the lease back: " << serving->log();
}

TEST_F(StoreCommands, FsckFindsAWakeUpThatIsGone) {
    {
        const auto serving = start("serving");
        ASSERT_TRUE(serving->await(200)) << serving->log();
        ASSERT_EQ(serving
                      ->ask("POST", "/api/v1/namespaces/default/workflows/w-1",
                            R"({"workflowType":{"name":"t"},"taskQueue":{"name":"q"}})")
                      .status,
                  200);
        ASSERT_EQ(serving->process().stop(20'000), 0);
    }
    sql("DELETE FROM perdure.tasks");
    const said found = perdure({"fsck", "--store", uri()});
    EXPECT_EQ(found.code, 1) << found.text;
    EXPECT_THAT(found.text, HasSubstr("w-1"));
}

TEST_F(StoreCommands, WhatIsNoStoreIsAMistakeOfUsage) {
    for (const std::vector<std::string>& wrong :
         std::vector<std::vector<std::string>>{{"server", "start"},
                                               {"server", "start", "--store", "oracle"},
                                               {"server", "start", "--store", "memory", "--db", "x.db"},
                                               {"store", "status", "--store", "sqlite:x.db"},
                                               {"fsck"},
                                               {"fsck", "--store", "memory"}}) {
        const said refused = perdure(wrong);
        EXPECT_EQ(refused.code, 2) << wrong[0] << ": " << refused.text;
        EXPECT_THAT(refused.text, HasSubstr("--"));
    }
}

}  // namespace
}  // namespace perdure::server
