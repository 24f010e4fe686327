#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sdk/worker/core/types.hpp"

namespace perdure::detail {

/// What a request was about, for the moment its reply comes.
struct request_subject {
    /// A foreseen answer is an activity's result with the answer to the workflow task that follows it.
    enum class kind { workflow_answer, query_answer, activity_answer, foreseen_answer, heartbeat, history };
    kind what = kind::activity_answer;
    /// The job it belongs to (heartbeats and histories).
    job_id job = 0;
    std::string run_id;
    /// The thing in words, for logs: "workflow task of run 0f3..", "activity order.charge".
    std::string name;
    /// The activity that is to fail should its result be refused for good; empty for every other request.
    std::string result_of{};
    /// Slots that were reserved for eager activities in this request.
    std::uint32_t eager_reserved = 0;
    /// When it was first sent, for the latency metric.
    moment sent_at{};
};

/// Requests that wait for their reply. They survive the connection: what was not acknowledged is sent again on the next
/// one, in the old order, because the server takes an answer once and refuses the rest by NotFound.
class outbox {
  public:
    /// Gives the message its request id, keeps it, and returns what to send.
    [[nodiscard]] worker_message add(std::shared_ptr<pb::worker::WorkerMessage> message, request_subject subject);

    /// The reply to `request_id` came; returns what it was about, or nothing for an id that is not waited for.
    [[nodiscard]] std::optional<request_subject> take(std::uint64_t request_id);

    /// The server cannot do it now: send it again later. Returns false for an unknown id.
    bool postpone(std::uint64_t request_id, moment now);

    /// Whether a foreseen answer for this run waits for its reply.
    [[nodiscard]] bool has_foreseen(const std::string& run_id) const;

    /// All that must be said again on a new connection. Heartbeats are dropped: their throttle has newer ones.
    [[nodiscard]] std::vector<worker_message> resend_all();

    /// Postponed messages that are due.
    [[nodiscard]] std::vector<worker_message> take_due(moment now);
    [[nodiscard]] std::optional<moment> next_due() const;

    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  private:
    struct entry {
        worker_message message;
        request_subject subject;
        std::uint32_t refusals = 0;
        std::optional<moment> retry_at;
    };
    std::map<std::uint64_t, entry> entries_;
    std::uint64_t last_id_ = 0;
    /// How many entries have a retry time; nearly always none, so that nobody has to look.
    std::size_t postponed_ = 0;
};

}  // namespace perdure::detail
