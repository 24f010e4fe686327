#include "core_fixture.hpp"

namespace perdure::detail {
namespace {

using ::testing::HasSubstr;

class Activities : public core_fixture {
  protected:
    Activities() { connect_and_forget(); }
};

TEST_F(Activities, TheAnswerAndTheCreditTravelTogether) {
    const job_id job = serve_activity("a");
    forget();
    frames = 0;
    core.activity_done(job, activity_completed{details("ok")}, now);
    step();
    EXPECT_EQ(frames, 1);
    ASSERT_EQ(kinds(), "activity_completed credit");
    EXPECT_EQ(sent[0].activity_completed().result().payloads(0).data(), "ok");
    EXPECT_EQ(sent[1].credit().subscription(), 3U);
}

TEST_F(Activities, HeartbeatsAreThrottledToFourFifthsOfTheTimeout) {
    const job_id job = serve_activity("a", 10);
    forget();
    core.activity_heartbeat(job, details("1"), now);
    step();
    ASSERT_EQ(kinds(), "activity_heartbeat");
    core.activity_heartbeat(job, details("2"), now + 1s);
    core.activity_heartbeat(job, details("3"), now + 2s);
    step();
    EXPECT_EQ(sent.size(), 1U);
    EXPECT_EQ(*core.next_due(), now + 8s);
    core.advance(now + 8s);
    step();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[1].activity_heartbeat().details().payloads(0).data(), "3");
}

TEST_F(Activities, DetailsThatWereHeldBackGoWithTheFailure) {
    const job_id job = serve_activity("a", 10);
    core.activity_heartbeat(job, details("sent"), now);
    core.activity_heartbeat(job, details("held back"), now + 1s);
    forget();
    core.activity_done(job, activity_failed{}, now + 2s);
    step();
    EXPECT_EQ(sent[0].activity_failed().last_heartbeat_details().payloads(0).data(), "held back");
}

TEST_F(Activities, DetailsThatWereHeldBackGoAheadOfACancellation) {
    const job_id job = serve_activity("a", 10);
    core.activity_heartbeat(job, details("sent"), now);
    core.activity_heartbeat(job, details("held back"), now + 1s);
    forget();
    core.activity_done(job, activity_cancelled{}, now + 2s);
    step();
    ASSERT_EQ(kinds(), "activity_heartbeat activity_canceled credit");
    EXPECT_EQ(sent[0].activity_heartbeat().details().payloads(0).data(), "held back");
}

TEST_F(Activities, AHeartbeatThatTheConnectionLostIsSentFirstThingOnTheNext) {
    const job_id job = serve_activity("a", 10);
    core.activity_heartbeat(job, details("lost"), now);
    forget();
    core.disconnected("reset", now);
    now += 1s;
    connect();
    EXPECT_EQ(sent.back().activity_heartbeat().details().payloads(0).data(), "lost");
}

TEST_F(Activities, AHeartbeatWhileDisconnectedWaitsForTheNextConnection) {
    const job_id job = serve_activity("a", 10);
    core.disconnected("reset", now);
    core.activity_heartbeat(job, details("1"), now);
    core.activity_heartbeat(job, details("2"), now);
    forget();
    now += 1s;
    connect();
    EXPECT_EQ(sent.back().activity_heartbeat().details().payloads(0).data(), "2");
}

TEST_F(Activities, APushedCancellationReachesTheActivityWithItsReasonAtOnce) {
    const job_id job = serve_activity("a");
    forget();
    pb::worker::ServerMessage message;
    message.mutable_activity_cancel_requested()->set_task_token("a");
    message.mutable_activity_cancel_requested()->set_reason("price changed");
    serve(message);
    serve(message);
    ASSERT_EQ(count<cancel_activity>(), 1U);
    EXPECT_EQ(last<cancel_activity>()->job, job);
    EXPECT_EQ(last<cancel_activity>()->reason, "price changed");
    EXPECT_TRUE(last<cancel_activity>()->requested);
}

TEST_F(Activities, AHeartbeatsReplyCancelsToo) {
    const job_id job = serve_activity("a");
    core.activity_heartbeat(job, details("1"), now);
    step();
    pb::worker::ServerMessage reply;
    reply.set_request_id(sent[0].request_id());
    reply.mutable_activity_heartbeat()->set_cancel_requested(true);
    serve(std::move(reply));
    ASSERT_NE(last<cancel_activity>(), nullptr);
    EXPECT_TRUE(last<cancel_activity>()->requested);
}

TEST_F(Activities, AnAttemptThatTheServerGaveUpIsStoppedButNotCancelled) {
    const job_id job = serve_activity("a");
    core.activity_heartbeat(job, details("1"), now);
    step();
    const std::uint64_t request = sent[0].request_id();
    serve_error(request, status_code::not_found, "activity a is gone");
    ASSERT_NE(last<cancel_activity>(), nullptr);
    EXPECT_FALSE(last<cancel_activity>()->requested);
    EXPECT_EQ(last<cancel_activity>()->job, job);
}

TEST_F(Activities, AnAttemptIsStoppedWhenItsStartToCloseTimeoutIsOver) {
    (void)serve_activity("a", 0, 5);
    forget();
    core.advance(now + 4s);
    step();
    EXPECT_EQ(last<cancel_activity>(), nullptr);
    core.advance(now + 5s);
    step();
    ASSERT_NE(last<cancel_activity>(), nullptr);
    EXPECT_FALSE(last<cancel_activity>()->requested);
}

TEST_F(Activities, ARequestByTheWorkflowIsToldEvenToAnActivityThatIsStopping) {
    (void)serve_activity("a", 0, 5);
    core.advance(now + 5s);
    forget();
    pb::worker::ServerMessage message;
    message.mutable_activity_cancel_requested()->set_task_token("a");
    serve(std::move(message));
    ASSERT_NE(last<cancel_activity>(), nullptr);
    EXPECT_TRUE(last<cancel_activity>()->requested);
}

TEST_F(Activities, AResultTooLargeForAFrameFailsTheActivityForGood) {
    const job_id job = serve_activity("a");
    forget();
    core.activity_done(job, activity_completed{details(std::string(2 << 20, 'x'))}, now);
    step();
    ASSERT_EQ(kinds(), "activity_failed credit");
    EXPECT_TRUE(sent[0].activity_failed().failure().application_failure_info().non_retryable());
    EXPECT_THAT(sent[0].activity_failed().failure().message(), HasSubstr("payment.charge"));
}

TEST_F(Activities, AResultThatTheServerCannotTakeFailsTheActivityForGood) {
    const job_id job = serve_activity("a");
    forget();
    core.activity_done(job, activity_completed{details("big")}, now);
    step();
    const std::uint64_t request = sent.at(0).request_id();
    forget();
    serve_error(request, status_code::invalid_argument, "Result exceeds size limit: 3 bytes of 2.");
    ASSERT_EQ(kinds(), "activity_failed");
    const auto& failed = sent[0].activity_failed();
    EXPECT_EQ(failed.task_token(), "a");
    EXPECT_TRUE(failed.failure().application_failure_info().non_retryable());
    EXPECT_THAT(failed.failure().message(), HasSubstr("the result of activity payment.charge was refused: Result exceeds"));
    // Should that be refused as well, nothing is left to say.
    const std::uint64_t second = sent[0].request_id();
    forget();
    serve_error(second, status_code::invalid_argument, "no");
    EXPECT_EQ(kinds(), "");
}

TEST_F(Activities, AResultOfAnAttemptThatIsGoneIsOnlyNoted) {
    const job_id job = serve_activity("a");
    forget();
    core.activity_done(job, activity_completed{details("late")}, now);
    step();
    const std::uint64_t request = sent.at(0).request_id();
    forget();
    serve_error(request, status_code::not_found, "gone");
    EXPECT_EQ(kinds(), "");
}

TEST_F(Activities, AFailureTooLargeForAFrameIsCut) {
    const job_id job = serve_activity("a");
    forget();
    pb::failure::Failure huge;
    huge.set_message(std::string(2 << 20, 'x'));
    huge.mutable_application_failure_info()->set_type("Declined");
    core.activity_done(job, activity_failed{huge}, now);
    step();
    ASSERT_EQ(kinds(), "activity_failed credit");
    EXPECT_LT(sent[0].ByteSizeLong(), 1U << 19U);
    EXPECT_EQ(sent[0].activity_failed().failure().cause().application_failure_info().type(), "Declined");
}

TEST_F(Activities, DetailsOfACancellationThatFitNoFrameAreLeftOut) {
    const job_id job = serve_activity("a");
    forget();
    core.activity_done(job, activity_cancelled{details(std::string(2 << 20, 'x'))}, now);
    step();
    ASSERT_EQ(kinds(), "activity_canceled credit");
    EXPECT_FALSE(sent[0].activity_canceled().has_details());
}

TEST_F(Activities, HeartbeatDetailsThatFitNoFrameStopTheAttempt) {
    const job_id job = serve_activity("a");
    forget();
    core.activity_heartbeat(job, details(std::string(2 << 20, 'x')), now);
    step();
    EXPECT_EQ(kinds(), "") << "the server would close the connection, again and again";
    ASSERT_NE(last<cancel_activity>(), nullptr);
    EXPECT_FALSE(last<cancel_activity>()->requested);
    EXPECT_THAT(last<cancel_activity>()->reason, HasSubstr("heartbeat details are larger"));
}

TEST_F(Activities, OneThatCompletesLaterOnlyFreesItsSlot) {
    const job_id job = serve_activity("a");
    forget();
    core.activity_done(job, activity_completes_later{}, now);
    step();
    EXPECT_EQ(kinds(), "credit");
}

TEST_F(Activities, ADrainWaitsThenAsksThemToStopThenGoesWithoutThem) {
    const job_id job = serve_activity("a", 0, 3600);
    core.drain(now);
    forget();
    core.advance(now + 9s);
    step();
    EXPECT_EQ(last<cancel_activity>(), nullptr);
    core.advance(now + 10s);
    step();
    ASSERT_NE(last<cancel_activity>(), nullptr);
    EXPECT_EQ(last<cancel_activity>()->job, job);
    EXPECT_FALSE(last<cancel_activity>()->requested);
    EXPECT_FALSE(core.is_stopped());
    core.advance(now + 12s);
    step();
    EXPECT_TRUE(core.is_stopped());
}

TEST_F(Activities, AnActivityThatEndsInADrainIsAnsweredBeforeTheWorkerStops) {
    const job_id job = serve_activity("a");
    core.drain(now);
    forget();
    core.activity_done(job, activity_completed{}, now);
    step();
    ASSERT_EQ(kinds(), "activity_completed");
    EXPECT_FALSE(core.is_stopped());
    serve_done(sent[0].request_id());
    EXPECT_TRUE(core.is_stopped());
}

}  // namespace
}  // namespace perdure::detail
