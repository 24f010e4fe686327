#include <perdure/testing.hpp>

#include "hello.hpp"

namespace hello {
namespace {

using namespace std::chrono_literals;

class HelloTest : public perdure::test::every_cache_policy {
  protected:
    HelloTest() { env.add_workflow(greet_workflow); }
    perdure::test::env env{this};
};
PERDURE_TEST_EVERY_CACHE_POLICY(HelloTest);

TEST_P(HelloTest, GreetsAPersonAfterASecond) {
    env.mock(compose).returns(Greeting{.text = "Hello, Ann!"});
    auto run = env.start<HelloFlow>(Person{.name = "Ann"});
    EXPECT_EQ(run.result().text, "Hello, Ann!");
    EXPECT_EQ(env.elapsed(), 1s);
    EXPECT_EQ(env.calls(), "hello.compose");
}

// [mock]
TEST_P(HelloTest, TriesAgainWhenComposingFailsInPassing) {
    env.mock(compose)
        .does([](const Person&) -> Greeting { throw std::runtime_error("the printer jammed"); })
        .times(2)
        .then_returns(Greeting{.text = "Hello, Ann!"});
    auto run = env.start<HelloFlow>(Person{.name = "Ann"});
    EXPECT_EQ(run.result().text, "Hello, Ann!");
    EXPECT_EQ(env.elapsed(), 1s + 1s + 2s);
}
// [mock]

TEST_P(HelloTest, APersonWithoutANameFailsTheWorkflowAtOnce) {
    env.mock(compose).fails<NobodyToGreet>("a greeting needs a name");
    auto run = env.start<HelloFlow>(Person{});
    EXPECT_THAT(run.failure(), perdure::test::caused_by<NobodyToGreet>());
    EXPECT_EQ(env.calls(), "hello.compose");
}

}  // namespace
}  // namespace hello
