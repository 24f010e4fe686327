#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/render/describe.hpp"
#include "cli/render/values.hpp"

namespace perdure::cli {
namespace {

struct queue_flags {
    std::string name;
    std::vector<std::string> kinds;
    bool without_stats = false;
};

ordered_json stats_row(const described_queue& queue) {
    const auto& stats = queue.description.stats();
    return {{"buildId", "UNVERSIONED"},
            {"taskQueueType", queue.kind},
            {"approximateBacklogCount", stats.approximate_backlog_count()},
            {"approximateBacklogAge", show_duration(stats.approximate_backlog_age())},
            {"backlogIncreaseRate", stats.tasks_add_rate() - stats.tasks_dispatch_rate()},
            {"tasksAddRate", stats.tasks_add_rate()},
            {"tasksDispatchRate", stats.tasks_dispatch_rate()}};
}

ordered_json to_json(const std::vector<described_queue>& queues, bool with_stats) {
    ordered_json out = {{"pollers", ordered_json::array()}};
    if (with_stats) out["stats"] = ordered_json::array();
    for (const auto& queue : queues) {
        for (const auto& poller : queue.description.pollers()) {
            out["pollers"].push_back({{"buildId", "UNVERSIONED"},
                                      {"taskQueueType", queue.kind},
                                      {"identity", poller.identity()},
                                      {"lastAccessTime", show_time(poller.last_access_time())},
                                      {"ratePerSecond", poller.rate_per_second()}});
        }
        if (with_stats) out["stats"].push_back(stats_row(queue));
    }
    return out;
}

exit_code run_describe(session& shared, const queue_flags& flags) {
    std::vector<described_queue> queues;
    const auto kinds = flags.kinds.empty() ? std::vector<std::string>{"workflow", "activity"} : flags.kinds;
    for (const auto& kind : kinds) {
        pb::service::DescribeTaskQueueRequest request;
        request.set_namespace_(shared.flags.space);
        request.mutable_task_queue()->set_name(flags.name);
        request.set_task_queue_type(kind == "activity" ? pb::enums::TASK_QUEUE_TYPE_ACTIVITY
                                                       : pb::enums::TASK_QUEUE_TYPE_WORKFLOW);
        request.set_report_stats(!flags.without_stats);
        request.set_report_pollers(true);
        queues.push_back({kind, shared.call(&frontend::describe_task_queue, request)});
    }
    shared.print(render_task_queue(queues, !flags.without_stats, shared.colour()));
    shared.print_json(to_json(queues, !flags.without_stats));
    return exit_code::ok;
}

}  // namespace

void add_task_queue(CLI::App& parent, session& shared) {
    auto* describe = parent.add_subcommand("describe", "Show a task queue's pollers, backlog and rates");
    describe->footer("Example:\n  perdure task-queue describe --task-queue orders\n");
    auto flags = std::make_shared<queue_flags>();
    describe->add_option("-t,--task-queue", flags->name, "Task queue")->required();
    describe->add_option("--task-queue-type", flags->kinds, "workflow or activity; without it both")
        ->check(CLI::IsMember({"workflow", "activity"}))
        ->allow_extra_args(false);
    describe->add_flag("--disable-stats", flags->without_stats, "Show pollers only");
    describe->callback([&shared, flags] { shared.action = [&shared, flags] { return run_describe(shared, *flags); }; });
}

}  // namespace perdure::cli
