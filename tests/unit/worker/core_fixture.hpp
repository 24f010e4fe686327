#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/result.hpp"
#include "sdk/worker/core/worker_core.hpp"

namespace perdure::detail {

using namespace std::chrono_literals;

/// A worker core with a scripted server on the other side and a clock that the test moves.
class core_fixture : public ::testing::Test {
  protected:
    /// Of the scripted server.
    static constexpr std::size_t max_frame_bytes = 1U << 20U;

    static core_options small_worker() {
        core_options options;
        options.space = "default";
        options.identity = "worker-1";
        options.task_queue = "orders";
        options.sticky_queue = "worker-1:sticky";
        options.workflow_slots = 4;
        options.activity_slots = 8;
        options.drain_timeout = 10s;
        options.stop_grace = 2s;
        return options;
    }

    explicit core_fixture(core_options options = small_worker()) : core(std::move(options)) {}

    /// Takes the effects and keeps them, frames taken apart into messages.
    void step() {
        for (auto& wanted : core.take_effects()) {
            if (auto* frame = std::get_if<send_frame>(&wanted)) {
                ++frames;
                std::string bytes;
                for (const worker_message& message : frame->messages) {
                    append_to_frame(bytes, *message);
                    sent.push_back(*message);
                }
                largest_frame = std::max(largest_frame, bytes.size());
            } else if (auto* line = std::get_if<say>(&wanted)) {
                said.push_back(line->text);
            } else {
                effects.push_back(std::move(wanted));
            }
        }
    }

    void connect() {
        core.advance(now);
        core.connected(now);
        pb::worker::ServerMessage message;
        auto& welcome = *message.mutable_welcome();
        welcome.set_protocol_version(1);
        welcome.set_max_frame_bytes(max_frame_bytes);
        welcome.set_idle_timeout_ms(30'000);
        serve(std::move(message));
    }

    void connect_and_forget() {
        connect();
        forget();
    }

    void forget() {
        step();
        sent.clear();
        effects.clear();
        said.clear();
    }

    void serve(pb::worker::ServerMessage message) {
        pb::worker::FromServer frame;
        *frame.add_messages() = std::move(message);
        core.receive(std::make_shared<pb::worker::FromServer>(std::move(frame)), now);
        step();
    }

    void serve_done(std::uint64_t request) {
        pb::worker::ServerMessage message;
        message.set_request_id(request);
        message.mutable_done();
        serve(std::move(message));
    }

    void serve_error(std::uint64_t request, status_code code, std::string text = "no") {
        pb::worker::ServerMessage message;
        message.set_request_id(request);
        message.mutable_error()->set_code(static_cast<std::uint32_t>(code));
        message.mutable_error()->set_message(std::move(text));
        serve(std::move(message));
    }

    void serve_workflow_task(const std::string& token, const std::string& run, std::uint32_t subscription = 1) {
        pb::worker::ServerMessage message;
        auto& push = *message.mutable_workflow_task();
        push.set_subscription(subscription);
        *push.mutable_task() = workflow_task(token, run);
        serve(std::move(message));
    }

    static pb::service::PollWorkflowTaskQueueResponse workflow_task(const std::string& token, const std::string& run) {
        pb::service::PollWorkflowTaskQueueResponse task;
        task.set_task_token(token);
        task.mutable_workflow_execution()->set_workflow_id("wf-" + run);
        task.mutable_workflow_execution()->set_run_id(run);
        task.mutable_workflow_type()->set_name("order.fulfil");
        return task;
    }

    static pb::service::PollActivityTaskQueueResponse activity_task(const std::string& token, int heartbeat_seconds = 0,
                                                                    int start_to_close_seconds = 60) {
        pb::service::PollActivityTaskQueueResponse task;
        task.set_task_token(token);
        task.mutable_activity_type()->set_name("payment.charge");
        task.mutable_heartbeat_timeout()->set_seconds(heartbeat_seconds);
        task.mutable_start_to_close_timeout()->set_seconds(start_to_close_seconds);
        return task;
    }

    job_id serve_activity(const std::string& token, int heartbeat_seconds = 0, int start_to_close_seconds = 60) {
        pb::worker::ServerMessage message;
        *message.mutable_activity_task()->mutable_task() = activity_task(token, heartbeat_seconds, start_to_close_seconds);
        message.mutable_activity_task()->set_subscription(3);
        serve(std::move(message));
        const auto* started = last<start_activity>();
        return started == nullptr ? 0 : started->job;
    }

    static pb::common::Payloads details(const std::string& text) {
        pb::common::Payloads list;
        list.add_payloads()->set_data(text);
        return list;
    }

    static workflow_answer completed(const std::string& token, int activities = 0, bool cached = true) {
        auto message = std::make_shared<pb::worker::WorkerMessage>();
        auto& answer = *message->mutable_workflow_task_completed();
        answer.set_task_token(token);
        for (int index = 0; index < activities; ++index) {
            auto& command = *answer.add_commands();
            command.set_command_type(pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
            command.mutable_schedule_activity_task_command_attributes()->set_activity_id(std::to_string(index));
        }
        return {.body = std::move(message), .cached = cached};
    }

    static pb::worker::WorkerMessage& message_of(workflow_answer& answer) {
        return *std::get<std::shared_ptr<pb::worker::WorkerMessage>>(answer.body);
    }

    template <class Effect>
    const Effect* last() const {
        for (auto at = effects.rbegin(); at != effects.rend(); ++at)
            if (const auto* found = std::get_if<Effect>(&*at)) return found;
        return nullptr;
    }

    template <class Effect>
    std::size_t count() const {
        std::size_t many = 0;
        for (const auto& one : effects) many += std::holds_alternative<Effect>(one) ? 1 : 0;
        return many;
    }

    /// The kinds of all messages that were sent, in order: "subscribe credit ...".
    std::string kinds() const {
        std::string text;
        for (const auto& message : sent) {
            const auto* field = pb::worker::WorkerMessage::descriptor()->FindFieldByNumber(message.body_case());
            text += (text.empty() ? "" : " ") + std::string(field == nullptr ? "nothing" : field->name());
        }
        return text;
    }

    moment now{std::chrono::hours(1)};
    worker_core core;
    std::vector<pb::worker::WorkerMessage> sent;
    std::vector<effect> effects;
    std::vector<std::string> said;
    int frames = 0;
    std::size_t largest_frame = 0;
};

}  // namespace perdure::detail
