#include "tools/workflow_check/findings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tools/workflow_check/elf_object.hpp"

namespace perdure::workflow_check {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// The objects that the build made of tests/unit/workflow_check/planted.
std::string object_of(const std::string& source) {
    std::ifstream in(PERDURE_PLANTED_OBJECTS);
    for (std::string path; std::getline(in, path);)
        if (path.ends_with("/" + source + ".cpp.o")) return path;
    ADD_FAILURE() << "no object of " << source;
    return {};
}

std::vector<std::string> found_in(const std::string& workflows, const std::string& others = {}) {
    graph all;
    all.add(read_object(object_of(workflows)), true);
    if (!others.empty()) all.add(read_object(object_of(others)), false);
    std::vector<std::string> sentences;
    for (const finding& each : find(all)) sentences.push_back(sentence(each));
    return sentences;
}

TEST(Findings, NameTheCallAndTheRemedy) {
    const auto found = found_in("direct");
    EXPECT_THAT(found, Contains(StartsWith("shop::sleep_directly -> std::this_thread::sleep_until: ")));
    EXPECT_THAT(found, Contains(AllOf(StartsWith("shop::sleep_directly -> getenv: "), HasSubstr("workflow's input"))));
    EXPECT_EQ(found.size(), 2U);
}

TEST(Findings, LeadThroughHelpers) {
    const auto found = found_in("helper");
    EXPECT_THAT(found,
                Contains("shop::HelperWorkflow::run -> shop::(anonymous namespace)::price_of -> std::chrono::system_clock::now: "
                         "the answer differs at replay; use ctx.now()"));
    EXPECT_THAT(found, Contains(StartsWith("shop::HelperWorkflow::poke -> std::chrono::steady_clock::now")));
    EXPECT_EQ(found.size(), 2U);
}

TEST(Findings, LeadIntoOtherObjectsOfTheTarget) {
    const auto found = found_in("helper", "elsewhere");
    EXPECT_THAT(found, Contains(AllOf(StartsWith("shop::HelperWorkflow::run -> shop::price_elsewhere -> std::random_device::"),
                                      HasSubstr("ctx.random()"))));
    EXPECT_THAT(found, Each(Not(HasSubstr("draw"))));
}

TEST(Findings, LeadThroughTemplatesAndLambdas) {
    const auto found = found_in("generic");
    EXPECT_THAT(found, Contains(AllOf(StartsWith("shop::lock_in_a_template -> shop::(anonymous namespace)::under_lock -> "),
                                      HasSubstr("mutex"))));
    EXPECT_THAT(found, Contains(AllOf(StartsWith("shop::read_in_a_lambda -> "), HasSubstr("std::basic_ifstream"),
                                      HasSubstr("files in an activity"))));
}

TEST(Findings, SeeStaticVariables) {
    EXPECT_THAT(found_in("statics"), Contains(StartsWith("a static variable of statics.cpp -> getenv: ")));
}

TEST(Findings, AreNoneForCodeThatAReplayRepeats) { EXPECT_THAT(found_in("clean"), IsEmpty()); }

TEST(Objects, WhatIsNoneIsRefusedWithTheReason) {
    try {
        (void)read_object(PERDURE_PLANTED_OBJECTS);
        FAIL() << "it was read";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("it is no ELF file"));
    }
    EXPECT_THROW((void)read_object("/nowhere.o"), std::runtime_error);
}

TEST(Objects, AFileThatIsCutOffIsRefused) {
    std::ifstream in(object_of("direct"), std::ios::binary);
    std::stringstream whole;
    whole << in.rdbuf();
    const std::string path = ::testing::TempDir() + "cut.o";
    for (const std::size_t length : {std::size_t{10}, std::size_t{64}, std::size_t{2000}, whole.str().size() / 2}) {
        std::ofstream(path, std::ios::binary) << whole.str().substr(0, length);
        EXPECT_THROW((void)read_object(path), std::runtime_error) << length;
    }
}

}  // namespace
}  // namespace perdure::workflow_check
