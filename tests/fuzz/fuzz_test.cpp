// Runs every fuzz target for a moment without libFuzzer: over its seeds as they are, then over seeds with random changes.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "api/proto.hpp"
#include "api/proto_log.hpp"
#include "api/token.hpp"
#include "history_service/store/batch_codec.hpp"
#include "history_service/store/sqlite/log_frame.hpp"
#include "tests/fuzz/mutate.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/unit/store/random_batch.hpp"

namespace {

namespace fs = std::filesystem;
namespace pb = perdure::pb;

constexpr int rounds = 4000;
constexpr std::size_t max_size = 2000;

void add_folder(const fs::path& folder, std::vector<std::string>& seeds) {
    if (!fs::exists(folder)) return;
    std::vector<fs::path> paths(fs::directory_iterator(folder), fs::directory_iterator{});
    std::sort(paths.begin(), paths.end());  // the order of a folder differs between machines
    for (const fs::path& path : paths) {
        std::ifstream in(path, std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        seeds.push_back(text.str());
    }
}

/// Bytes that are made here, because a reader could not read them in a file.
void add_binary(std::string_view target, std::vector<std::string>& seeds) {
    if (target == "token") {
        seeds.push_back(perdure::encode_token({.space = "shop", .workflow_id = "o-1", .run_id = "r", .scheduled_event_id = 5}));
    }
    if (target == "commit_log") {
        perdure::history::random_batch batches(1);
        perdure::history::sqlite::frame_buffer buffer;
        for (int i = 0; i < 20; ++i) {
            seeds.push_back(encode_batch(batches.next()));
            seeds.emplace_back(buffer.fill(0, {i, seeds.back()}));
        }
    }
    if (target == "history") {
        pb::history::History history;
        auto& event = *history.add_events();
        event.set_event_id(1);
        event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED);
        event.mutable_workflow_execution_failed_event_attributes()->mutable_failure()->mutable_cause()->set_message("why");
        seeds.push_back(history.SerializeAsString());
    }
    if (target == "recorded_events") {
        pb::history::History history;
        history.add_events()->set_event_id(1);
        history.add_events()->set_event_id(2);
        history.mutable_events(0)->set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
        history.mutable_events(1)->set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
        history.mutable_events(0)->mutable_workflow_execution_started_event_attributes()->set_workflow_id("o-1");
        seeds.push_back(history.SerializeAsString());
    }
    if (target == "worker_frame") {
        pb::worker::FromWorker frame;
        frame.add_messages()->mutable_hello()->set_identity("w");
        auto& credit = *frame.add_messages()->mutable_credit();
        credit.set_subscription(1);
        credit.set_count(10);
        frame.add_messages()->mutable_workflow_task_completed()->add_commands()->mutable_start_timer_command_attributes();
        seeds.push_back(frame.SerializeAsString());
        pb::worker::FromServer answer;
        answer.add_messages()->mutable_workflow_task()->mutable_task()->mutable_history()->add_events()->set_event_id(1);
        answer.add_messages()->mutable_error()->set_message("no");
        seeds.push_back(answer.SerializeAsString());
    }
}

std::vector<std::string> seeds_of(std::string_view target) {
    std::vector<std::string> seeds;
    add_folder(fs::path(PERDURE_SOURCE_DIR) / "tests/fuzz/corpus" / target, seeds);
    if (target == "quick_message") add_folder(fs::path(PERDURE_SOURCE_DIR) / "tests/fuzz/corpus/message_json", seeds);
    if (target == "history" || target == "recorded_events")
        add_folder(fs::path(PERDURE_SOURCE_DIR) / "tests/data/histories", seeds);
    add_binary(target, seeds);
    return seeds;
}

class Fuzz : public testing::TestWithParam<perdure::fuzz::target> {};

TEST_P(Fuzz, SeedsAndTheirChangesBreakNothing) {
    const std::vector<std::string> seeds = seeds_of(GetParam().name);
    ASSERT_FALSE(seeds.empty());
    perdure::silence_protobuf_log();
    for (const std::string& seed : seeds) GetParam().run(seed);
    GetParam().run({});
    perdure::fuzz::mutator mutate(20260121);
    for (int i = 0; i < rounds; ++i) GetParam().run(mutate.next(seeds, max_size));
}

INSTANTIATE_TEST_SUITE_P(Briefly, Fuzz, testing::ValuesIn(perdure::fuzz::targets),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
