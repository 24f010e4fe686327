#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/frontend.hpp"
#include "api/proto.hpp"
#include "api/result.hpp"
#include "api/time.hpp"
#include "server/node/node_figures.hpp"

namespace perdure::server {

/// One worker connection, as the node sees it: frames in, frames out. The WebSocket, the embedded worker and the test
/// environment all drive one of these, so that there is one worker protocol and one implementation of it.
class worker_session {
  public:
    worker_session() = default;
    worker_session(const worker_session&) = delete;
    worker_session& operator=(const worker_session&) = delete;
    /// Ends the session: tasks that were matched to it and not yet delivered go back to their queues.
    virtual ~worker_session() = default;

    /// Takes what the worker sent, in order. A protocol error is answered with an Error message and closes the session.
    /// The frame may come back changed.
    virtual void receive(pb::worker::FromWorker& frame) = 0;

    /// How many bytes the transport holds that its peer has not read. Above the node's bound nothing more is pushed.
    virtual void set_unsent_bytes(std::size_t bytes) = 0;
};

/// What the node wants from the transport of one worker session. Both are called from inside calls of the node or of a
/// session, and must not call either back, or end the session, before they return.
struct session_sink {
    std::function<void(pb::worker::ServerMessage&&)> send;
    /// The node gave the session up; the reason was sent as an Error message before. Called at most once.
    std::function<void(std::string reason)> close;
};

/// A whole server without sockets, threads or a clock: shards, matching, visibility and the frontend's operations.
///
/// Not thread safe: one thread (or strand) drives it. Time enters through `advance`; every operation happens at the time
/// given last. Commits leave through the committer that the node was made with.
class node : public frontend {
  public:
    /// Moves the clock to `now` and fires what is due. A clock that went back is taken as it is: nothing fires early.
    virtual void advance(wall_time now) = 0;

    /// When `advance` next has something to do: the earliest timer, poll or query deadline in memory.
    [[nodiscard]] virtual std::optional<wall_time> next_due() const = 0;

    /// Every change is written.
    [[nodiscard]] virtual bool idle() const = 0;

    /// Set once the store has refused a commit because another server took the lease: this node is of no use any more.
    [[nodiscard]] virtual std::optional<service_failure> lost_lease() const = 0;

    /// What it holds now and has counted. Walks the task queues.
    [[nodiscard]] virtual node_figures figures() const = 0;

    /// Opens a worker session. The sink must outlive it. A session that outlives the node is deaf and dumb.
    [[nodiscard]] virtual std::unique_ptr<worker_session> open_session(session_sink sink) = 0;

    // The polls of Temporal's service, one task a call: used by the transcripts player and by tests. A poll that finds
    // nothing within its deadline (60 s) is answered with an empty response, as Temporal does.
    virtual void poll_workflow_task_queue(pb::service::PollWorkflowTaskQueueRequest request,
                                          reply<pb::service::PollWorkflowTaskQueueResponse> done) = 0;
    virtual void poll_activity_task_queue(pb::service::PollActivityTaskQueueRequest request,
                                          reply<pb::service::PollActivityTaskQueueResponse> done) = 0;
    virtual void respond_workflow_task_completed(pb::service::RespondWorkflowTaskCompletedRequest request,
                                                 reply<pb::service::RespondWorkflowTaskCompletedResponse> done) = 0;
    virtual void respond_workflow_task_failed(pb::service::RespondWorkflowTaskFailedRequest request,
                                              reply<pb::service::RespondWorkflowTaskFailedResponse> done) = 0;
    virtual void respond_query_task_completed(pb::service::RespondQueryTaskCompletedRequest request,
                                              reply<pb::service::RespondQueryTaskCompletedResponse> done) = 0;
    virtual void reset_sticky_task_queue(pb::service::ResetStickyTaskQueueRequest request,
                                         reply<pb::service::ResetStickyTaskQueueResponse> done) = 0;
};

}  // namespace perdure::server
