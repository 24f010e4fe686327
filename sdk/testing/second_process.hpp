#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/proto.hpp"
#include "sdk/replay/workflow_registry.hpp"

namespace testing {
class TestInfo;
}

namespace perdure::test {

/// One run of a test, to be replayed elsewhere.
struct recorded_run {
    std::string workflow_id;
    std::string run_id;
    pb::history::History history;  ///< decoded, as workflow code sees it
};

/// Replays the runs of a test in another process: another address layout, another order of the heap, another environment.
///
/// When a test has ended, its program is started once more with that test alone. There each environment replays, at its first
/// start of a workflow, what the environment of the same number had recorded here; after the last one the process ends.
class second_process {
  public:
    [[nodiscard]] static second_process& instance();

    /// An environment is made: its number within the running test, or nothing outside of a test.
    [[nodiscard]] std::optional<std::size_t> enter();
    /// Its runs, when it ends. They are replayed when the test has ended.
    void keep(std::optional<std::size_t> number, std::vector<recorded_run> runs);
    /// Called at the first start of a workflow. In the second process it replays, and does not return after the last time.
    void replay_here(std::optional<std::size_t> number, const detail::workflow_registry& types);
    /// A test has ended: starts the second process and makes what it found a failure of the test.
    void test_ended(const ::testing::TestInfo& test);

  private:
    second_process();

    bool listening_ = false;
    std::size_t entered_ = 0;
    /// In the first process what there is to replay, in the second what was given to it.
    std::map<std::size_t, std::vector<recorded_run>> runs_;
    /// Where the runs come from; empty in the first process.
    std::string given_;
    bool wanted_ = true;
};

}  // namespace perdure::test
