// `program describe`, run in this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <perdure/worker_main.hpp>
#include <perdure/workflow.hpp>

namespace perdure {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct Item {
    std::string sku;
};
BOOST_DESCRIBE_STRUCT(Item, (), (sku))

struct Basket : contract<Basket, "basket", int(Item)> {
    static constexpr signal<"put", Item> put{};
    static constexpr signal<"hurry"> hurry{};
    static constexpr query<"holds", bool(std::string)> holds{};
};

class BasketWorkflow : public implements<Basket> {
  public:
    task<int> run(context, Item) { co_return 0; }
    static constexpr auto definition() {
        return define<BasketWorkflow>(&BasketWorkflow::run)
            .on(Basket::put, &BasketWorkflow::put_)
            .on(Basket::hurry, &BasketWorkflow::hurry)
            .abandon_ok()
            .on(Basket::holds, &BasketWorkflow::holds)
            .state<&BasketWorkflow::count_>();
    }
    static constexpr int definition_line = __LINE__ - 7;

  private:
    task<void> hurry(context) { co_return; }
    [[nodiscard]] bool holds(const std::string&) const { return false; }

    mailbox<Item> put_;
    int count_ = 0;
};

struct Empty : contract<Empty, "empty", void()> {};
task<void> nothing(context) { co_return; }
constexpr int nothing_line = __LINE__ + 1;
constexpr auto nothing_def = define_function<Empty>(&nothing);

constexpr auto pack = activity<"pack", void(Item)>{}.with(
    activity_options{.timeouts = start_to_close(10s), .retry = {.max_attempts = 3}, .heartbeat = 2s, .task_queue = "hands"});
constexpr activity<"weigh", double()> weigh{};

void add_all(worker& serving) {
    serving.add_workflow<BasketWorkflow>();
    serving.add_workflow(nothing_def);
    serving.add_activity(pack, [](const Item&) {});
    serving.add_activity(weigh, [] { return 1.0; });
}

struct outcome {
    int status = 0;
    std::string out;
};

outcome describe(const std::function<void(worker_setup&)>& setup, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"shop", "describe"};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    testing::internal::CaptureStdout();
    const int status = worker_main(static_cast<int>(argv.size()), argv.data(), setup);
    return {status, testing::internal::GetCapturedStdout()};
}

json described(const std::function<void(worker_setup&)>& setup, std::vector<std::string> more = {}) {
    const outcome made = describe(setup, std::move(more));
    EXPECT_EQ(made.status, 0);
    return json::parse(made.out, nullptr, false);
}

void setup_all(worker_setup& setup) { add_all(setup.add_worker({.task_queue = "baskets", .workflow_threads = 3})); }

TEST(Describe, TellsWorkflowsWithTheirMessagesStateAndSource) {
    const json document = described(setup_all);
    const json& workflows = document["workers"][0]["workflows"];
    ASSERT_EQ(workflows.size(), 2U);
    const json& basket = workflows[0];
    EXPECT_EQ(basket["name"], "basket");
    EXPECT_EQ(basket["source"], "sdk/describe_test.cpp:" + std::to_string(BasketWorkflow::definition_line));
    EXPECT_EQ(basket["input"]["$ref"], "#/$defs/perdure.Item");
    EXPECT_EQ(basket["result"]["type"], "integer");
    EXPECT_EQ(basket["signals"][0]["receiver"], "mailbox");
    EXPECT_EQ(basket["signals"][1], json::parse(R"({"name":"hurry","input":null,"receiver":"handler","abandonOk":true})"));
    EXPECT_EQ(basket["queries"][0], json::parse(R"({"name":"holds","input":{"type":"string"},"result":{"type":"boolean"}})"));
    EXPECT_EQ(basket["state"][0]["name"], "count_");
    EXPECT_EQ(basket["state"][0]["schema"]["type"], "integer");
    EXPECT_EQ(workflows[1]["source"], "sdk/describe_test.cpp:" + std::to_string(nothing_line));
    EXPECT_EQ(workflows[1]["input"], nullptr);
    EXPECT_EQ(document["$defs"]["perdure.Item"]["required"], json::array({"sku"}));
}

TEST(Describe, TellsActivitiesAndTheOptionsThatTheyCarry) {
    const json activities = described(setup_all)["workers"][0]["activities"];
    ASSERT_EQ(activities.size(), 2U);
    EXPECT_EQ(activities[0]["options"], json::parse(R"({"startToCloseTimeout":"PT10S","heartbeatTimeout":"PT2S",
        "retryPolicy":{"initialInterval":"PT1S","backoffCoefficient":2.0,"maximumAttempts":3},"taskQueue":"hands",
        "cancellationType":"WAIT_CANCELLATION_COMPLETED"})"));
    EXPECT_EQ(activities[1], json::parse(R"({"name":"weigh","input":null,"result":{"type":"number"}})"));
}

TEST(Describe, TellsTheOptionsOfEachWorkerAndOpensNothing) {
    const json workers = described(
        [](worker_setup& setup) {
            EXPECT_FALSE(setup.serves());
            setup_all(setup);
            setup.add_worker({.task_queue = "more", .replay_level_of = {{"basket", replay_level::state}}});
        },
        {})["workers"];
    ASSERT_EQ(workers.size(), 2U);
    EXPECT_EQ(workers[0]["taskQueue"], "baskets");
    EXPECT_EQ(workers[0]["options"]["workflowThreads"], 3);
    EXPECT_EQ(workers[0]["options"]["replayLevel"], "commands");
    EXPECT_EQ(workers[1]["options"]["replayLevelOf"]["basket"], "state");
    EXPECT_EQ(described(setup_all, {"--task-queue", "other"})["workers"][0]["taskQueue"], "other");
}

TEST(Describe, GivesTheSameTextEachTime) {
    EXPECT_EQ(describe(setup_all).out, describe(setup_all).out);
    EXPECT_EQ(described([](worker_setup&) {})["workers"], json::array());
}

TEST(Describe, AWrongCommandLineIsTold) { EXPECT_EQ(describe(setup_all, {"--no-such-flag"}).status, 2); }

}  // namespace
}  // namespace perdure
