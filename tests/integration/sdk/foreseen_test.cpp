#include "world.hpp"

// Workers run the workflow task that follows an activity of theirs before the server has scheduled it. Nobody sees it, but for
// times: the result and everything that follows from it happened at once.

namespace perdure {
namespace {

struct Steps : contract<Steps, "steps", int(int)> {
    static constexpr signal<"poke", int> poke{};
};

task<int> three_steps(context ctx, int value) {
    for (int step = 0; step < 3; ++step) value = co_await ctx.call(double_it, value, quick);
    co_return value;
}
inline constexpr auto steps_def = define_function<Steps>(&three_steps);

class Foreseen : public world {
  protected:
    [[nodiscard]] std::unique_ptr<worker> serve_steps(const client& via, worker_options given) {
        auto made = std::make_unique<worker>(via, std::move(given));
        made->add_workflow(steps_def);
        made->add_activity(double_it, [](int value) { return value * 2; });
        made->start();
        return made;
    }

    /// How many results were answered by the workflow at the very moment at which they came.
    static int steps_at_once(const run_handle<Steps>& run) {
        const auto history = run.history();
        int found = 0;
        for (std::size_t place = 0; place + 3 < history.size(); ++place)
            if (history[place].type == "ActivityTaskCompleted" && history[place + 3].type == "WorkflowTaskCompleted" &&
                history[place].time == history[place + 2].time && history[place].time == history[place + 3].time)
                ++found;
        return found;
    }
};

TEST_F(Foreseen, EveryStepOverSockets) {
    const client caller = connect();
    const auto serving = serve_steps(caller, options());
    const auto run = caller.start<Steps>(1, named("steps"));
    EXPECT_EQ(run.result(20s), 8);
    EXPECT_EQ(steps_at_once(run), 3);
}

TEST_F(Foreseen, EveryStepInsideTheServersProcess) {
    const client inside = server->client();
    const auto serving = serve_steps(inside, options());
    const auto run = inside.start<Steps>(1, named("steps"));
    EXPECT_EQ(run.result(20s), 8);
    EXPECT_EQ(steps_at_once(run), 3);
}

TEST_F(Foreseen, NoStepWithoutACache) {
    const client caller = connect();
    worker_options given = options();
    given.cache_bytes = 0;
    const auto serving = serve_steps(caller, given);
    const auto run = caller.start<Steps>(1, named("steps"));
    EXPECT_EQ(run.result(20s), 8);
    EXPECT_EQ(steps_at_once(run), 0);
}

TEST_F(Foreseen, SignalsThatComeBetweenCostNothingButTime) {
    const client caller = connect();
    const auto serving = serve_steps(caller, options());
    std::vector<run_handle<Steps>> runs;
    for (int index = 0; index < 20; ++index) {
        runs.push_back(caller.start<Steps>(index, named("poked-" + std::to_string(index))));
        for (int poke = 0; poke < 5; ++poke) {
            try {
                runs.back().signal(Steps::poke, poke);
            } catch (const service_error&) {
                break;  // it has ended
            }
        }
    }
    for (int index = 0; index < 20; ++index) EXPECT_EQ(runs[static_cast<std::size_t>(index)].result(60s), index * 8);
}

}  // namespace
}  // namespace perdure
