// Replays a history of the order example so that a debugger can lead it: order_replay HISTORY.json

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "api/json.hpp"
#include "order.workflow.hpp"
#include "sdk/replay/workflow_run.hpp"
#include "sdk/worker/debugger_session.hpp"

namespace perdure::detail {
namespace {

int replay_once(const workflow_type& type, const pb::history::History& history, replay_watcher& watcher) {
    const auto& started = history.events(0).workflow_execution_started_event_attributes();
    workflow_run run(type, {.space = "default",
                            .workflow_id = started.workflow_id(),
                            .run_id = started.original_execution_run_id(),
                            .workflow_type = type.name,
                            .task_queue = started.task_queue().name()});
    const activation_result result = run.replay(history.events(), true, {.watcher = &watcher});
    if (result.kind == activation_kind::completed) return 0;
    std::printf("%s\n", result.reason.c_str());
    return 1;
}

int replay_file(const char* path) {
    std::ifstream in(path);
    const auto history = parse_history(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!history) {
        std::printf("%s: %s\n", path, history.error().message.c_str());
        return 2;
    }
    const workflow_type type = make_workflow_type<shop::OrderWorkflow>();
    return replay_for_debugger(*history, [&](replay_watcher& watcher) { return replay_once(type, *history, watcher); });
}

}  // namespace
}  // namespace perdure::detail

int main(int argc, char** argv) {
    if (argc == 2) return perdure::detail::replay_file(argv[1]);
    std::puts("usage: order_replay HISTORY.json");
    return 2;
}
