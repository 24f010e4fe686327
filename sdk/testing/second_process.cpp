#include "sdk/testing/second_process.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string_view>
#include <utility>

#include "sdk/testing/heap_order.hpp"
#include "sdk/testing/replay_check.hpp"
#include "sdk/testing/second_process_files.hpp"
#include "sdk/testing/second_process_start.hpp"

namespace perdure::test {
namespace {

class at_the_end_of_tests final : public ::testing::EmptyTestEventListener {
    void OnTestEnd(const ::testing::TestInfo& test) override { second_process::instance().test_ended(test); }
};

std::string full_name(const ::testing::TestInfo& test) { return std::string(test.test_suite_name()) + "." + test.name(); }

// Not a failure: nothing is wrong with the workflow. But a check that did not take place is not one that passed.
void say_not_replayed(const std::string& which, const std::string& why) {
    std::cerr << "[ PERDURE  ] " << which << " was not replayed in a second process: " << why << "\n";
    if (::testing::UnitTest::GetInstance()->current_test_info() != nullptr)
        ::testing::Test::RecordProperty("not_replayed_in_a_second_process", why);
}

std::string names_of(const std::vector<recorded_run>& runs) {
    std::string text;
    for (const recorded_run& run : runs) text += (text.empty() ? "workflow " : ", ") + run.workflow_id;
    return text;
}

}  // namespace

second_process& second_process::instance() {
    static second_process one;
    return one;
}

second_process::second_process() {
    if (const char* wish = std::getenv("PERDURE_TEST_SECOND_PROCESS"); wish != nullptr && std::string_view(wish) == "0")
        wanted_ = false;
    if (const char* path = std::getenv(runs_variable); path != nullptr) {
        given_ = path;
        runs_ = read_runs(given_);
        // Programs that the test starts are not the second process.
        ::unsetenv(runs_variable);
    }
}

std::optional<std::size_t> second_process::enter() {
    auto& tests = *::testing::UnitTest::GetInstance();
    if (tests.current_test_info() == nullptr) return std::nullopt;
    if (!std::exchange(listening_, true)) tests.listeners().Append(new at_the_end_of_tests);
    return entered_++;
}

void second_process::keep(std::optional<std::size_t> number, std::vector<recorded_run> runs) {
    if (!wanted_ || !given_.empty() || runs.empty()) return;
    if (!number) return say_not_replayed(names_of(runs), "its environment was made outside of a test");
    runs_[*number] = std::move(runs);
}

void second_process::replay_here(std::optional<std::size_t> number, const detail::workflow_registry& types) {
    if (given_.empty() || !number) return;
    const auto found = runs_.find(*number);
    if (found == runs_.end()) return;
    add_verdict(given_, {.number = *number, .kind = verdict::began, .text = {}});
    disturb_heap_order();
    verdict reached{.number = *number, .kind = verdict::replayed, .text = {}};
    for (const recorded_run& run : found->second) {
        const std::string trouble = replay_trouble(types, run.workflow_id, run.run_id, run.history);
        if (trouble.empty()) continue;
        reached.kind = verdict::failed;
        reached.text += "workflow " + run.workflow_id + " does not replay in a second process: " + trouble + "\n";
    }
    add_verdict(given_, reached);
    // What comes after is a test that has been run already.
    if (std::next(found) == runs_.end()) ::_exit(0);
}

void second_process::test_ended(const ::testing::TestInfo& test) {
    entered_ = 0;
    if (!given_.empty()) return;
    const auto runs = std::exchange(runs_, {});
    if (runs.empty() || test.result()->Failed() || test.result()->Skipped()) return;
    const temporary_file file;
    write_runs(file.path(), runs);
    const child_end ended = run_test_again(full_name(test), file.path());
    std::map<std::size_t, verdict> verdicts;
    for (verdict& each : read_verdicts(file.path())) verdicts[each.number] = std::move(each);
    for (const auto& [number, recorded] : runs) {
        const auto found = verdicts.find(number);
        if (found == verdicts.end()) {
            say_not_replayed(names_of(recorded), "there the test did not come to its start (" + ended.how + ")");
        } else if (found->second.kind == verdict::began) {
            ADD_FAILURE() << names_of(recorded) << " does not replay in a second process: the process ended meanwhile ("
                          << ended.how << "); it said:\n"
                          << ended.output;
        } else if (found->second.kind == verdict::failed) {
            ADD_FAILURE() << found->second.text
                          << "It replays in the process of the test. So it depends on what differs between processes: the order "
                             "of addresses, the environment, the locale, or static variables. (Address space layout, "
                             "allocations, LANG, LC_ALL and TZ were changed on purpose; PERDURE_TEST_SECOND_PROCESS=0 leaves "
                             "this check out.)";
        }
    }
}

}  // namespace perdure::test
