#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "sdk/client/http_frontend.hpp"
#include "server/runtime/server_runtime.hpp"
#include "tests/conformance/driver.hpp"
#include "tests/conformance/operations.hpp"
#include "tests/conformance/stream_client.hpp"
#include "tests/conformance/temporary_folder.hpp"

namespace perdure::conformance {
namespace {

/// Beyond this a poll has found nothing, and any other request is lost.
constexpr std::chrono::seconds longest_wait{20};

/// A server in this process on a port of the system's choice.
class running_server {
  public:
    static result<std::shared_ptr<running_server>> start(store_kind store) {
        auto made = std::make_shared<running_server>();
        server::options options;
        options.http_port = 0;
        options.level = server::log_level::error;
        if (store == store_kind::sqlite) options.store = {server::store_address::kind::sqlite, made->folder_.file("play.db")};
        auto runtime = server::server_runtime::start(options);
        if (!runtime) return std::move(runtime.error());
        made->runtime_ = *std::move(runtime);
        made->thread_ = std::thread([server = made->runtime_.get()] { server->run(); });
        return made;
    }
    running_server() = default;
    running_server(const running_server&) = delete;
    running_server& operator=(const running_server&) = delete;
    ~running_server() {
        if (!thread_.joinable()) return;
        runtime_->stop();
        thread_.join();
    }

    [[nodiscard]] std::uint16_t port() const { return runtime_->port(); }

  private:
    temporary_folder folder_;
    std::unique_ptr<server::server_runtime> runtime_;
    std::thread thread_;
};

using pb::worker::ServerMessage;
using pb::worker::WorkerMessage;

/// Puts a request into a message of the stream, or says what is wrong with it.
using stream_operation = std::function<result<WorkerMessage>(const json&)>;

template <class Request>
stream_operation respond_by(Request* (WorkerMessage::*field)()) {
    return [field](const json& document) -> result<WorkerMessage> {
        auto request = from_json<Request>(document);
        if (!request) return std::move(request.error());
        WorkerMessage message;
        *(message.*field)() = *std::move(request);
        return message;
    };
}

const std::map<std::string, stream_operation>& stream_operations() {
    static const std::map<std::string, stream_operation> table = {
        {"RespondWorkflowTaskCompleted", respond_by(&WorkerMessage::mutable_workflow_task_completed)},
        {"RespondWorkflowTaskFailed", respond_by(&WorkerMessage::mutable_workflow_task_failed)},
        {"RespondQueryTaskCompleted", respond_by(&WorkerMessage::mutable_query_completed)},
        {"RespondActivityTaskCompleted", respond_by(&WorkerMessage::mutable_activity_completed)},
        {"RespondActivityTaskFailed", respond_by(&WorkerMessage::mutable_activity_failed)},
        {"RespondActivityTaskCanceled", respond_by(&WorkerMessage::mutable_activity_canceled)},
        {"RecordActivityTaskHeartbeat", respond_by(&WorkerMessage::mutable_activity_heartbeat)},
        {"ResetStickyTaskQueue", respond_by(&WorkerMessage::mutable_reset_sticky)},
    };
    return table;
}

bool is_poll(const std::string& op) { return op == "PollWorkflowTaskQueue" || op == "PollActivityTaskQueue"; }

class server_driver final : public driver {
  public:
    explicit server_driver(std::shared_ptr<running_server> server)
        : server_(std::move(server)), http_(detail::http_address{.host = "127.0.0.1", .port = std::to_string(server_->port())}) {}

    [[nodiscard]] bool supports(const std::string& op) const override {
        return is_poll(op) || stream_operations().contains(op) || frontend_operations().contains(op);
    }

    [[nodiscard]] std::shared_ptr<pending_call> begin(const std::string& op, const json& request) override {
        auto call = std::make_shared<pending_call>();
        const auto on_stream = stream_operations().find(op);
        if (is_poll(op)) {
            begin_poll(op, request, call);
        } else if (on_stream != stream_operations().end()) {
            auto message = on_stream->second(request);
            if (message) {
                send(request, *std::move(message), call);
            } else {
                call->answered = std::move(message.error());
            }
        } else {
            frontend_operations().at(op)(http_, request, [this, call](answer answered) { settle(*call, std::move(answered)); });
        }
        return call;
    }

    bool wait(pending_call& call) override {
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, longest_wait, [&] { return call.answered.has_value(); })) return true;
        for (auto& [subscription, poll] : polls_) {
            if (poll.get() != &call) continue;
            call.answered = json::object();
            polls_.erase(subscription);
            return true;
        }
        return false;
    }

