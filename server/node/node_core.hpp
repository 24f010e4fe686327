#pragma once

#include "history_service/shard/shard.hpp"
#include "server/node/dispatcher.hpp"
#include "server/node/make_node.hpp"
#include "server/node/node.hpp"
#include "server/node/node_clock.hpp"
#include "server/node/options.hpp"
#include "server/node/session.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace perdure::server {

/// The node behind its interface. The operations are in operations/, a file for each group.
class node_core final : public node {
  public:
    node_core(node_options options, wall_time now);
    ~node_core() override;

    /// Opens the shard. Errors: the store's.
    [[nodiscard]] result<done> open(const node_environment& environment);

    // --- node -------------------------------------------------------------------------------------------------------
    void advance(wall_time now) override;
    [[nodiscard]] std::optional<wall_time> next_due() const override;
    [[nodiscard]] std::unique_ptr<worker_session> open_session(session_sink sink) override;
    [[nodiscard]] node_figures figures() const override;
    [[nodiscard]] bool idle() const override;
    [[nodiscard]] std::optional<service_failure> lost_lease() const override;

#define PERDURE_NODE_OPERATION(function, Name) \
    void function(pb::service::Name##Request request, reply<pb::service::Name##Response> done) override;
    PERDURE_FRONTEND_OPERATIONS(PERDURE_NODE_OPERATION)
    PERDURE_NODE_OPERATION(poll_workflow_task_queue, PollWorkflowTaskQueue)
    PERDURE_NODE_OPERATION(poll_activity_task_queue, PollActivityTaskQueue)
    PERDURE_NODE_OPERATION(respond_workflow_task_completed, RespondWorkflowTaskCompleted)
    PERDURE_NODE_OPERATION(respond_workflow_task_failed, RespondWorkflowTaskFailed)
    PERDURE_NODE_OPERATION(respond_query_task_completed, RespondQueryTaskCompleted)
    PERDURE_NODE_OPERATION(reset_sticky_task_queue, ResetStickyTaskQueue)
#undef PERDURE_NODE_OPERATION

    // --- For sessions -----------------------------------------------------------------------------------------------
    // The answers that come by the thousand are not copied from where they were read.
    void complete_workflow_task(const pb::service::RespondWorkflowTaskCompletedRequest& request,
                                reply<pb::service::RespondWorkflowTaskCompletedResponse> done);
    /// Warns of an answer to a workflow task that was refused for what it says.
    void note_refused_answer(const std::string& worker, const std::string& task_token, const service_failure& why) const;
    void complete_activity(const pb::service::RespondActivityTaskCompletedRequest& request,
                           reply<pb::service::RespondActivityTaskCompletedResponse> done);
    [[nodiscard]] dispatcher& tasks() noexcept { return dispatcher_; }
    [[nodiscard]] history::history_shard& shard() noexcept { return *shard_; }
    [[nodiscard]] const node_options& options() const noexcept { return options_; }
    [[nodiscard]] session* find_session(std::uint64_t id) const;
    [[nodiscard]] std::size_t session_count() const noexcept { return sessions_.size(); }
    void forget_session(std::uint64_t id);
    /// The session's worker runs this activity from now on.
    void running(const std::string& activity_token, std::uint64_t session_id);
    void not_running(const std::string& activity_token);
    void say(node_severity severity, const std::string& message) const;

    /// Why a request in this namespace cannot be served, or nothing.
    [[nodiscard]] std::optional<service_failure> check_namespace(const std::string& name_space) const;

  private:
    void notice(const history::activity_notice& what, bool abandoned);
    template <class Response>
    [[nodiscard]] bool admit_poll(const std::string& name_space, const pb::taskqueue::TaskQueue& queue,
                                  const std::string& identity, const reply<Response>& done) const;

    /// Forgets, with the answer, which session runs the activity: whoever answers it, and unless it is to be answered again.
    template <class Response>
    [[nodiscard]] reply<Response> ending(const std::string& activity_token, reply<Response> done);
    /// One more of something that is bounded, until its reply comes; or the refusal, said, and nothing.
    template <class Response>
    [[nodiscard]] std::optional<reply<Response>> count_in(std::size_t& waiting, std::size_t bound, std::string_view what,
                                                          reply<Response> done);

    node_options options_;
    node_clock clock_;
    std::size_t queries_ = 0;
    std::size_t history_waits_ = 0;
    dispatcher dispatcher_;
    std::map<std::uint64_t, session*> sessions_;
    std::uint64_t last_session_ = 0;
    /// Which session's worker runs an activity, by the token of the attempt.
    std::unordered_map<std::string, std::uint64_t> running_;
    /// Last, so that it goes first: its replies find everything else in place.
    std::unique_ptr<history::history_shard> shard_;
};

}  // namespace perdure::server
