#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <list>

#include "tests/conformance/operations.hpp"
#include "tests/conformance/player.hpp"
#include "tests/unit/engine/engine_host.hpp"

namespace perdure::history::test {
namespace {

using conformance::answer;
using conformance::json;
using std::chrono::milliseconds;

/// Plays scripts on the engine alone: no shard, no matching, no store.
class engine_driver final : public conformance::driver {
  public:
    [[nodiscard]] bool supports(const std::string& op) const override { return operations().contains(op); }

    [[nodiscard]] std::shared_ptr<conformance::pending_call> begin(const std::string& op, const json& request) override {
        // No two requests of a script come at one instant.
        pass_to(host_.now + milliseconds(1));
        auto call = std::make_shared<conformance::pending_call>();
        open_.push_back({call, operations().at(op)(host_, request)});
        try_open();
        return call;
    }

    bool wait(conformance::pending_call& call) override {
        const auto limit = host_.now + std::chrono::minutes(1);
        while (!call.answered) {
            const auto due = host_.next_due();
            if (!due || *due > limit) return false;
            pass_to(*due);
        }
        return true;
    }

    void sleep(milliseconds duration) override {
        const auto until = host_.now + duration;
        for (auto due = host_.next_due(); due && *due < until; due = host_.next_due()) pass_to(*due);
        pass_to(until);
    }

  private:
    /// Tries to answer; nothing while there is no task or reply.
    using attempt = std::function<std::optional<answer>()>;
    using operation = std::function<attempt(engine_host&, const json&)>;

    struct open_call {
        std::shared_ptr<conformance::pending_call> call;
        attempt again;
    };

    void pass_to(wall_time time) {
        host_.advance(time);
        try_open();
    }

    void try_open() {
        for (auto open = open_.begin(); open != open_.end();) {
            open->call->answered = open->again();
            open = open->call->answered ? open_.erase(open) : std::next(open);
        }
    }

    template <class T>
    static answer printed(result<T> response) {
        if (!response) return response.error();
        if constexpr (std::is_same_v<T, done>) {
            return json::object();
        } else {
            return conformance::to_json(*std::move(response));
        }
    }

    template <class Request, class Call>
    static operation at_once(Call call) {
        return [call](engine_host& host, const json& document) -> attempt {
            const auto request = conformance::from_json<Request>(document);
            auto given = request ? printed(call(host, *request)) : answer(request.error());
            return [given] { return std::optional(given); };
        };
    }

    template <class Request, class Call>
    static operation when_ready(Call call) {
        return [call](engine_host& host, const json& document) -> attempt {
            const auto request = conformance::from_json<Request>(document);
            return [call, &host, request]() -> std::optional<answer> {
                if (!request) return answer(request.error());
                auto response = call(host, *request);
                if (!response) return std::nullopt;
                return answer(conformance::to_json(*std::move(response)));
            };
        };
    }

    static const std::map<std::string, operation>& operations();

