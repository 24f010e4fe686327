#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sdk/worker/core/heartbeat_throttle.hpp"
#include "sdk/worker/core/link.hpp"
#include "sdk/worker/core/meter.hpp"
#include "sdk/worker/core/outbox.hpp"
#include "sdk/worker/core/slots.hpp"
#include "sdk/worker/core/types.hpp"

namespace perdure::detail {

/// The rules of a worker, without a socket, a thread or a clock: what it asks of the server, what it runs when, what it
/// answers, and what it does when the connection goes. The shell tells it what happened and carries out its effects.
///
/// One thread drives it. Time never goes backwards between calls.
class worker_core {
  public:
    explicit worker_core(core_options options, meter& measurements = no_meter());

    // The connection.
    void connected(moment now);
    void disconnected(const std::string& reason, moment now);
    /// Takes parts of the frame along, as long as they are needed.
    void receive(const std::shared_ptr<pb::worker::FromServer>& frame, moment now);

    // Work that came to an end, or said something on the way.
    void workflow_done(job_id job, workflow_answer answer, moment now);
    void activity_done(job_id job, activity_answer answer, moment now);
    void activity_heartbeat(job_id job, pb::common::Payloads details, moment now);

    /// Takes nothing new, finishes what it has, then stops.
    void drain(moment now);

    /// Does what time demands: connects, pings, sends heartbeats and retries, gives up.
    void advance(moment now);
    /// When `advance` next has something to do.
    [[nodiscard]] std::optional<moment> next_due() const;

    /// What the shell has to do since the last call, in order.
    [[nodiscard]] std::vector<effect> take_effects();

    [[nodiscard]] bool is_stopped() const noexcept { return stopped_; }
    [[nodiscard]] std::size_t workflow_tasks_in_hand() const noexcept { return workflow_jobs_.size(); }
    [[nodiscard]] std::size_t activities_in_hand() const noexcept { return activity_jobs_.size(); }
    [[nodiscard]] const core_options& options() const noexcept { return options_; }

  private:
    /// The numbers of this worker's subscriptions on every connection.
    enum class queue : std::uint32_t { returned = 0, normal = 1, sticky = 2, activities = 3 };

    struct workflow_job {
        queue from = queue::normal;
        std::string run_id;
        std::string type;
        std::int32_t attempt = 1;
        moment arrived{};
        workflow_task_ptr task;
        /// While the whole history is fetched: the task as it will be, with what came so far.
        std::shared_ptr<pb::service::PollWorkflowTaskQueueResponse> whole;
        bool fetching = false;
        /// Of a foreseen task: the activity's result, which is sent with the answer or without it, and what it is the result of.
        std::shared_ptr<pb::worker::WorkerMessage> result{};
        std::string result_of{};
    };
    /// Which slot an activity has. None is for one that came eagerly beyond what was reserved.
    enum class slot : std::uint8_t { credited, eager, none };
    struct activity_job {
        slot held = slot::credited;
        std::string token;
        std::string name;
        heartbeat_throttle heartbeats;
        /// The workflow task that follows, and when the activity was started by the server's clock; null when there is none.
        std::shared_ptr<pb::service::PollWorkflowTaskQueueResponse> foreseen{};
        wall_time started{};
        moment arrived{};
        std::chrono::nanoseconds waited_before{};
        /// When the attempt is over on the server, whatever happens here.
        std::optional<moment> deadline;
        bool cancel_asked = false;
        /// The workflow asked for it, and the activity was told so.
        bool cancel_requested = false;
        /// The attempt is no longer wanted: its answer would be refused.
        bool given_up = false;
    };

    using frame_ptr = std::shared_ptr<pb::worker::FromServer>;

    // worker_core.cpp: the connection and what all messages share
    void on_message(const frame_ptr& frame, pb::worker::ServerMessage& message, moment now);
    void on_welcome(const pb::worker::Welcome& welcome, moment now);
    void on_error(std::uint64_t request_id, const pb::worker::Error& error, moment now);
    void subscribe();
    void grant(queue subscription, std::uint32_t count);
    /// The same for one, with the next frame.
    void give_back(queue subscription);
    void tell(worker_message message);
    void tell(pb::worker::WorkerMessage message);
    void request(std::shared_ptr<pb::worker::WorkerMessage> message, request_subject subject, moment now);
    void request_ready(std::shared_ptr<pb::worker::WorkerMessage> message, request_subject subject, moment now);
    void acknowledged(const request_subject& subject, moment now);
    void on_done(const request_subject& subject, moment now);
    void refused(const request_subject& subject, const pb::worker::Error& error, moment now);
    void lose_connection(const std::string& reason, moment now);
    void stop_if_drained(moment now);
    void report_slots();
    void note(log_level how, std::string text);
    void flush();

