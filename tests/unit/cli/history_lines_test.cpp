#include "cli/render/history_lines.hpp"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/render/proto_json.hpp"

namespace perdure::cli {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

pb::history::History load(const fs::path& file) {
    pb::history::History history;
    const auto status = google::protobuf::util::JsonStringToMessage(read_text(file), &history);
    EXPECT_TRUE(status.ok()) << file << ": " << status.ToString();
    return history;
}

std::string show(const pb::history::History& history, history_style style = {}) {
    history_reader reader(style);
    std::string out;
    for (const auto& event : history.events()) out += reader.print(event);
    return out;
}

const fs::path histories = fs::path(PERDURE_SOURCE_DIR) / "tests/data/histories";
const fs::path golden = fs::path(PERDURE_SOURCE_DIR) / "tests/unit/cli/golden";

class history_golden : public testing::TestWithParam<std::string> {};

// PERDURE_UPDATE_GOLDEN=1 writes what is printed now; read the difference before committing it.
TEST_P(history_golden, prints_as_before) {
    const auto text = show(load(histories / (GetParam() + ".json")));
    const auto expected = golden / (GetParam() + ".txt");
    if (std::getenv("PERDURE_UPDATE_GOLDEN") != nullptr) std::ofstream(expected) << text;
    EXPECT_EQ(text, read_text(expected)) << "run with PERDURE_UPDATE_GOLDEN=1 to accept";
}

INSTANTIATE_TEST_SUITE_P(show, history_golden,
                         testing::Values("approval", "cancelled", "continue_as_new", "local_activities", "markers_version",
                                         "parent", "saga", "saga_unicode", "task_failed", "terminated", "updates"),
                         [](const auto& info) { return info.param; });

TEST(history_lines, a_failed_activity_shows_its_chain_below_it) {
    const auto text = show(load(histories / "saga.json"));
    const auto failed = text.find("Activity failed");
    ASSERT_NE(failed, std::string::npos);
    const auto below = text.find('\n', failed) + 1;
    EXPECT_EQ(text.substr(below, 8), "        ");
    EXPECT_NE(text.find("caused by", below), std::string::npos);
}

TEST(history_lines, an_activity_is_named_in_all_its_events) {
    for (const auto& entry : fs::directory_iterator(histories)) {
        if (entry.path().extension() != ".json") continue;
        EXPECT_EQ(show(load(entry.path())).find("scheduled by event"), std::string::npos) << entry.path();
    }
}

TEST(history_lines, an_unknown_reference_is_told_by_number) {
    pb::history::HistoryEvent event;
    event.set_event_id(9);
    event.set_event_type(pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
    event.mutable_activity_task_completed_event_attributes()->set_scheduled_event_id(5);
    history_reader reader({});
    EXPECT_EQ(reader.read(event).what, "scheduled by event 5");
}

TEST(history_lines, colour_changes_nothing_but_the_colour) {
    const auto history = load(histories / "saga.json");
    std::string coloured = show(history, {.colour = true});
    EXPECT_NE(coloured.find("\x1b["), std::string::npos);
    for (auto at = coloured.find("\x1b["); at != std::string::npos; at = coloured.find("\x1b[", at)) {
        coloured.erase(at, coloured.find('m', at) + 1 - at);
    }
    EXPECT_EQ(coloured, show(history));
}

TEST(history_lines, a_long_input_ends_in_an_ellipsis) {
    pb::history::HistoryEvent event;
    event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    auto& signal = *event.mutable_workflow_execution_signaled_event_attributes();
    auto& payload = *signal.mutable_input()->add_payloads();
    (*payload.mutable_metadata())["encoding"] = "json/plain";
    payload.set_data("\"" + std::string(500, 'x') + "\"");
    history_reader reader({.what_columns = 40});
    const auto line = reader.print(event);
    EXPECT_NE(line.find("…"), std::string::npos);
    EXPECT_LT(display_width(line), 90u);
}

TEST(history_lines, an_export_is_read_and_written_without_loss) {
    for (const auto& entry : fs::directory_iterator(histories)) {
        if (entry.path().extension() != ".json") continue;
        const auto history = load(entry.path());
        pb::history::History again;
        const auto text = proto_json(history, payload_form::raw).dump();
        ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(text, &again).ok());
        EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(again, history)) << entry.path();
    }
}

}  // namespace
}  // namespace perdure::cli
