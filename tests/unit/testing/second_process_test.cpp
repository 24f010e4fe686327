#include <stdio.h>

#include <array>
#include <string>

#include "order_flow.hpp"
#include "sdk/guards/sanitized.hpp"

// Runs tests whose workflows have a mistake in a program of their own, and reads what it says.

namespace shop {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct ending {
    int code = 0;
    std::string said;
};

ending run_alone(const std::string& test, const std::string& environment = {}) {
    const std::string command = "env -u LC_ALL TZ=UTC " + environment +
                                " '" PERDURE_BINARY_DIR "/bin/second_process_cases' --gtest_filter='" + test + "' 2>&1";
    FILE* out = ::popen(command.c_str(), "r");
    ending ended;
    std::array<char, 4096> block{};
    for (std::size_t got = 0; (got = std::fread(block.data(), 1, block.size(), out)) > 0;) ended.said.append(block.data(), got);
    ended.code = ::pclose(out);
    return ended;
}

TEST(SecondProcess, FindsWhatDependsOnTheOrderOfAddresses) {
    if (PERDURE_SANITIZED) GTEST_SKIP() << "the allocator of a sanitizer keeps what was freed, so that no holes come about";
    const ending ended = run_alone("Fickle.Addresses");
    EXPECT_NE(ended.code, 0);
    EXPECT_THAT(ended.said, HasSubstr("workflow workflow-1 does not replay in a second process"));
    EXPECT_THAT(ended.said, Not(HasSubstr("workflow-1 does not replay:")));
    EXPECT_THAT(ended.said, HasSubstr("It replays in the process of the test"));
}

TEST(SecondProcess, FindsWhatDependsOnTheEnvironment) {
    const ending ended = run_alone("Fickle.Environment");
    EXPECT_NE(ended.code, 0);
    EXPECT_THAT(ended.said, HasSubstr("does not replay in a second process"));
    EXPECT_THAT(ended.said, HasSubstr("1 FAILED TEST"));
}

TEST(SecondProcess, CanBeSwitchedOff) {
    EXPECT_EQ(run_alone("Fickle.NotWanted").code, 0);
    EXPECT_EQ(run_alone("Fickle.Environment", "PERDURE_TEST_SECOND_PROCESS=0").code, 0);
}

TEST(SecondProcess, TellsTheEnvironmentsOfOneTestApart) {
    const ending ended = run_alone("Fickle.TheSecondOfTwo");
    EXPECT_NE(ended.code, 0);
    EXPECT_THAT(ended.said, HasSubstr("does not replay in a second process"));
}

TEST(SecondProcess, FindsTestsWithParametersAndTypes) {
    const ending ended = run_alone("*Reach*");
    EXPECT_THAT(ended.said, HasSubstr("[  FAILED  ] Some/Parameters.Reach/bad"));
    EXPECT_THAT(ended.said, HasSubstr("[       OK ] Some/Parameters.Reach/good"));
    EXPECT_THAT(ended.said, HasSubstr("[  FAILED  ] Types/1.Reach"));
    EXPECT_THAT(ended.said, HasSubstr("2 FAILED TESTS"));
}

TEST(SecondProcess, SaysWhatItCouldNotReplay) {
    const ending ended = run_alone("Fickle.Elsewhere");
    EXPECT_EQ(ended.code, 0);
    EXPECT_THAT(ended.said,
                HasSubstr("workflow workflow-1 was not replayed in a second process: there the test did not come to"));
    EXPECT_THAT(run_alone("Fickle.Dies").said, HasSubstr("(signal 6)"));
}

TEST(SecondProcess, ADeathInWorkflowCodeFailsTheTest) {
    const ending ended = run_alone("Fickle.DiesInWorkflowCode");
    EXPECT_NE(ended.code, 0);
    EXPECT_THAT(ended.said, HasSubstr("the process ended meanwhile (signal 6)"));
}

struct Steady : perdure::contract<Steady, "steady", int()> {};
perdure::task<int> wait_a_little(perdure::context ctx) {
    co_await ctx.sleep(1s);
    co_return 1;
}
inline constexpr auto steady_def = perdure::define_function<Steady>(&wait_a_little);

TEST(SecondProcess, PassesWhatIsDeterministic) {
    perdure::test::env env;
    env.add_workflow(steady_def);
    EXPECT_EQ(env.start<Steady>().result(), 1);
}

}  // namespace
}  // namespace shop
