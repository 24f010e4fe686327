#include "history_service/shard/encoded_record.hpp"

#include <gmock/gmock.h>

namespace perdure::history {
namespace {

pb::history::HistoryEvent event_with(std::int64_t id, std::size_t bytes) {
    pb::history::HistoryEvent event;
    event.set_event_id(id);
    event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    auto& signaled = *event.mutable_workflow_execution_signaled_event_attributes();
    signaled.set_signal_name("pay");
    signaled.mutable_input()->add_payloads()->set_data(std::string(bytes, 'x'));
    return event;
}

TEST(EncodedRecord, HasTheBytesThatTheMessageWouldHave) {
    auto record = new_record();
    record->set_sequence(300);
    record->mutable_time()->set_seconds(1'700'000'000);
    *record->add_changes()->mutable_flushed_event() = event_with(7, 10);
    record->add_changes()->mutable_request_seen()->set_request_id("request-1");
    *record->add_changes()->mutable_event() = event_with(8, 20'000);
    *record->add_changes()->mutable_buffered_event() = event_with(0, 200);
    record->add_changes()->mutable_sticky_cleared();
    const std::string expected = record->SerializeAsString();

    const encoded_record encoded = encode(*record);
    EXPECT_EQ(encoded.journal, expected);
    ASSERT_EQ(encoded.events.count(), 2U) << "what waits in the buffer is no history yet";
    const auto events = encoded.events.decode();
    ASSERT_TRUE(events.has_value()) << events.error().message;
    ASSERT_EQ(events->events_size(), 2);
    EXPECT_EQ(events->events(0).SerializeAsString(), event_with(7, 10).SerializeAsString());
    EXPECT_EQ(events->events(1).SerializeAsString(), event_with(8, 20'000).SerializeAsString());
}

TEST(EncodedRecord, MayHoldNoEvent) {
    auto record = new_record();
    record->set_sequence(1);
    record->mutable_time();
    record->add_changes()->mutable_sticky_cleared();
    const encoded_record encoded = encode(*record);
    EXPECT_EQ(encoded.journal, record->SerializeAsString());
    EXPECT_EQ(encoded.events.count(), 0U);
}

}  // namespace
}  // namespace perdure::history
