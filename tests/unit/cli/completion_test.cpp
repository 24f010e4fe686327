#include "cli/completion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "cli/app.hpp"

namespace perdure::cli {
namespace {

struct printed {
    int status = 0;
    std::string out;
    std::string err;
};

printed run_line(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "perdure");
    std::ostringstream out;
    std::ostringstream err;
    const connector nothing = [](const settings&) -> std::unique_ptr<frontend> {
        throw command_error(exit_code::unavailable, "no server in this test");
    };
    const int status = run(static_cast<int>(arguments.size()), arguments.data(), {out, err, nothing});
    return {status, out.str(), err.str()};
}

TEST(completion, knows_every_command_and_its_flags) {
    const auto script = run_line({"completion", "bash"}).out;
    for (const char* word : {"\"workflow start\"", "--task-queue", "task-queue", "fsck", "start-dev", "--address"}) {
        EXPECT_NE(script.find(word), std::string::npos) << word;
    }
}

TEST(completion, has_a_script_for_each_shell) {
    EXPECT_NE(run_line({"completion", "zsh"}).out.find("bashcompinit"), std::string::npos);
    EXPECT_NE(run_line({"completion", "fish"}).out.find("complete -c perdure"), std::string::npos);
    EXPECT_EQ(run_line({"completion", "ksh"}).status, 2);
}

TEST(command_line, a_usage_error_is_one_sentence_and_says_where_help_is) {
    for (const auto& line : std::vector<std::vector<const char*>>{{"workflow", "start", "--type", "x"},
                                                                  {"workflow", "nonsense"},
                                                                  {"workflow", "list", "--limit", "many"},
                                                                  {"--output", "xml", "workflow", "list"},
                                                                  {}}) {
        const auto result = run_line(line);
        EXPECT_EQ(result.status, 2);
        EXPECT_TRUE(result.err.starts_with("perdure: ")) << result.err;
        EXPECT_NE(result.err.find("--help"), std::string::npos) << result.err;
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    }
}

TEST(command_line, a_misspelt_word_is_named_with_the_nearest_one) {
    EXPECT_NE(run_line({"workflow", "strat"}).err.find("did you mean 'start'?"), std::string::npos);
    EXPECT_NE(run_line({"worflow", "start"}).err.find("'worflow' is not a command of 'perdure'"), std::string::npos);
    const auto flag = run_line({"workflow", "show", "-w", "o-1", "--folow"}).err;
    EXPECT_NE(flag.find("did you mean '--follow'?"), std::string::npos) << flag;
}

TEST(command_line, bad_json_is_a_usage_error_before_anything_is_sent) {
    const auto result = run_line({"workflow", "start", "--type", "x", "--task-queue", "q", "--input", "{oops"});
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.err.find("--input is not JSON"), std::string::npos);
}

TEST(command_line, help_has_examples_and_exit_codes) {
    const auto top = run_line({"--help"});
    EXPECT_EQ(top.status, 0);
    EXPECT_NE(top.out.find("Exit codes"), std::string::npos);
    const auto show = run_line({"workflow", "show", "--help"});
    EXPECT_EQ(show.status, 0);
    EXPECT_NE(show.out.find("perdure workflow show -w o-1 --follow"), std::string::npos);
}

TEST(command_line, an_unreachable_server_is_its_own_exit_code) { EXPECT_EQ(run_line({"workflow", "list"}).status, 4); }

TEST(command_line, flags_of_the_program_may_stand_behind_the_command) {
    EXPECT_EQ(run_line({"workflow", "list", "--output", "json", "--address", "http://x:1"}).status, 4);
}

}  // namespace
}  // namespace perdure::cli
