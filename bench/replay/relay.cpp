#include "bench/replay/relay.hpp"

#include <perdure/embedded.hpp>
#include <perdure/worker.hpp>
#include <perdure/workflow.hpp>

#include "sdk/client/history_pages.hpp"

namespace perdure::bench {
namespace {

using namespace std::chrono_literals;

inline constexpr activity<"relay.pass", std::string(std::string)> pass{};
constexpr activity_options soon{.timeouts = start_to_close(10s)};

struct Relay : contract<Relay, "relay", std::string(int)> {};

task<std::string> relay(context ctx, int legs) {
    std::string baton(100, 'x');
    for (int leg = 0; leg < legs; ++leg) baton = co_await ctx.call(pass, baton, soon);
    co_return baton;
}

constexpr auto relay_definition = define_function<Relay>(&relay);

}  // namespace

history record_relay(int activities) {
    embedded_server server;
    const client via = server.client();
    worker runner(via,
                  {.task_queue = "relay", .workflow_threads = 1, .activity_threads = 1, .least_log_level = log_level::warning});
    runner.add_workflow(relay_definition);
    runner.add_activity(pass, [](std::string baton) { return baton; });
    runner.start();
    auto run = via.start<Relay>(activities, {.id = "relay", .task_queue = "relay"});
    static_cast<void>(run.result());
    const auto recorded = detail::fetch_history(via, "relay", {});
    runner.stop();
    return history::from_binary(recorded.SerializeAsString());
}

const detail::registrations& relay_types() {
    static const detail::registrations& made = []() -> const detail::registrations& {
        auto* types = new detail::registrations;  // lives as long as the program
        types->add_workflow(relay_definition);
        return *types;
    }();
    return made;
}

}  // namespace perdure::bench