    engine_host host_;
    std::list<open_call> open_;
};

result<pb::service::GetWorkflowExecutionHistoryResponse> history_of(
    engine_host& host, const pb::service::GetWorkflowExecutionHistoryRequest& request) {
    auto* run = host.find(request.execution().workflow_id(), request.execution().run_id());
    if (run == nullptr) return service_failure{status_code::not_found, "no such run"};
    pb::service::GetWorkflowExecutionHistoryResponse response;
    for (const auto& event : run->history) *response.mutable_history()->add_events() = event;
    return response;
}

result<pb::service::ListWorkflowExecutionsResponse> list(engine_host& host,
                                                         const pb::service::ListWorkflowExecutionsRequest& request) {
    pb::service::ListWorkflowExecutionsResponse response;
    const auto first = request.query().find('\'') + 1;
    const auto& ids = host.runs_of(request.query().substr(first, request.query().size() - first - 1));
    // The recordings hold the newest chain of a workflow id, and not the runs of starts before it.
    const auto chain = [&](const std::string& id) { return current_run_of(host.find("", id)->state).first_run_id; };
    for (auto id = ids.rbegin(); id != ids.rend() && chain(*id) == chain(ids.back()); ++id) {
        *response.add_executions() = visibility_of(host.find("", *id)->state);
    }
    return response;
}

template <class ById, class ByToken>
ByToken with_token(const ById& request, std::string token) {
    ByToken made;
    made.set_task_token(std::move(token));
    made.set_identity(request.identity());
    return made;
}

const std::map<std::string, engine_driver::operation>& engine_driver::operations() {
    using namespace pb::service;
    static const std::map<std::string, operation> table = {
        {"StartWorkflowExecution",
         at_once<StartWorkflowExecutionRequest>([](auto& host, const auto& request) { return host.start(request); })},
        {"SignalWithStartWorkflowExecution",
         at_once<SignalWithStartWorkflowExecutionRequest>(
             [](auto& host, const auto& request) { return host.signal_with_start(request); })},
        {"SignalWorkflowExecution",
         at_once<SignalWorkflowExecutionRequest>([](auto& host, const auto& request) { return host.signal(request); })},
        {"RequestCancelWorkflowExecution",
         at_once<RequestCancelWorkflowExecutionRequest>([](auto& host, const auto& request) { return host.cancel(request); })},
        {"TerminateWorkflowExecution",
         at_once<TerminateWorkflowExecutionRequest>([](auto& host, const auto& request) { return host.terminate(request); })},
        {"ResetStickyTaskQueue",
         at_once<ResetStickyTaskQueueRequest>([](auto& host, const auto& request) { return host.reset_sticky(request); })},
        {"DescribeWorkflowExecution", at_once<DescribeWorkflowExecutionRequest>(
                                          [](auto& host, const auto& request) { return host.describe(request.execution()); })},
        {"GetWorkflowExecutionHistory", at_once<GetWorkflowExecutionHistoryRequest>(history_of)},
        {"ListWorkflowExecutions", at_once<ListWorkflowExecutionsRequest>(list)},
        {"PollWorkflowTaskQueue",
         when_ready<PollWorkflowTaskQueueRequest>([](auto& host, const auto& request) { return host.poll_workflow(request); })},
        {"PollActivityTaskQueue",
         when_ready<PollActivityTaskQueueRequest>([](auto& host, const auto& request) { return host.poll_activity(request); })},
        {"RespondWorkflowTaskCompleted",
         at_once<RespondWorkflowTaskCompletedRequest>([](auto& host, const auto& request) { return host.complete(request); })},
        {"RespondWorkflowTaskFailed",
         at_once<RespondWorkflowTaskFailedRequest>([](auto& host, const auto& request) { return host.fail(request); })},
        {"RespondQueryTaskCompleted",
         at_once<RespondQueryTaskCompletedRequest>([](auto& host, const auto& request) { return host.answer_query(request); })},
        {"RecordActivityTaskHeartbeat",
         at_once<RecordActivityTaskHeartbeatRequest>([](auto& host, const auto& request) { return host.heartbeat(request); })},
        {"RespondActivityTaskCompleted", at_once<RespondActivityTaskCompletedRequest>(
                                             [](auto& host, const auto& request) { return host.complete_activity(request); })},
        {"RespondActivityTaskFailed",
         at_once<RespondActivityTaskFailedRequest>([](auto& host, const auto& request) { return host.fail_activity(request); })},
        {"RespondActivityTaskCanceled", at_once<RespondActivityTaskCanceledRequest>(
                                            [](auto& host, const auto& request) { return host.cancel_activity(request); })},
        {"RespondActivityTaskCompletedById",
         at_once<RespondActivityTaskCompletedByIdRequest>([](auto& host, const auto& request) -> result<done> {
             auto token = host.token_by_id(request.workflow_id(), request.run_id(), request.activity_id());
             if (!token) return token.error();
             auto made =
                 with_token<RespondActivityTaskCompletedByIdRequest, RespondActivityTaskCompletedRequest>(request, *token);
             if (request.has_result()) *made.mutable_result() = request.result();
             return host.complete_activity(made);
         })},
        {"QueryWorkflow",
         [](engine_host& host, const json& document) -> attempt {
             const auto request = conformance::from_json<QueryWorkflowRequest>(document);
             if (!request) return [error = request.error()] { return std::optional(answer(error)); };
             return [reply = host.query(*request)]() -> std::optional<answer> {
                 if (!reply->answered) return std::nullopt;
                 return printed(*reply->answered);
             };
         }},
    };
    return table;
}

class Transcript : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Transcript, IsWhatTheEngineDoes) {
    const auto script = conformance::load_transcript(GetParam());
    ASSERT_TRUE(script.has_value()) << script.error().message;
    const auto known = conformance::load_known_differences(std::filesystem::path(PERDURE_SOURCE_DIR) /
                                                           "tests/conformance/known_differences.json");
    ASSERT_TRUE(known.has_value()) << known.error().message;
    engine_driver driver;
    const auto outcome = conformance::play(*script, GetParam().filename().string(), driver, "1", *known);
    EXPECT_NE(outcome.kind, conformance::verdict::not_supported) << outcome.why;
    EXPECT_NE(outcome.kind, conformance::verdict::differs)
        << outcome.found.where << "\n  recorded: " << outcome.found.expected << "\n  ours:     " << outcome.found.actual;
}

std::vector<std::filesystem::path> scripts() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(PERDURE_SOURCE_DIR) / "tests/conformance/transcripts/now")) {
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

INSTANTIATE_TEST_SUITE_P(Recorded, Transcript, testing::ValuesIn(scripts()),
                         [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace perdure::history::test
