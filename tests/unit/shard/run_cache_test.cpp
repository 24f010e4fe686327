#include "history_service/shard/run_cache.hpp"

#include <gmock/gmock.h>

#include "tests/unit/live_bytes.hpp"
#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t many = 400;

shard_options roomy() {
    shard_options options;
    options.cache_bytes = std::size_t{1} << 30U;
    return options;
}

std::string id_of(std::size_t index) { return "order-" + std::to_string(index); }

void begin(shard_rig& rig, const std::string& id) {
    auto request = start_request(id);
    request.mutable_input()->add_payloads()->set_data(std::string(100, 'x'));
    (*request.mutable_memo()->mutable_fields())["shop"].set_data("\"west\"");
    rig.must(rig.ask(&history_shard::start_workflow_execution, request));
}

void finish_activity(shard_rig& rig) {
    const auto task = rig.must(rig.take_activity_task());
    pb::service::RespondActivityTaskCompletedRequest request;
    request.set_namespace_("default");
    request.set_task_token(task.task_token());
    request.mutable_result()->add_payloads()->set_data(std::string(100, 'y'));
    rig.must(rig.ask(&history_shard::respond_activity_task_completed, request));
}

void fall_asleep(shard_rig& rig, const std::string& id) {
    begin(rig, id);
    rig.must(rig.complete(rig.must(rig.take_task_of(id)), {timer_command("t", 1h)}));
}

void wait_for_ten_activities(shard_rig& rig, const std::string& id) {
    begin(rig, id);
    std::vector<pb::command::Command> commands;
    for (int i = 0; i < 10; ++i) commands.push_back(activity_command("activity-" + std::to_string(i)));
    rig.must(rig.complete(rig.must(rig.take_task_of(id)), std::move(commands)));
}

void close_after_four_activities(shard_rig& rig, const std::string& id) {
    begin(rig, id);
    for (int step = 0; step < 4; ++step) {
        rig.must(rig.complete(rig.must(rig.take_task_of(id)), {activity_command(std::to_string(step))}));
        finish_activity(rig);
    }
    rig.must(rig.complete(rig.must(rig.take_task_of(id)), {complete_command()}));
}

void take_many_signals(shard_rig& rig, const std::string& id) {
    fall_asleep(rig, id);
    for (int i = 0; i < 30; ++i) rig.must(rig.signal(id, "request-with-a-name-of-some-length-" + std::to_string(i)));
}

struct life {
    const char* name;
    void (*live)(shard_rig& rig, const std::string& id);
};

class RunCacheAccount : public ::testing::TestWithParam<life> {
  protected:
    /// The account, and what was freed when the shard and nothing else was given up.
    static std::pair<std::size_t, std::size_t> account_and_truth(shard_rig& rig) {
        EXPECT_EQ(rig.shard().cached_runs(), many);
        rig.offers.clear();
        rig.offers.shrink_to_fit();
        const std::size_t account = rig.shard().cached_bytes();
        const std::size_t before = live_bytes();
        rig.restart();
        EXPECT_EQ(rig.shard().cached_runs(), 0U);
        return {account, before - live_bytes()};
    }
    static void expect_true(std::size_t account, std::size_t truth) {
        ASSERT_GT(truth, many * sizeof(run_entry)) << "something was freed";
        EXPECT_GE(account, truth - truth / 8) << account / many << " for " << truth / many << " a run";
        EXPECT_LE(account, truth + truth / (live_bytes_are_rounded ? 8 : 3))
            << account / many << " for " << truth / many << " a run";
    }
};

TEST_P(RunCacheAccount, IsWhatTheAllocatorGave) {
    shard_rig rig(roomy());
    for (std::size_t i = 0; i < many; ++i) GetParam().live(rig, id_of(i));
    const auto [account, truth] = account_and_truth(rig);
    expect_true(account, truth);
}

TEST_P(RunCacheAccount, IsWhatTheAllocatorGaveForRunsReadFromTheStore) {
    shard_rig rig(roomy());
    for (std::size_t i = 0; i < many; ++i) GetParam().live(rig, id_of(i));
    rig.restart();
    for (std::size_t i = 0; i < many; ++i) static_cast<void>(rig.info(id_of(i)));
    const auto [account, truth] = account_and_truth(rig);
    expect_true(account, truth);
}

INSTANTIATE_TEST_SUITE_P(Lives, RunCacheAccount,
                         ::testing::Values(life{"asleep", &fall_asleep}, life{"with_activities", &wait_for_ten_activities},
                                           life{"closed", &close_after_four_activities},
                                           life{"with_signals", &take_many_signals}),
                         [](const auto& made) { return made.param.name; });

}  // namespace
}  // namespace perdure::history
