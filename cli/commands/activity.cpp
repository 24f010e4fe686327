#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/input.hpp"

namespace perdure::cli {
namespace {

struct activity_flags {
    std::string activity_id;
    std::string workflow_id;
    std::string run_id;
    std::string result;
    std::string detail;
    std::string reason;

    void add_to(CLI::App& command) {
        command.add_option("-a,--activity-id", activity_id, "Activity ID")->required();
        command.add_option("-w,--workflow-id", workflow_id, "ID of the activity's workflow")->required();
        command.add_option("-r,--run-id", run_id, "Run ID of the workflow; without it the latest run");
    }
    template <class Request>
    void fill(Request& request, const session& shared) const {
        request.set_namespace_(shared.flags.space);
        request.set_workflow_id(workflow_id);
        request.set_run_id(run_id);
        request.set_activity_id(activity_id);
        request.set_identity(shared.flags.identity);
    }
};

void report(session& shared, const activity_flags& flags, const char* done) {
    shared.print("Activity " + flags.activity_id + " of workflow " + flags.workflow_id + " was " + done + ".\n");
    shared.print_json(ordered_json::object());
}

exit_code run_complete(session& shared, const activity_flags& flags) {
    pb::service::RespondActivityTaskCompletedByIdRequest request;
    flags.fill(request, shared);
    *request.mutable_result()->add_payloads() = json_payload("--result", flags.result);
    static_cast<void>(shared.call(&frontend::respond_activity_task_completed_by_id, request));
    report(shared, flags, "completed");
    return exit_code::ok;
}

exit_code run_fail(session& shared, const activity_flags& flags) {
    pb::service::RespondActivityTaskFailedByIdRequest request;
    flags.fill(request, shared);
    auto& failure = *request.mutable_failure();
    failure.set_message(flags.reason);
    failure.set_source("CLI");
    auto& info = *failure.mutable_application_failure_info();
    info.set_non_retryable(true);
    if (!flags.detail.empty()) *info.mutable_details()->add_payloads() = json_payload("--detail", flags.detail);
    static_cast<void>(shared.call(&frontend::respond_activity_task_failed_by_id, request));
    report(shared, flags, "failed");
    return exit_code::ok;
}

}  // namespace

void add_activity(CLI::App& parent, session& shared) {
    auto* complete = parent.add_subcommand("complete", "Complete an activity from outside its worker");
    complete->footer("Example:\n  perdure activity complete -w o-1 --activity-id approve --result '{\"ok\":true}'\n");
    auto flags = std::make_shared<activity_flags>();
    flags->add_to(*complete);
    complete->add_option("--result", flags->result, "Result as JSON")->required();
    complete->callback([&shared, flags] { shared.action = [&shared, flags] { return run_complete(shared, *flags); }; });

    auto* fail = parent.add_subcommand("fail", "Fail an activity from outside its worker; it is not tried again");
    fail->footer("Example:\n  perdure activity fail -w o-1 --activity-id approve --reason 'nobody answered'\n");
    auto fail_flags = std::make_shared<activity_flags>();
    fail_flags->add_to(*fail);
    fail->add_option("--detail", fail_flags->detail, "Details of the failure as JSON");
    fail->add_option("--reason", fail_flags->reason, "Message of the failure");
    fail->callback([&shared, fail_flags] { shared.action = [&shared, fail_flags] { return run_fail(shared, *fail_flags); }; });
}

}  // namespace perdure::cli
