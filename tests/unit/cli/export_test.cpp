#include <gtest/gtest.h>

#include <sstream>

#include "api/json.hpp"
#include "api/proto_bytes.hpp"
#include "cli/export/history_files.hpp"
#include "cli/render/progress.hpp"

namespace perdure::cli {
namespace {

TEST(export_files, names_are_safe_for_file_systems) {
    EXPECT_EQ(history_file_name("o-1.a_b", "r-1", history_format::json), "o-1.a_b--r-1.json");
    EXPECT_EQ(history_file_name("../a b", "r", history_format::binary), "%2E.%2Fa%20b--r.pb");
    EXPECT_EQ(history_file_name("-x", "r", history_format::json), "%2Dx--r.json");
    EXPECT_EQ(history_file_name("a\"*:?\\%\n", "r", history_format::json), "a%22%2A%3A%3F%5C%25%0A--r.json");
    const std::string run(36, 'r');
    const std::string name = history_file_name(std::string(1000, 'x'), run, history_format::json);
    EXPECT_LE(name.size(), 255U);
    EXPECT_TRUE(name.ends_with("%--" + run + ".json")) << name;
    EXPECT_LE(history_file_name(std::string(1000, '/'), run, history_format::json).size(), 255U);
}

pb::history::History history_that_ends_with(pb::enums::EventType type) {
    pb::history::History history;
    history.add_events()->set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
    history.add_events()->set_event_type(type);
    for (int i = 0; i < 2; ++i) history.mutable_events(i)->set_event_id(i + 1);
    // A text that looks like a member is still a text.
    history.mutable_events(1)->mutable_workflow_execution_failed_event_attributes()->mutable_failure()->set_message(
        "\n      \"eventType\": \"EVENT_TYPE_TIMER_FIRED\"");
    return history;
}

TEST(export_files, a_file_is_whole_when_it_ends_with_the_end_of_the_run) {
    for (const auto type : {pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, pb::enums::EVENT_TYPE_TIMER_FIRED}) {
        const bool closed = type == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED;
        const auto history = history_that_ends_with(type);
        const std::string text = *print_history(history);
        const std::string bytes = deterministic_bytes(history);
        EXPECT_EQ(ends_closed(text, history_format::json), closed);
        EXPECT_EQ(ends_closed(bytes, history_format::binary), closed);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            EXPECT_FALSE(ends_closed(bytes.substr(0, cut), history_format::binary)) << cut;
        }
        EXPECT_FALSE(ends_closed(text.substr(0, text.size() - 1), history_format::json));
    }
    EXPECT_FALSE(ends_closed("", history_format::json));
    EXPECT_FALSE(ends_closed("}", history_format::json));
}

TEST(progress, is_shown_to_those_who_look) {
    std::ostringstream out;
    {
        progress_line line(out, true);
        line.show(1, 4);
        line.show(1, 4);
    }
    EXPECT_EQ(out.str(), "\r[" + std::string(10, '#') + std::string(30, ' ') + "] 1 of 4\r\033[K");
    std::ostringstream nothing;
    progress_line(nothing, false).show(1, 4);
    EXPECT_EQ(nothing.str(), "");
    std::ostringstream unknown;
    progress_line(unknown, true).show(7, 0);
    EXPECT_EQ(unknown.str(), "\r7\r\033[K");
}

}  // namespace
}  // namespace perdure::cli
