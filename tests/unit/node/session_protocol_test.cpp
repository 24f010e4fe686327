#include "tests/unit/node/fixture.hpp"

namespace perdure::server::test {
namespace {

using session_protocol = node_test;

constexpr auto workflow = pb::worker::TASK_KIND_WORKFLOW;
constexpr auto activities = pb::worker::TASK_KIND_ACTIVITY;

TEST_F(session_protocol, hello_is_answered_by_welcome) {
    worker w(served());
    w.hello();
    const auto said = w.take();
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].welcome().protocol_version(), 1U);
    EXPECT_EQ(said[0].welcome().max_frame_bytes(), options_.max_frame_bytes);
    EXPECT_GT(said[0].welcome().idle_timeout_ms(), 0U);
    EXPECT_NE(said[0].welcome().server_version(), "");
}

TEST_F(session_protocol, a_newer_worker_is_answered_in_the_newest_version_that_is_known) {
    worker w(served());
    w.hello(7);
    EXPECT_EQ(w.take().at(0).welcome().protocol_version(), 1U);
}

TEST_F(session_protocol, anything_before_hello_ends_the_session) {
    worker w(served());
    w.credit(1, 1, 5);
    EXPECT_EQ(w.heard(), (words{"error FailedPrecondition #5"}));
    EXPECT_NE(w.closed(), "");
    w.hello();
    EXPECT_EQ(w.heard(), words{}) << "nothing is heard after the end";
    EXPECT_EQ(served().figures().sessions, 0U);
}

TEST_F(session_protocol, a_second_hello_ends_the_session) {
    worker w(served());
    w.hello();
    w.hello();
    EXPECT_EQ(w.heard(), (words{"welcome", "error FailedPrecondition"}));
    EXPECT_NE(w.closed(), "");
}

TEST_F(session_protocol, a_hello_without_a_version_or_for_an_unknown_namespace_ends_the_session) {
    worker none(served());
    none.hello(0);
    EXPECT_EQ(none.heard(), (words{"error InvalidArgument"}));
    EXPECT_NE(none.closed(), "");
    worker lost(served());
    lost.hello(1, "nowhere");
    EXPECT_EQ(lost.heard(), (words{"error NotFound"}));
    EXPECT_NE(lost.closed(), "");
    worker endless(served(), std::string(1001, 'x'));
    endless.hello();
    EXPECT_EQ(endless.heard(), (words{"error InvalidArgument"}));
}

TEST_F(session_protocol, the_rest_of_a_frame_that_ends_the_session_is_not_read) {
    worker w(served());
    pb::worker::FromWorker frame;
    frame.add_messages()->mutable_ping();
    frame.add_messages()->mutable_hello()->set_protocol_version(1);
    w.connection().receive(frame);
    EXPECT_EQ(w.heard(), (words{"error FailedPrecondition"}));
}

TEST_F(session_protocol, sessions_are_bounded) {
    node_options one;
    one.max_sessions = 1;
    restart(one);
    worker first(served());
    first.hello();
    worker second(served());
    second.hello();
    EXPECT_EQ(first.heard(), (words{"welcome"}));
    EXPECT_EQ(second.heard(), (words{"error ResourceExhausted"}));
    first.disconnect();
    worker third(served());
    third.hello();
    EXPECT_EQ(third.heard(), (words{"welcome"}));
}

TEST_F(session_protocol, requests_with_an_id_are_answered_and_others_are_not) {
    worker w(served());
    w.hello();
    w.subscribe(1, workflow, "q", 11);
    w.credit(1, 1, 12);
    w.credit(1, 1);
    EXPECT_EQ(w.heard(), (words{"welcome", "done #11", "done #12"}));
}

TEST_F(session_protocol, a_ping_is_answered) {
    worker w(served());
    w.hello();
    pb::worker::WorkerMessage ping;
    ping.set_request_id(3);
    ping.mutable_ping();
    w.say(ping);
    EXPECT_EQ(w.heard(), (words{"welcome", "pong #3"}));
}

TEST_F(session_protocol, a_message_of_a_later_version_is_refused_and_the_session_goes_on) {
    worker w(served());
    w.hello();
    pb::worker::WorkerMessage unknown;
    unknown.set_request_id(4);
    w.say(unknown);
    w.subscribe(1, workflow, "q", 5);
    EXPECT_EQ(w.heard(), (words{"welcome", "error Unimplemented #4", "done #5"}));
}

TEST_F(session_protocol, a_subscription_number_is_used_once) {
    worker w(served());
    w.hello();
    w.subscribe(1, workflow, "q");
    w.subscribe(1, activities, "q", 6);
    EXPECT_EQ(w.heard(), (words{"welcome", "error FailedPrecondition #6"}));
    EXPECT_NE(w.closed(), "");
    EXPECT_EQ(served().figures().pollers, 0U);
}

