#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <perdure/replayer.hpp>

#include "club/club.hpp"
#include "examples/order_orchestration/order.workflow.hpp"
#include "stories.hpp"

namespace perdure::mutations {
namespace {

std::filesystem::path file_of(const story& told) {
    return std::filesystem::path(PERDURE_SOURCE_DIR) / "tests/mutations/histories" / (told.name + ".json");
}

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

class Stories : public testing::TestWithParam<story> {};
INSTANTIATE_TEST_SUITE_P(All, Stories, testing::ValuesIn(stories()), [](const auto& info) { return info.param.name; });

// The environment's time and ids come from its seed, so that the same code gives the same bytes.
TEST_P(Stories, WhatIsKeptIsWhatTheWorkflowsDo) {
    const story& told = GetParam();
    const std::string made = told.recording() + "\n";
    if (std::getenv("PERDURE_RECORD_STORIES") != nullptr) std::ofstream(file_of(told)) << made;
    EXPECT_EQ(made, content(file_of(told)))
        << "the workflow, or what the server writes, has changed: set PERDURE_RECORD_STORIES=1 "
           "to record the histories again, and read what differs";
}

TEST_P(Stories, FitTheWorkflowsThatWroteThem) {
    replayer unchanged({.level = replay_level::state});
    unchanged.add_workflow<shop::OrderWorkflow>();
    unchanged.add_workflow<club::SubscriptionWorkflow>();
    const replay_report report = unchanged.replay(history::from_json_file(file_of(GetParam())));
    EXPECT_TRUE(report.ok()) << report;
    EXPECT_TRUE(report.warnings().empty()) << report;
}

}  // namespace
}  // namespace perdure::mutations
