#include "core_fixture.hpp"

namespace perdure::detail {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

class Connection : public core_fixture {};

TEST_F(Connection, OpensAtOnceAndGreetsFirst) {
    core.advance(now);
    step();
    ASSERT_NE(last<open_connection>(), nullptr);
    core.connected(now);
    step();
    ASSERT_EQ(kinds(), "hello");
    EXPECT_EQ(sent[0].hello().identity(), "worker-1");
    EXPECT_EQ(sent[0].hello().protocol_version(), 1U);
}

TEST_F(Connection, SubscribesToItsQueuesWithACreditForEachFreeSlot) {
    connect();
    ASSERT_EQ(kinds(), "hello subscribe credit subscribe credit subscribe credit");
    EXPECT_EQ(sent[1].subscribe().task_queue().name(), "orders");
    EXPECT_EQ(sent[2].credit().count(), 4U);
    EXPECT_EQ(sent[3].subscribe().task_queue().name(), "worker-1:sticky");
    EXPECT_EQ(sent[3].subscribe().task_queue().normal_name(), "orders");
    EXPECT_EQ(sent[5].subscribe().kind(), pb::worker::TASK_KIND_ACTIVITY);
    // A quarter of the activity slots is kept for eager starts.
    EXPECT_EQ(sent[6].credit().count(), 6U);
}

TEST_F(Connection, WaitsLongerAfterEachFailureWithJitterAndABound) {
    std::chrono::nanoseconds before{};
    for (int attempt = 0; attempt < 12; ++attempt) {
        core.advance(now);
        step();
        ASSERT_NE(last<open_connection>(), nullptr) << "attempt " << attempt;
        effects.clear();
        core.disconnected("refused", now);
        const auto pause = *core.next_due() - now;
        const auto ideal = std::min<std::chrono::nanoseconds>(50ms * (1 << attempt), 5s);
        EXPECT_THAT(pause, AllOf(Ge(ideal / 2 - 1ms), Le(ideal))) << "attempt " << attempt;
        core.advance(now + pause - 1ns);
        step();
        EXPECT_EQ(last<open_connection>(), nullptr) << "too early";
        now += pause;
        before = pause;
    }
    EXPECT_GE(before, 2500ms);
}

TEST_F(Connection, ComesBackWhenTheServerSaid) {
    connect_and_forget();
    pb::worker::ServerMessage message;
    message.mutable_shutdown()->set_reconnect_after_ms(700);
    serve(std::move(message));
    core.disconnected("closed", now);
    EXPECT_GE(*core.next_due() - now, 700ms);
}

TEST_F(Connection, PingsAndGivesASilentServerUp) {
    connect_and_forget();
    now += 10s;
    core.advance(now);
    step();
    EXPECT_EQ(kinds(), "ping");
    now += 20s;
    core.advance(now);
    step();
    EXPECT_NE(last<close_connection>(), nullptr);
}

class SeveralServers : public core_fixture {
  protected:
    SeveralServers() : core_fixture(of_two()) {}
    static core_options of_two() {
        core_options options = small_worker();
        options.servers = 2;
        return options;
    }
};

TEST_F(SeveralServers, AreEachTriedOnceBeforeThePauseGrowsAndItStaysShort) {
    for (int attempt = 0; attempt < 20; ++attempt) {
        core.advance(now);
        step();
        ASSERT_NE(last<open_connection>(), nullptr) << "attempt " << attempt;
        effects.clear();
        core.disconnected("standby", now);
        const auto pause = *core.next_due() - now;
        const auto ideal = std::min<std::chrono::nanoseconds>(50ms * (1 << attempt / 2), 500ms);
        EXPECT_THAT(pause, AllOf(Ge(ideal / 2 - 1ms), Le(ideal))) << "attempt " << attempt;
        now += pause;
    }
}

TEST_F(SeveralServers, ThePauseThatOneAsksForIsNotKeptWithAnother) {
    connect_and_forget();
    pb::worker::ServerMessage message;
    message.mutable_shutdown()->set_reconnect_after_ms(700);
    serve(std::move(message));
    core.disconnected("closed", now);
    EXPECT_LE(*core.next_due() - now, 50ms);
}

TEST_F(SeveralServers, OneThatHangsIsLeftSoonerThanTheOnlyOne) {
    connect_and_forget();
    now += 3s;
    core.advance(now);
    step();
    EXPECT_EQ(kinds(), "ping");
    now += 6s;
    core.advance(now);
    step();
    ASSERT_NE(last<close_connection>(), nullptr);
    EXPECT_TRUE(last<close_connection>()->hangs);
}

TEST_F(Connection, ARefusalOfTheGreetingThatCannotPassEndsTheWorkerWithItsReason) {
    core.advance(now);
    core.connected(now);
    serve_error(0, status_code::not_found, "namespace shop does not exist; create it");
    ASSERT_NE(last<stopped>(), nullptr);
    EXPECT_THAT(last<stopped>()->error, HasSubstr("namespace shop does not exist"));
    EXPECT_TRUE(core.is_stopped());
}

TEST_F(Connection, ABusyServerIsTriedAgain) {
    core.advance(now);
    core.connected(now);
    serve_error(0, status_code::unavailable, "too many connections");
    EXPECT_EQ(last<stopped>(), nullptr);
    EXPECT_THAT(said, Contains(HasSubstr("too many connections")));
}

TEST_F(Connection, AnswersThatWereNotAcknowledgedAreGivenAgainInTheirOrder) {
    connect_and_forget();
    const job_id first = serve_activity("a");
    const job_id second = serve_activity("b");
    core.activity_done(first, activity_completed{}, now);
    core.activity_done(second, activity_completed{}, now);
    step();
    const std::uint64_t request = sent[0].request_id();
    forget();
    core.disconnected("reset", now);
    now += 1s;
    connect();
    ASSERT_EQ(kinds(), "hello subscribe credit subscribe credit subscribe credit activity_completed activity_completed");
    EXPECT_EQ(sent[7].request_id(), request);
    EXPECT_EQ(sent[7].activity_completed().task_token(), "a");
    EXPECT_EQ(sent[8].activity_completed().task_token(), "b");
}

TEST_F(Connection, WhatIsGivenAgainFitsIntoFramesHoweverSmallItsPartsAre) {
    connect_and_forget();
    constexpr int answers = 40'000;
    for (int i = 0; i < answers; ++i)
        core.activity_done(serve_activity("token of activity " + std::to_string(i)), activity_completed{}, now);
    core.disconnected("reset", now);
    forget();
    now += 1s;
    frames = 0;
    largest_frame = 0;
    connect();
    EXPECT_EQ(std::ranges::count_if(sent, &pb::worker::WorkerMessage::has_activity_completed), answers);
    EXPECT_GT(frames, 2);
    EXPECT_LE(largest_frame, max_frame_bytes);
}

TEST_F(Connection, WorkUnderWayGoesOnOverALostConnectionAndIsAnsweredOnTheNext) {
    connect_and_forget();
    const job_id job = serve_activity("a");
    core.disconnected("reset", now);
    core.activity_done(job, activity_completed{}, now);
    forget();
    now += 1s;
    connect();
    EXPECT_EQ(sent.back().activity_completed().task_token(), "a");
    // Its slot was free again before the credits were given.
    EXPECT_EQ(sent[6].credit().count(), 6U);
}

TEST_F(Connection, CreditsOfANewConnectionLeaveOutWhatIsUnderWay) {
    connect_and_forget();
    (void)serve_activity("a");
    serve_workflow_task("t", "run-1");
    core.disconnected("reset", now);
    forget();
    now += 1s;
    connect();
    EXPECT_EQ(sent[2].credit().count(), 3U);
    EXPECT_EQ(sent[4].credit().count(), 4U);
    EXPECT_EQ(sent[6].credit().count(), 5U);
}

TEST_F(Connection, AnAnswerThatTheServerCannotTakeYetIsRepeatedLater) {
    connect_and_forget();
    const job_id job = serve_activity("a");
    core.activity_done(job, activity_completed{}, now);
    step();
    const std::uint64_t request = sent[0].request_id();
    forget();
    serve_error(request, status_code::unavailable, "disk full");
    forget();
    now += 99ms;
    core.advance(now);
    step();
    EXPECT_EQ(kinds(), "");
    now += 1ms;
    core.advance(now);
    step();
    EXPECT_EQ(kinds(), "activity_completed");
    serve_done(request);
    now += 1h;
    EXPECT_EQ(core.activities_in_hand(), 0U);
}

TEST_F(Connection, AnAnswerForATaskThatIsGoneIsDroppedAndTold) {
    connect_and_forget();
    const job_id job = serve_activity("a");
    core.activity_done(job, activity_completed{}, now);
    step();
    const std::uint64_t request = sent[0].request_id();
    forget();
    serve_error(request, status_code::not_found, "run r: activity 5 is not running");
    EXPECT_THAT(said, Contains(HasSubstr("activity 5 is not running")));
    core.disconnected("reset", now);
    now += 1s;
    forget();
    connect();
    EXPECT_THAT(kinds(), ::testing::Not(HasSubstr("activity_completed")));
}

}  // namespace
}  // namespace perdure::detail
