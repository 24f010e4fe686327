#include "bench/history/recorded.hpp"

#include <string>

namespace perdure::bench {
namespace {

using pb::history::HistoryEvent;

class recorder {
  public:
    recorder(std::size_t events, std::size_t payload_bytes) : text_('"' + std::string(payload_bytes - 2, 'x') + '"') {
        start();
        do {
            task();
            call();
        } while (static_cast<std::size_t>(made_.events_size()) < events);
    }

    [[nodiscard]] pb::history::History made() && { return std::move(made_); }

  private:
    HistoryEvent& add(pb::enums::EventType type) {
        HistoryEvent& event = *made_.add_events();
        const int id = made_.events_size();
        event.set_event_id(id);
        event.mutable_event_time()->set_seconds(1'795'000'000 + id / 100);
        event.mutable_event_time()->set_nanos(id % 100 * 9'871'003);
        event.set_event_type(type);
        event.set_task_id(1'066'000 + id);
        return event;
    }

    void fill(pb::common::Payload& payload) const {
        (*payload.mutable_metadata())["encoding"] = "json/plain";
        payload.set_data(text_);
    }

    void start() {
        auto& event = add(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
        auto& started = *event.mutable_workflow_execution_started_event_attributes();
        started.mutable_workflow_type()->set_name("Sequence");
        started.mutable_task_queue()->set_name("orders");
        started.set_workflow_id("sequence-1");
        started.set_original_execution_run_id("01a1fd79-96bf-7ec0-870b-065ae437e072");
        started.set_first_execution_run_id("01a1fd79-96bf-7ec0-870b-065ae437e072");
        started.set_attempt(1);
    }

    void task() {
        auto& scheduled = *add(pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED).mutable_workflow_task_scheduled_event_attributes();
        scheduled.mutable_task_queue()->set_name("orders");
        scheduled.mutable_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_NORMAL);
        scheduled.mutable_start_to_close_timeout()->set_seconds(10);
        scheduled.set_attempt(1);
        auto& started = *add(pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED).mutable_workflow_task_started_event_attributes();
        started.set_scheduled_event_id(made_.events_size() - 1);
        started.set_identity("4711@worker-host@orders");
        started.set_request_id("5d9b46ad-7f8f-4c61-9a6a-5ab9f7f9f001");
        started.set_history_size_bytes(made_.events_size() * 210);
        auto& completed = *add(pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED).mutable_workflow_task_completed_event_attributes();
        completed.set_scheduled_event_id(made_.events_size() - 2);
        completed.set_started_event_id(made_.events_size() - 1);
        completed.set_identity("4711@worker-host@orders");
        completed.mutable_worker_version()->set_build_id("b2f1c");
        completed.mutable_sdk_metadata()->set_sdk_name("perdure-cpp");
        completed.mutable_sdk_metadata()->set_sdk_version("1.0.0");
    }

    void call() {
        auto& event = add(pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
        const int id = made_.events_size();
        (*event.mutable_user_metadata()->mutable_summary()->mutable_metadata())["encoding"] = "json/plain";
        event.mutable_user_metadata()->mutable_summary()->set_data("\"a step of the sequence\"");
        auto& scheduled = *event.mutable_activity_task_scheduled_event_attributes();
        scheduled.set_activity_id(std::to_string(id));
        scheduled.mutable_activity_type()->set_name("Step");
        scheduled.mutable_task_queue()->set_name("orders");
        scheduled.mutable_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_NORMAL);
        fill(*scheduled.mutable_input()->add_payloads());
        scheduled.mutable_schedule_to_close_timeout()->set_seconds(0);
        scheduled.mutable_schedule_to_start_timeout()->set_seconds(0);
        scheduled.mutable_start_to_close_timeout()->set_seconds(30);
        scheduled.mutable_heartbeat_timeout()->set_seconds(0);
        scheduled.set_workflow_task_completed_event_id(id - 1);
        auto& retry = *scheduled.mutable_retry_policy();
        retry.mutable_initial_interval()->set_seconds(1);
        retry.set_backoff_coefficient(2);
        retry.mutable_maximum_interval()->set_seconds(100);
        retry.set_maximum_attempts(3);
        auto& started = *add(pb::enums::EVENT_TYPE_ACTIVITY_TASK_STARTED).mutable_activity_task_started_event_attributes();
        started.set_scheduled_event_id(id);
        started.set_identity("4711@worker-host@orders");
        started.set_request_id("5d9b46ad-7f8f-4c61-9a6a-5ab9f7f9f002");
        started.set_attempt(1);
        auto& completed = *add(pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED).mutable_activity_task_completed_event_attributes();
        fill(*completed.mutable_result()->add_payloads());
        completed.set_scheduled_event_id(id);
        completed.set_started_event_id(id + 1);
        completed.set_identity("4711@worker-host@orders");
    }

    std::string text_;
    pb::history::History made_;
};

}  // namespace

pb::history::History sequential_activities(std::size_t events, std::size_t payload_bytes) {
    return recorder(events, payload_bytes).made();
}

}  // namespace perdure::bench
