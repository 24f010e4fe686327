#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "sdk/replayer/bulk.hpp"
#include "sdk/replayer/file_replay.hpp"
#include "sdk/replayer/halt.hpp"
#include "sdk/replayer/junit.hpp"
#include "sdk/replayer/lean_event.hpp"
#include "sdk/replayer/tracer.hpp"
#include "tests/unit/replayer/till.hpp"

namespace perdure::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Files : public ::testing::Test {
  protected:
    Files() { registered_.add_workflow<Till>(); }
    ~Files() override { edition = "first"; }

    [[nodiscard]] detail::replay_settings settings() const {
        return {.types = {registered_.workflows().get()}, .level = perdure::replay_level::state};
    }

    detail::registrations registered_;
    scratch_folder folder_;
};

TEST_F(Files, AFileIsReplayedInPartsAsItIsAsAWhole) {
    const auto events = recorded_till(500);
    const auto binary = folder_.write("till.pb", events.SerializeAsString());
    const auto json = folder_.write("till.json", as_history(events).to_json());
    for (const auto& file : {binary, json}) {
        const auto report = detail::replay_file(file, settings());
        EXPECT_TRUE(report.ok()) << report;
        EXPECT_EQ(report.events(), static_cast<std::size_t>(events.events_size()));
    }
    edition = "other input";
    const auto report = detail::replay_file(binary, settings());
    EXPECT_EQ(report.number(), "PD-1005") << report;
    EXPECT_THAT(report.found()->expected_site, HasSubstr("till.cpp")) << "the report is of the whole history, read in full";
}

TEST_F(Files, OfAnEventOnlyWhatAReplayUsesIsRead) {
    detail::wire_buffer scratch;
    const auto recorded = recorded_till();
    for (const auto& event : recorded.events()) {
        pb::history::HistoryEvent lean;
        ASSERT_TRUE(lean.ParseFromString(std::string(detail::lean_event(event.SerializeAsString(), scratch))));
        EXPECT_EQ(lean.event_id(), event.event_id());
        EXPECT_EQ(lean.event_type(), event.event_type());
        EXPECT_EQ(lean.attributes_case(), event.attributes_case());
    }
    const std::string garbage = "\x0a\xff\xff\xff";
    EXPECT_EQ(detail::lean_event(garbage, scratch), garbage) << "the real parser refuses it in its own words";
}

TEST_F(Files, ManyAreCountedByWhatIsWrongWithThem) {
    const std::string good = recorded_till().SerializeAsString();
    std::vector<std::filesystem::path> files{folder_.write("bad.json", "{\"events\":"), folder_.path() / "missing.json"};
    for (int i = 0; i < 20; ++i) files.push_back(folder_.write("good-" + std::to_string(i) + ".pb", good));
    auto other = recorded_till();
    other.mutable_events(0)->mutable_workflow_execution_started_event_attributes()->mutable_workflow_type()->set_name("shop");
    files.push_back(folder_.write("other.pb", other.SerializeAsString()));

    const auto junit_path = folder_.path() / "replay.xml";
    detail::junit_file junit(junit_path);
    std::size_t calls = 0;
    const auto summary = detail::replay_all(files, settings(), 4, [&](const detail::bulk_result& result, std::size_t done) {
        EXPECT_EQ(done, ++calls);
        junit.add(result);
    });
    junit.finish();
    EXPECT_EQ(summary.fit, 20U);
    EXPECT_EQ(summary.bad, 3U);
    EXPECT_EQ(summary.by_number, (std::map<std::string, std::size_t>{{"PD-1013", 1}, {"unusable", 2}}));

    std::stringstream written;
    written << std::ifstream(junit_path).rdbuf();
    EXPECT_THAT(written.str(), StartsWith("<?xml"));
    EXPECT_THAT(written.str(),
                HasSubstr("<failure type=\"PD-1013\" message=\"this worker has no workflow type &quot;shop&quot;"));
}

TEST_F(Files, ATraceTellsWhatEachEventWokeAndWhatThatMade) {
    std::string trace;
    detail::tracer watcher([&](const std::string& line) { trace += line; });
    auto watched = settings();
    watched.watcher = &watcher;
    const auto file = folder_.write("till.pb", recorded_till().SerializeAsString());
    ASSERT_TRUE(detail::replay_file(file, watched).ok());
    EXPECT_THAT(trace, StartsWith("     1  2023-11-14T22:13:20Z  WorkflowExecutionStarted  till\n"
                                  "        wakes  a coroutine that begins\n"));
    EXPECT_THAT(trace, HasSubstr("        makes  call of activity work (id 1) at replayer/till.cpp:"));
    EXPECT_THAT(trace, HasSubstr(" in take, from till.cpp:15 in run (event 5)\n"));
    EXPECT_THAT(trace, HasSubstr("        state  {\"total_\":3,\"open_\":true}\n"));
    EXPECT_THAT(trace, HasSubstr("makes  completion of the workflow"));
}

TEST_F(Files, AHaltShowsTheRunAtAnEvent) {
    const auto file = folder_.write("till.pb", recorded_till().SerializeAsString());
    const auto look_at = [&](std::int64_t event_id) {
        detail::halt watcher(event_id);
        auto watched = settings();
        watched.watcher = &watcher;
        EXPECT_TRUE(detail::replay_file(file, watched).ok());
        return watcher.reached() ? watcher.text() : "not reached";
    };
    EXPECT_THAT(look_at(5), StartsWith("Event 5 is made here, a call of activity work (id 1):\n    at take (till.cpp:"));
    EXPECT_THAT(look_at(7), HasSubstr("waits for activity work (id 2)")) << "the first result is in, the second call is made";
    EXPECT_EQ(look_at(9'999), "not reached");
}

TEST(Folders, AreSourcesOfTestParameters) {
    scratch_folder folder;
    EXPECT_THROW(static_cast<void>(perdure::replay_folder(folder.path())), perdure::history_error);
    EXPECT_THROW(static_cast<void>(perdure::replay_folder(folder.path() / "none")), perdure::history_error);
    folder.write("b.json", "");
    folder.write("a/x.pb", "");
    folder.write("readme.md", "");
    const auto files = perdure::replay_folder(folder.path());
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(::testing::PrintToString(files[0]), "x.pb");
}

}  // namespace
}  // namespace perdure::test
