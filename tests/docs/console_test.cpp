#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/docs/console.hpp"

namespace perdure::docs {
namespace {

using namespace std::chrono_literals;

// Sanitizers trace their own process, which excludes a debugger.
#ifdef PERDURE_SANITIZED
constexpr bool debuggers_work = false;
#else
constexpr bool debuggers_work = true;
#endif

// A page's commands are run in their order in one terminal. A block that is marked not-run needs a person or a network; one
// that is marked eventually is tried again until it is so.
TEST(Docs, EveryCommandDoesWhatItsPageShows) {
    for (const std::string& page : pages()) {
        console terminal;
        for (const block& shown : blocks_of(page)) {
            if (shown.kind() != "console" || shown.has_word("not-run")) continue;
            if (shown.has_word("debugger") && !debuggers_work) continue;
            for (const step& next : steps_of(shown)) {
                std::string said = shown.has_word("background") ? terminal.start(next) : terminal.run(next.command);
                for (int tries = 0; tries < 100 && shown.has_word("eventually") && !fits(next.shown, said); ++tries) {
                    std::this_thread::sleep_for(100ms);
                    said = terminal.run(next.command);
                }
                ASSERT_TRUE(fits(next.shown, said)) << shown.where() << ": $ " << next.command << "\nThe page shows:\n"
                                                    << next.shown << "The program says:\n"
                                                    << said;
            }
        }
    }
}

TEST(Docs, AnEllipsisStandsForAnyText) {
    EXPECT_TRUE(fits("a\n", "a \n"));
    EXPECT_TRUE(fits("a … d\n", "a b c d\n"));
    EXPECT_TRUE(fits("…\nd", "a\nb\nd"));
    EXPECT_TRUE(fits("…", ""));
    EXPECT_FALSE(fits("a", "a\nb"));
    EXPECT_FALSE(fits("a … d", "a b c"));
    EXPECT_FALSE(fits("a … b … d", "a d b"));
    EXPECT_FALSE(fits("ab … b", "ab"));
}

TEST(Docs, AnExitCodeIsPartOfWhatIsSaid) {
    console terminal;
    EXPECT_EQ(terminal.run("echo hello; exit 3"), "hello\n(exit code 3)\n");
    EXPECT_EQ(terminal.run("true"), "");
}

TEST(Docs, ACommandMayHaveSeveralLines) {
    const block shown{.page = "p", .line = 1, .words = {"console"}, .lines = {"$ one", "> two", "said", "> this", "$ three"}};
    const auto steps = steps_of(shown);
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[0].command, "one\ntwo");
    EXPECT_EQ(steps[0].shown, "said\n> this\n");
    EXPECT_EQ(steps[1].command, "three");
}

}  // namespace
}  // namespace perdure::docs
