#include <array>
#include <cstdlib>
#include <set>
#include <string>

#include "order_flow.hpp"

// Tests whose workflows depend on what differs between processes. second_process_test.cpp starts them.

namespace shop {
namespace {

struct Fickle : perdure::contract<Fickle, "fickle", int()> {};
inline constexpr perdure::activity<"step", void()> step{};

// Parts of a workflow that live as long as the process, and are visited in the order of their addresses.
perdure::task<int> visit_by_address(perdure::context ctx) {
    struct part {
        int number;
        std::array<char, 60> content;
    };
    static const auto* const parts = [] {
        auto* made = new std::set<const part*>;
        for (int number = 0; number < 32; ++number) made->insert(new part{.number = number, .content = {}});
        return made;
    }();
    for (const part* each : *parts) {
        if (each->number % 2 == 0) {
            co_await ctx.sleep(1s);
        } else {
            co_await ctx.call(step, quick);
        }
    }
    co_return 1;
}
inline constexpr auto by_address = perdure::define_function<Fickle>(&visit_by_address);

const std::string zone_at_start = std::getenv("TZ") != nullptr ? std::getenv("TZ") : "";
const std::string language_at_start = std::getenv("LC_ALL") != nullptr ? std::getenv("LC_ALL") : "";

perdure::task<int> wait_by_zone(perdure::context ctx) {
    if (zone_at_start == "UTC" && language_at_start.empty()) co_await ctx.sleep(1s);
    co_return 1;
}
inline constexpr auto by_zone = perdure::define_function<Fickle>(&wait_by_zone);

perdure::task<int> wait_a_little(perdure::context ctx) {
    co_await ctx.sleep(1s);
    co_return 1;
}
inline constexpr auto steady_def = perdure::define_function<Fickle>(&wait_a_little);

template <class Definition>
void play(const Definition& definition, perdure::test::env_options options = {}) {
    perdure::test::env env(std::move(options));
    env.add_workflow(definition);
    env.mock(step).returns();
    auto run = env.start<Fickle>();
    EXPECT_EQ(run.result(), 1);
    env.expect_replay_ok(run);
}

TEST(Fickle, Addresses) { play(by_address); }
TEST(Fickle, Environment) { play(by_zone); }
TEST(Fickle, NotWanted) { play(by_zone, {.second_process = false}); }
TEST(Fickle, TheSecondOfTwo) {
    play(steady_def);
    play(by_zone);
}
// The second process never comes to the start of the workflow.
TEST(Fickle, Elsewhere) {
    if (std::getenv("PERDURE_SECOND_PROCESS") == nullptr) play(steady_def);
}
TEST(Fickle, Dies) {
    perdure::test::env env;
    env.add_workflow(steady_def);
    if (std::getenv("PERDURE_SECOND_PROCESS") != nullptr) std::abort();
    (void)env.start<Fickle>().result();
}
perdure::task<int> die_by_zone(perdure::context ctx) {
    co_await ctx.sleep(1s);
    if (zone_at_start.starts_with("As") || zone_at_start.starts_with("Am")) std::abort();
    co_return 1;
}
inline constexpr auto dying_def = perdure::define_function<Fickle>(&die_by_zone);
TEST(Fickle, DiesInWorkflowCode) { play(dying_def); }

class Parameters : public ::testing::TestWithParam<std::string> {};
TEST_P(Parameters, Reach) {
    if (GetParam() == "bad") {
        play(by_zone);
    } else {
        play(steady_def);
    }
}
INSTANTIATE_TEST_SUITE_P(Some, Parameters, ::testing::Values("good", "bad"), [](const auto& info) { return info.param; });

template <class T>
class Types : public ::testing::Test {};
using some_types = ::testing::Types<int, char>;
TYPED_TEST_SUITE(Types, some_types);
TYPED_TEST(Types, Reach) {
    if (sizeof(TypeParam) == 1) play(by_zone);
}

}  // namespace
}  // namespace shop
