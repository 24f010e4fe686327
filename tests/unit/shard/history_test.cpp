#include <gmock/gmock.h>

#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;

using request_type = pb::service::GetWorkflowExecutionHistoryRequest;
using response_type = pb::service::GetWorkflowExecutionHistoryResponse;

request_type poll_of(const std::string& id, bool close_event = false) {
    request_type request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    request.set_wait_new_event(true);
    if (close_event) request.set_history_event_filter_type(pb::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    return request;
}

std::vector<std::int64_t> ids(const std::vector<pb::history::HistoryEvent>& events) {
    std::vector<std::int64_t> found;
    for (const auto& event : events) found.push_back(event.event_id());
    return found;
}

std::vector<std::int64_t> one_to(std::int64_t last) {
    std::vector<std::int64_t> found;
    for (std::int64_t id = 1; id <= last; ++id) found.push_back(id);
    return found;
}

std::vector<pb::history::HistoryEvent> reversed(shard_rig& rig, const std::string& id, int page) {
    pb::service::GetWorkflowExecutionHistoryReverseRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    request.set_maximum_page_size(page);
    std::vector<pb::history::HistoryEvent> events;
    for (;;) {
        const auto answer = rig.must(rig.ask(&history_shard::get_workflow_execution_history_reverse, request));
        events.insert(events.end(), answer.history().events().begin(), answer.history().events().end());
        if (answer.next_page_token().empty()) return events;
        request.set_next_page_token(answer.next_page_token());
    }
}

TEST(ShardHistory, IsTheSameFromMemoryAndFromTheStoreInPagesOfAnySize) {
    shard_options options;
    options.tail_bytes = 400;
    shard_rig rig(options);
    rig.must(rig.start("o-1"));
    for (int i = 0; i < 40; ++i) rig.must(rig.signal("o-1"));
    for (const bool cold : {false, true}) {
        if (cold) rig.restart();
        for (const int page : {0, 1, 3, 7, 42, 100}) {
            EXPECT_EQ(ids(rig.history("o-1", "", page)), one_to(42)) << page;
            auto backwards = ids(reversed(rig, "o-1", page));
            std::reverse(backwards.begin(), backwards.end());
            EXPECT_EQ(backwards, one_to(42)) << page;
        }
    }
    const auto task = rig.must(rig.take_workflow_task().has_value() ? rig.start("o-2") : rig.start("o-2"));
    EXPECT_TRUE(task.started());
}

TEST(ShardHistory, PagesShowTheHistoryAsItWasAtTheFirst) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    request_type request = poll_of("o-1");
    request.set_wait_new_event(false);
    request.set_maximum_page_size(1);
    const auto first = rig.must(rig.ask(&history_shard::get_workflow_execution_history, request));
    rig.must(rig.signal("o-1"));
    request.set_next_page_token(first.next_page_token());
    const auto second = rig.must(rig.ask(&history_shard::get_workflow_execution_history, request));
    EXPECT_EQ(second.history().events_size(), 1);
    EXPECT_TRUE(second.next_page_token().empty());
}

TEST(ShardHistory, ALongPollGivesWhatIsThereAndThenWhatComes) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    request_type request = poll_of("o-1");
    const auto first = rig.must(rig.ask(&history_shard::get_workflow_execution_history, request));
    EXPECT_EQ(first.history().events_size(), 2);
    request.set_next_page_token(first.next_page_token());
    std::optional<response_type> next;
    rig.shard().get_workflow_execution_history(request, [&](auto answer) { next = rig.must(std::move(answer)); });
    EXPECT_FALSE(next);
    rig.must(rig.signal("o-1"));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->history().events_size(), 1);
    EXPECT_EQ(next->history().events(0).event_id(), 3);
    EXPECT_FALSE(next->next_page_token().empty()) << "the run goes on";
}

TEST(ShardHistory, ALongPollForTheCloseEventWaitsForIt) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    std::optional<response_type> answer;
    rig.shard().get_workflow_execution_history(poll_of("o-1", true), [&](auto got) { answer = rig.must(std::move(got)); });
    rig.must(rig.signal("o-1"));
    EXPECT_FALSE(answer);
    rig.must(rig.terminate("o-1"));
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->history().events_size(), 1);
    EXPECT_EQ(answer->history().events(0).event_type(), pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED);
    EXPECT_TRUE(answer->next_page_token().empty());
    const auto again = rig.must(rig.ask(&history_shard::get_workflow_execution_history, poll_of("o-1", true)));
    EXPECT_EQ(again.history().events_size(), 1);
}

TEST(ShardHistory, ALongPollEndsAtItsDeadlineWithATokenThatGoesOn) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    std::optional<response_type> answer;
    rig.shard().get_workflow_execution_history(poll_of("o-1", true), [&](auto got) { answer = rig.must(std::move(got)); });
    rig.pass(19s);
    rig.must(rig.signal("o-1"));
    EXPECT_FALSE(answer);
    rig.sleep(2s);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->history().events_size(), 0);
    rig.must(rig.terminate("o-1"));
    request_type request = poll_of("o-1", true);
    request.set_next_page_token(answer->next_page_token());
    EXPECT_EQ(rig.must(rig.ask(&history_shard::get_workflow_execution_history, request)).history().events_size(), 1);
}

TEST(ShardHistory, ALongPollIsNotAnHourLongerWhenTheClockIsSetBack) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    bool answered = false;
    rig.shard().get_workflow_execution_history(poll_of("o-1", true), [&](auto) { answered = true; });
    rig.pass(-1h);
    rig.pass(21s);
    EXPECT_TRUE(answered);
}

TEST(ShardHistory, ALongPollOfADeletedRunIsRefused) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    rig.must(rig.terminate("o-1"));
    rig.must(rig.start("o-1", "again"));
    std::optional<status_code> code;
    rig.shard().get_workflow_execution_history(poll_of("o-1", true),
                                               [&](auto got) { code = got ? status_code::ok : got.error().code; });
    pb::service::DeleteWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("o-1");
    rig.must(rig.ask(&history_shard::delete_workflow_execution, request));
    EXPECT_EQ(code, std::optional{status_code::not_found});
}

TEST(ShardHistory, TravelsInPagesWhenATaskIsTooBigForOneAnswer) {
    shard_options options;
    options.history_page_events = 10;
    shard_rig rig(options);
    rig.must(rig.start("o-1"));
    for (int i = 0; i < 30; ++i) rig.must(rig.signal("o-1"));
    const auto task = rig.must(rig.take_workflow_task());
    std::vector<pb::history::HistoryEvent> events(task.history().events().begin(), task.history().events().end());
    EXPECT_EQ(events.size(), 10U);
    request_type request;
    request.set_namespace_("default");
    request.set_next_page_token(task.next_page_token());
    while (!request.next_page_token().empty()) {
        const auto page = rig.must(rig.ask(&history_shard::get_workflow_execution_history, request));
        events.insert(events.end(), page.history().events().begin(), page.history().events().end());
        request.set_next_page_token(page.next_page_token());
    }
    EXPECT_EQ(ids(events), one_to(33));
}

TEST(ShardHistory, ATokenThatIsNoneIsRefused) {
    shard_rig rig;
    rig.must(rig.start("o-1"));
    request_type request = poll_of("o-1");
    request.set_next_page_token("garbage");
    EXPECT_EQ(rig.ask(&history_shard::get_workflow_execution_history, request).error().code, status_code::invalid_argument);
}

}  // namespace
}  // namespace perdure::history