TEST_F(session_protocol, a_subscription_that_makes_no_sense_is_refused) {
    worker w(served());
    w.hello();
    (void)w.take();
    w.subscribe(1, pb::worker::TASK_KIND_UNSPECIFIED, "q", 1);
    w.subscribe(1, workflow, "", 2);
    w.subscribe(1, workflow, std::string(1001, 'q'), 3);
    pb::worker::WorkerMessage rate;
    rate.set_request_id(4);
    rate.mutable_subscribe()->set_kind(workflow);
    rate.mutable_subscribe()->mutable_task_queue()->set_name("q");
    rate.mutable_subscribe()->set_max_tasks_per_second(-1);
    w.say(rate);
    pb::worker::WorkerMessage sticky;
    sticky.set_request_id(5);
    sticky.mutable_subscribe()->set_kind(activities);
    sticky.mutable_subscribe()->mutable_task_queue()->set_name("q");
    sticky.mutable_subscribe()->mutable_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
    w.say(sticky);
    w.subscribe(1, workflow, "q", 6);
    EXPECT_EQ(w.heard(), (words{"error InvalidArgument #1", "error InvalidArgument #2", "error InvalidArgument #3",
                                "error InvalidArgument #4", "error InvalidArgument #5", "done #6"}));
}

TEST_F(session_protocol, subscriptions_are_bounded) {
    node_options two;
    two.max_subscriptions_a_session = 2;
    restart(two);
    worker w(served());
    w.hello();
    for (std::uint32_t i = 1; i <= 3; ++i) w.subscribe(i, workflow, "q" + std::to_string(i), i);
    EXPECT_EQ(w.heard(), (words{"welcome", "done #1", "done #2", "error ResourceExhausted #3"}));
}

TEST_F(session_protocol, credit_and_unsubscribe_of_an_unknown_subscription_are_refused) {
    worker w(served());
    w.hello();
    w.credit(9, 1, 1);
    pb::worker::WorkerMessage gone;
    gone.set_request_id(2);
    gone.mutable_unsubscribe()->set_subscription(9);
    w.say(gone);
    EXPECT_EQ(w.heard(), (words{"welcome", "error NotFound #1", "error NotFound #2"}));
    EXPECT_EQ(w.closed(), "");
}

TEST_F(session_protocol, absurd_credits_are_cut) {
    worker w(served());
    w.serve("q", 0xffffffffU, 0);
    w.credit(1, 0xffffffffU);
    ASSERT_TRUE(start("w").ok());
    EXPECT_EQ(w.heard(), (words{"task w on 1"}));
}

TEST_F(session_protocol, a_request_for_another_namespace_is_refused) {
    node_options two;
    two.namespaces = {"default", "other"};
    restart(two);
    worker w(served());
    w.hello();
    pb::worker::WorkerMessage history;
    history.set_request_id(8);
    history.mutable_get_history()->set_namespace_("other");
    history.mutable_get_history()->mutable_execution()->set_workflow_id("w");
    w.say(history);
    EXPECT_EQ(w.heard(), (words{"welcome", "error InvalidArgument #8"}));
}

TEST_F(session_protocol, answers_to_tasks_that_never_were_are_refused_one_by_one) {
    worker w(served());
    w.hello();
    (void)w.take();
    const auto with = [](auto fill) {
        pb::worker::WorkerMessage message;
        message.set_request_id(1);
        fill(message);
        return message;
    };
    w.say(with([](auto& m) { m.mutable_workflow_task_completed()->set_task_token("?"); }));
    w.say(with([](auto& m) { m.mutable_workflow_task_failed()->set_task_token("?"); }));
    w.say(with([](auto& m) { m.mutable_query_completed()->set_task_token("?"); }));
    w.say(with([](auto& m) { m.mutable_activity_completed()->set_task_token("?"); }));
    w.say(with([](auto& m) { m.mutable_activity_failed()->set_task_token("?"); }));
    w.say(with([](auto& m) { m.mutable_activity_canceled()->set_task_token("?"); }));
    w.say(with([](auto& m) { m.mutable_activity_heartbeat()->set_task_token("?"); }));
    w.say(with([](auto& m) { m.mutable_reset_sticky()->mutable_execution()->set_workflow_id("w"); }));
    w.say(with([](auto& m) { m.mutable_get_history()->mutable_execution()->set_workflow_id("w"); }));
    words expected(7, "error InvalidArgument #1");
    expected.insert(expected.end(), 2, "error NotFound #1");
    EXPECT_EQ(w.heard(), expected);
    EXPECT_EQ(w.closed(), "");
    EXPECT_EQ(served().figures().running_activities, 0U);
}

TEST_F(session_protocol, a_session_that_outlives_its_node_is_deaf) {
    worker w(served());
    w.serve("q", 1, 1);
    served_.reset();
    w.credit(1, 1, 7);
    w.connection().set_unsent_bytes(1'000'000'000);
    EXPECT_EQ(w.heard(), words{});
    w.disconnect();
}

}  // namespace
}  // namespace perdure::server::test
