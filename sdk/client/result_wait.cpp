// Waiting for a workflow's end, over the runs that follow one another.

#include <atomic>
#include <string>
#include <utility>

#include "api/failure.hpp"
#include "api/payload.hpp"
#include "perdure/client.hpp"
#include "sdk/client/calls.hpp"
#include "sdk/client/requests.hpp"
#include "sdk/vocabulary/failure_conversion.hpp"

namespace perdure::detail {
namespace {

class result_wait : public std::enable_shared_from_this<result_wait> {
  public:
    result_wait(const run_target& run, call_end<std::vector<raw_payload>> done)
        : via_(run.via),
          workflow_id_(run.workflow_id),
          run_id_(run.run_id.empty() ? run.first_run_id : run.run_id),
          done_(std::move(done)) {}

    void begin(std::chrono::milliseconds limit) {
        limit_to(limit);
        poll();
    }

    void begin(pb::service::StartWorkflowExecutionRequest start, std::chrono::milliseconds limit) {
        limit_to(limit);
        start.set_perdure_wait_for_close(true);
        via_->service().start_workflow_execution(
            std::move(start), [self = shared_from_this()](result<pb::service::StartWorkflowExecutionResponse> answer) {
                if (!answer) return self->end(to_exception(answer.error()), {});
                self->run_id_ = answer->run_id();
                if (answer->has_perdure_close_event()) return self->conclude(answer->perdure_close_event());
                self->poll();
            });
    }

  private:
    void limit_to(std::chrono::milliseconds limit) {
        if (limit.count() <= 0) return;
        via_->after(limit, [waiting = weak_from_this(), limit] {
            const auto self = waiting.lock();
            if (!self) return;
            self->end(to_exception({.code = status_code::deadline_exceeded,
                                    .message = "workflow " + self->workflow_id_ + " has not ended within " +
                                               std::to_string(limit.count()) + " ms; it goes on"}),
                      {});
        });
    }

    void poll() {
        if (ended_.load()) return;
        pb::service::GetWorkflowExecutionHistoryRequest request;
        request.set_namespace_(via_->space());
        request.mutable_execution()->set_workflow_id(workflow_id_);
        request.mutable_execution()->set_run_id(run_id_);
        request.set_wait_new_event(true);
        request.set_history_event_filter_type(pb::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
        request.set_next_page_token(page_token_);
        via_->service().get_workflow_execution_history(
            std::move(request), [self = shared_from_this()](result<pb::service::GetWorkflowExecutionHistoryResponse> answer) {
                if (!answer) return self->end(to_exception(answer.error()), {});
                self->read(*answer);
            });
    }

    void read(const pb::service::GetWorkflowExecutionHistoryResponse& page) {
        if (page.history().events_size() == 0) {
            if (page.next_page_token().empty())
                return end(to_exception({.code = status_code::not_found,
                                         .message = "workflow " + workflow_id_ + " is gone while its result was waited for"}),
                           {});
            page_token_ = page.next_page_token();
            return poll();
        }
        conclude(page.history().events(page.history().events_size() - 1));
    }

    void conclude(const pb::history::HistoryEvent& event) {
        switch (event.event_type()) {
            case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: {
                const auto& closed = event.workflow_execution_completed_event_attributes();
                if (!closed.new_execution_run_id().empty()) return follow(closed.new_execution_run_id());
                return end(nullptr, perdure::from_proto(closed.result()));
            }
            case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: {
                const auto& closed = event.workflow_execution_failed_event_attributes();
                if (!closed.new_execution_run_id().empty()) return follow(closed.new_execution_run_id());
                return fail(closed.failure());
            }
            case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: {
                const auto& closed = event.workflow_execution_timed_out_event_attributes();
                if (!closed.new_execution_run_id().empty()) return follow(closed.new_execution_run_id());
                return fail(make_timeout_failure(pb::enums::TIMEOUT_TYPE_START_TO_CLOSE, "the workflow timed out"));
            }
            case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
                return follow(event.workflow_execution_continued_as_new_event_attributes().new_execution_run_id());
            case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
                return fail(make_canceled_failure("the workflow was cancelled",
                                                  event.workflow_execution_canceled_event_attributes().details()));
            case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: {
                const auto& closed = event.workflow_execution_terminated_event_attributes();
                return fail(make_terminated_failure(
                    "the workflow was terminated" + (closed.reason().empty() ? std::string() : ": " + closed.reason()),
                    closed.identity()));
            }
            default:
                return end(to_exception({.code = status_code::internal,
                                         .message = "the server gave event " + std::to_string(event.event_id()) + " (" +
                                                    pb::enums::EventType_Name(event.event_type()) + ") as the end of workflow " +
                                                    workflow_id_}),
                           {});
        }
    }

    void follow(const std::string& next_run) {
        run_id_ = next_run;
        page_token_.clear();
        poll();
    }

    void fail(const pb::failure::Failure& why) {
        end(std::make_exception_ptr(workflow_failure(workflow_id_, run_id_, from_proto(why))), {});
    }

    void end(std::exception_ptr thrown, std::vector<raw_payload> value) {
        if (!ended_.exchange(true)) done_(std::move(thrown), std::move(value));
    }

    std::shared_ptr<connection> via_;
    std::string workflow_id_;
    std::string run_id_;
    std::string page_token_;
    call_end<std::vector<raw_payload>> done_;
    std::atomic<bool> ended_{false};
};

}  // namespace

void result_call(const run_target& run, std::chrono::milliseconds limit, call_end<std::vector<raw_payload>> done) {
    std::make_shared<result_wait>(run, std::move(done))->begin(limit);
}

void execute_call(const std::shared_ptr<connection>& via, std::string_view type, std::vector<raw_payload> input,
                  const start_options& options, std::chrono::milliseconds limit, call_end<std::vector<raw_payload>> done) {
    if (auto problem = problem_of(options)) return done(to_exception(*problem), {});
    auto request = start_request(*via, type, std::move(input), options);
    std::make_shared<result_wait>(run_target{via, options.id, {}, {}}, std::move(done))->begin(std::move(request), limit);
}

}  // namespace perdure::detail