    void sleep(std::chrono::milliseconds duration) override { std::this_thread::sleep_for(duration); }

  private:
    stream_client& stream(const json& request) {
        const auto identity = request.value("identity", std::string("worker"));
        auto& client = streams_[identity];
        if (!client) {
            client = std::make_unique<stream_client>(server_->port(), request.value("namespace", std::string("default")),
                                                     identity, [this](ServerMessage message) { receive(std::move(message)); });
        }
        return *client;
    }

    void send(const json& request, WorkerMessage message, const std::shared_ptr<pending_call>& call) {
        pb::worker::FromWorker frame;
        {
            const std::lock_guard lock(mutex_);
            message.set_request_id(++last_id_);
            requests_[last_id_] = call;
        }
        *frame.add_messages() = std::move(message);
        stream(request).send(std::move(frame));
    }

    /// A poll is a subscription with room for one task.
    void begin_poll(const std::string& op, const json& request, const std::shared_ptr<pending_call>& call) {
        WorkerMessage subscribe;
        auto& body = *subscribe.mutable_subscribe();
        body.set_kind(op == "PollWorkflowTaskQueue" ? pb::worker::TASK_KIND_WORKFLOW : pb::worker::TASK_KIND_ACTIVITY);
        if (request.contains("taskQueue")) {
            auto queue = from_json<pb::taskqueue::TaskQueue>(request["taskQueue"]);
            if (!queue) {
                call->answered = std::move(queue.error());
                return;
            }
            *body.mutable_task_queue() = *std::move(queue);
        }
        pb::worker::FromWorker frame;
        {
            const std::lock_guard lock(mutex_);
            subscribe.set_request_id(++last_id_);
            requests_[last_id_] = call;
            body.set_subscription(++last_subscription_);
            polls_[last_subscription_] = call;
            auto& credit = *frame.add_messages()->mutable_credit();
            credit.set_subscription(last_subscription_);
            credit.set_count(1);
        }
        *frame.add_messages() = std::move(subscribe);
        frame.mutable_messages()->SwapElements(0, 1);
        stream(request).send(std::move(frame));
    }

    void settle(pending_call& call, answer answered) {
        const std::lock_guard lock(mutex_);
        if (!call.answered) call.answered = std::move(answered);
        changed_.notify_all();
    }

    void receive(ServerMessage message) {
        switch (message.body_case()) {
            case ServerMessage::kWorkflowTask:
                return hand_over(message.workflow_task().subscription(), to_json(message.workflow_task().task()));
            case ServerMessage::kActivityTask:
                return hand_over(message.activity_task().subscription(), to_json(message.activity_task().task()));
            default:
                break;
        }
        std::shared_ptr<pending_call> call;
        bool polling = false;
        {
            const std::lock_guard lock(mutex_);
            const auto found = requests_.extract(message.request_id());
            if (!found) return;
            call = found.mapped();
            for (const auto& [subscription, poll] : polls_) polling = polling || poll == call;
        }
        switch (message.body_case()) {
            case ServerMessage::kError:
                return settle(*call,
                              service_failure{static_cast<status_code>(message.error().code()), message.error().message()});
            case ServerMessage::kWorkflowTaskCompleted:
                return settle(*call, to_json(message.workflow_task_completed()));
            case ServerMessage::kActivityHeartbeat:
                return settle(*call, to_json(message.activity_heartbeat()));
            default:
                // A subscription that was taken is a poll that still waits.
                if (!polling) settle(*call, json::object());
        }
    }

    void hand_over(std::uint32_t subscription, json task) {
        std::shared_ptr<pending_call> call;
        {
            const std::lock_guard lock(mutex_);
            const auto found = polls_.extract(subscription);
            if (!found) return;
            call = found.mapped();
        }
        settle(*call, std::move(task));
    }

    std::shared_ptr<running_server> server_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t last_id_ = 0;
    std::uint32_t last_subscription_ = 0;
    std::map<std::uint64_t, std::shared_ptr<pending_call>> requests_;
    std::map<std::uint32_t, std::shared_ptr<pending_call>> polls_;
    detail::http_frontend http_;
    std::map<std::string, std::unique_ptr<stream_client>> streams_;
};

}  // namespace

result<driver_factory> server_drivers(store_kind store) {
    auto server = running_server::start(store);
    if (!server) return std::move(server.error());
    return driver_factory([shared = *std::move(server)] { return std::make_unique<server_driver>(shared); });
}

}  // namespace perdure::conformance
