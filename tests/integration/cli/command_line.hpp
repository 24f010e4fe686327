#pragma once

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "cli/app.hpp"
#include "sdk/client/http_frontend.hpp"
#include "server/runtime/server_runtime.hpp"

namespace perdure::cli {

using nlohmann::json;
using server::node;

struct printed {
    int status = 0;
    std::string out;
    std::string err;
};

/// The commands against a server in this process, over HTTP; the test is the worker.
class command_line : public testing::Test {
  protected:
    void SetUp() override {
        server::options options;
        options.http_port = 0;
        options.level = server::log_level::error;
        auto made = server::server_runtime::start(options);
        ASSERT_TRUE(made) << made.error().message;
        server_ = *std::move(made);
        thread_ = std::thread([this] { server_->run(); });
    }
    void TearDown() override {
        if (!thread_.joinable()) return;
        server_->stop();
        thread_.join();
    }

    virtual std::unique_ptr<frontend> connect() {
        return std::make_unique<detail::http_frontend>(detail::http_address{.port = std::to_string(server_->port())});
    }

    printed perdure(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "perdure");
        std::vector<const char*> pointers;
        for (const auto& argument : arguments) pointers.push_back(argument.c_str());
        std::ostringstream out;
        std::ostringstream err;
        const connector by_http = [this](const settings&) { return connect(); };
        const int status = run(static_cast<int>(pointers.size()), pointers.data(), {out, err, by_http});
        return {status, out.str(), err.str()};
    }

    json perdure_json(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--output", "json"});
        const auto result = perdure(std::move(arguments));
        EXPECT_EQ(result.status, 0) << result.err;
        return json::parse(result.out, nullptr, false);
    }

    void start(const std::string& id, std::vector<std::string> more = {}) {
        std::vector<std::string> line = {"workflow", "start", "--type", "order", "--task-queue", "q", "--workflow-id", id};
        line.insert(line.end(), more.begin(), more.end());
        const auto result = perdure(line);
        ASSERT_EQ(result.status, 0) << result.err;
    }

    template <class Request, class Response>
    Response ask(void (node::*function)(Request, reply<Response>), std::type_identity_t<Request> request) {
        std::promise<result<Response>> promise;
        server_->post([&](node& served) {
            (served.*function)(std::move(request), [&](result<Response> response) { promise.set_value(std::move(response)); });
        });
        auto response = promise.get_future().get();
        EXPECT_TRUE(response) << response.error().message;
        return response ? *std::move(response) : Response{};
    }

    pb::service::PollWorkflowTaskQueueResponse poll() {
        pb::service::PollWorkflowTaskQueueRequest request;
        request.set_namespace_("default");
        request.mutable_task_queue()->set_name("q");
        request.set_identity("worker");
        return ask(&node::poll_workflow_task_queue, request);
    }

    void answer(const pb::service::PollWorkflowTaskQueueResponse& task, const std::vector<pb::command::Command>& commands) {
        pb::service::RespondWorkflowTaskCompletedRequest request;
        request.set_namespace_("default");
        request.set_task_token(task.task_token());
        for (const auto& command : commands) *request.add_commands() = command;
        static_cast<void>(ask(&node::respond_workflow_task_completed, request));
    }

    static pb::command::Command complete(const std::string& value) {
        pb::command::Command command;
        command.set_command_type(pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION);
        auto& payload = *command.mutable_complete_workflow_execution_command_attributes()->mutable_result()->add_payloads();
        (*payload.mutable_metadata())["encoding"] = "json/plain";
        payload.set_data(value);
        return command;
    }

    static pb::command::Command fail() {
        pb::command::Command command;
        command.set_command_type(pb::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
        auto& failure = *command.mutable_fail_workflow_execution_command_attributes()->mutable_failure();
        failure.set_message("out of stock");
        failure.mutable_application_failure_info()->set_type("OutOfStock");
        return command;
    }

    static pb::command::Command activity() {
        pb::command::Command command;
        command.set_command_type(pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
        auto& attributes = *command.mutable_schedule_activity_task_command_attributes();
        attributes.set_activity_id("pay");
        attributes.mutable_activity_type()->set_name("charge");
        attributes.mutable_task_queue()->set_name("q");
        attributes.mutable_start_to_close_timeout()->set_seconds(60);
        return command;
    }

    std::unique_ptr<server::server_runtime> server_;
    std::thread thread_;
};

}  // namespace perdure::cli