    // worker_core_payloads.cpp: what is done to payloads, and what is said when it cannot be done
    [[nodiscard]] std::optional<std::string> encode(google::protobuf::Message& message) const;
    [[nodiscard]] std::optional<std::string> decode(google::protobuf::Message& message) const;
    void make_ready(pb::worker::WorkerMessage& message, const std::string& name);
    void refuse_workflow_task(job_id job, const pb::service::PollWorkflowTaskQueueResponse& task, const std::string& why,
                              moment now);

    // worker_core_workflows.cpp
    void on_workflow_task(queue from, const std::shared_ptr<pb::service::PollWorkflowTaskQueueResponse>& task, moment now);
    void on_workflow_reply(const frame_ptr& frame, std::uint64_t request_id,
                           pb::service::RespondWorkflowTaskCompletedResponse& reply, moment now);
    void on_history(const frame_ptr& frame, std::uint64_t request_id, pb::service::GetWorkflowExecutionHistoryResponse& page,
                    moment now);
    void fetch_history(job_id job, std::string page_token, moment now);
    void dispatch_workflow(job_id job, workflow_task_ptr task);
    void send_answer(const workflow_job& job, std::shared_ptr<pb::worker::WorkerMessage> message, bool cached, moment now);
    void send_completed(const workflow_job& job, std::shared_ptr<pb::worker::WorkerMessage> message, bool cached, moment now);
    void count_outcome(const std::string& type, const pb::service::RespondWorkflowTaskCompletedRequest& answer);
    void complete_answer(pb::service::RespondWorkflowTaskCompletedRequest& answer, bool cached) const;
    [[nodiscard]] std::uint32_t ask_for_eager(pb::service::RespondWorkflowTaskCompletedRequest& answer);
    void finish_workflow(job_id job);

    // worker_core_foreseen.cpp: workflow tasks that follow an activity of this worker
    void foresee(activity_job& held, const pb::service::PollActivityTaskQueueResponse& task);
    [[nodiscard]] bool may_go_ahead(const activity_job& held, moment now) const;
    void go_ahead(activity_job& held, std::shared_ptr<pb::worker::WorkerMessage> result, moment now);
    void send_foreseen(workflow_job& held, workflow_answer answer, moment now);
    void send_result(std::shared_ptr<pb::worker::WorkerMessage> result, std::string name, std::string result_of, moment now);
    [[nodiscard]] bool is_ahead(const std::string& run_id) const;

    // worker_core_activities.cpp
    void on_activity_task(bool eager, const std::shared_ptr<pb::service::PollActivityTaskQueueResponse>& task, moment now);
    void on_heartbeat_reply(std::uint64_t request_id, const pb::service::RecordActivityTaskHeartbeatResponse& reply);
    void on_cancel_requested(const pb::worker::ActivityCancelRequested& request);
    void send_heartbeat(job_id job, pb::common::Payloads details, moment now);
    void cancel(job_id job, activity_job& running, std::string reason, bool requested = false);
    void fail_refused_result(const request_subject& subject, const std::string& reason, moment now);
    void advance_activities(moment now);

    core_options options_;
    meter& meter_;
    link link_;
    outbox outbox_;
    activity_slots slots_;
    std::map<job_id, workflow_job> workflow_jobs_;
    std::map<job_id, activity_job> activity_jobs_;
    job_id last_job_ = 0;
    std::optional<moment> draining_since_;
    bool asked_all_to_stop_ = false;
    bool stopped_ = false;
    /// Credits to grant with the next frame, by queue.
    std::array<std::uint32_t, 4> returned_credits_{};
    /// Messages of the next frame.
    std::vector<worker_message> frame_;
    std::size_t frame_bytes_ = 0;
    std::vector<effect> effects_;
};

}  // namespace perdure::detail
