#include "sdk/replay/task_trouble.hpp"

#include <cstddef>
#include <utility>

#include <perdure/errors.hpp>

#include "sdk/replay/sdk_flags.hpp"
#include "sdk/vocabulary/failure_conversion.hpp"

namespace perdure::detail {
namespace {

// Histories are kept for long and are paid for; the log has it all.
constexpr std::size_t longest_report = 4'000;

// What to say about a task that failed: an ordinary exception needs the sentence that tells how to fail a workflow.
pb::failure::Failure task_failure(const std::exception_ptr& error, const std::string& stack) {
    pb::failure::Failure failure = to_proto(error);
    try {
        std::rethrow_exception(error);
    } catch (const perdure::error&) {
    } catch (...) {
        failure.set_message(
            describe_exception(error) +
            " left workflow code. Only the family of perdure::failure fails a workflow; everything else fails the workflow "
            "task, which is tried again until the code is mended. To fail the workflow throw perdure::application_error or "
            "a perdure::app_error of your own");
    }
    failure.set_stack_trace(stack);
    return failure;
}

std::string shortened(std::string text) {
    if (text.size() <= longest_report) return text;
    std::size_t end = text.rfind('\n', longest_report);
    text.erase(end == std::string::npos ? longest_report : end + 1);
    return text + "(the worker's log has the rest)\n";
}

}  // namespace

activation_result task_trouble(const std::exception_ptr& error, const std::string& stack) {
    activation_result result;
    result.kind = activation_kind::failed;
    result.drop_run = true;
    result.failed.set_cause(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE);
    *result.failed.mutable_failure() = task_failure(error, stack);
    result.reason = result.failed.failure().message();
    try {
        std::rethrow_exception(error);
    } catch (const nondeterminism_error& parted) {
        result.trouble = task_problem::mismatch;
        result.found = parted.found();
        if (result.found->stack.empty()) result.found->stack = stack;
        const std::string report = report_of(*result.found);
        result.failed.set_cause(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR);
        result.failed.mutable_failure()->set_message(summary_of(*result.found));
        result.failed.mutable_failure()->set_stack_trace(shortened(report));
        result.reason = result.failed.failure().message() + "\n" + report;
    } catch (const newer_sdk_error&) {
        result.trouble = task_problem::newer_sdk;
    } catch (const payload_error&) {
        result.trouble = task_problem::payload;
    } catch (...) {
        result.trouble = task_problem::code;
    }
    return result;
}

}  // namespace perdure::detail
