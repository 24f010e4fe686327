#include "api/payload.hpp"
#include "core_fixture.hpp"
#include "tests/unit/vocabulary/example_codecs.hpp"

namespace perdure::detail {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

/// A worker whose codec fails when the test says so.
class WorkerCodec : public core_fixture {
  protected:
    WorkerCodec() : WorkerCodec(std::make_shared<example::moody_codec>()) {}

    template <class Message>
    Message encoded(Message message) const {
        EXPECT_EQ(core.options().conversion->encode(message), std::nullopt);
        return message;
    }
    job_id serve_task(std::int32_t attempt = 1, bool query = false) {
        auto task = workflow_task("t1", "run-1");
        task.set_attempt(attempt);
        *task.mutable_history()->add_events()->mutable_workflow_execution_started_event_attributes()->mutable_input() =
            to_payloads(std::string("secret"));
        if (query) task.mutable_query()->set_query_type("stage");
        pb::worker::ServerMessage message;
        message.mutable_workflow_task()->set_subscription(1);
        *message.mutable_workflow_task()->mutable_task() = encoded(task);
        serve(std::move(message));
        const auto* run = last<run_workflow_task>();
        return run == nullptr ? 0 : run->job;
    }
    static workflow_answer with_result() {
        auto message = std::make_shared<pb::worker::WorkerMessage>();
        auto& answer = *message->mutable_workflow_task_completed();
        answer.set_task_token("t1");
        *answer.add_commands()->mutable_complete_workflow_execution_command_attributes()->mutable_result() =
            to_payloads(std::string("secret"));
        return {.body = std::move(message), .cached = true};
    }
    void serve_encoded_activity() {
        auto task = activity_task("a1");
        *task.mutable_input() = to_payloads(std::string("secret"));
        pb::worker::ServerMessage message;
        *message.mutable_activity_task()->mutable_task() = encoded(task);
        message.mutable_activity_task()->set_subscription(3);
        serve(std::move(message));
    }

    std::shared_ptr<example::moody_codec> moody;

  private:
    explicit WorkerCodec(const std::shared_ptr<example::moody_codec>& codec)
        : core_fixture([&] {
              core_options options = small_worker();
              options.conversion = payload_conversion::of({.codecs = {codec}, .encode_failures = true});
              return options;
          }()),
          moody(codec) {
        connect_and_forget();
    }
};

TEST_F(WorkerCodec, TasksComeInClearAndAnswersGoOutEncoded) {
    const job_id job = serve_task();
    const auto& input =
        last<run_workflow_task>()->task->history().events(0).workflow_execution_started_event_attributes().input();
    EXPECT_EQ(from_payloads<std::string>(input), "secret");
    core.workflow_done(job, with_result(), now);
    step();
    ASSERT_EQ(kinds(), "workflow_task_completed credit");
    EXPECT_EQ(
        encoding_of(
            sent[0].workflow_task_completed().commands(0).complete_workflow_execution_command_attributes().result().payloads(0)),
        "binary/encrypted");
    forget();

    serve_encoded_activity();
    EXPECT_EQ(from_payloads<std::string>(last<start_activity>()->task->input()), "secret");
    core.activity_heartbeat(last<start_activity>()->job, to_payloads(std::string("secret")), now);
    core.activity_done(last<start_activity>()->job, activity_completed{to_payloads(std::string("secret"))}, now);
    step();
    ASSERT_EQ(kinds(), "activity_heartbeat activity_completed credit");
    EXPECT_EQ(encoding_of(sent[0].activity_heartbeat().details().payloads(0)), "binary/encrypted");
    EXPECT_EQ(encoding_of(sent[1].activity_completed().result().payloads(0)), "binary/encrypted");
}

TEST_F(WorkerCodec, ATaskThatCannotBeDecodedFailsWithTheReasonAndGivesItsCreditBack) {
    moody->fail_decode = true;
    EXPECT_EQ(serve_task(), 0U);
    ASSERT_EQ(kinds(), "workflow_task_failed credit");
    const auto& failed = sent[0].workflow_task_failed();
    EXPECT_EQ(failed.task_token(), "t1");
    EXPECT_THAT(failed.failure().message(), AllOf(HasSubstr("the workflow task was not begun"),
                                                  HasSubstr("moody_codec could not decode a value: no key to decrypt with")));
    EXPECT_EQ(failed.failure().application_failure_info().type(), payload_codec_failed);
    EXPECT_EQ(core.workflow_tasks_in_hand(), 0U);
}

TEST_F(WorkerCodec, ATaskThatCannotBeDecodedAgainIsLeftToItsTimeout) {
    moody->fail_decode = true;
    EXPECT_EQ(serve_task(2), 0U);
    EXPECT_EQ(kinds(), "credit");
    EXPECT_THAT(said, Contains(HasSubstr("no key to decrypt with")));
}

TEST_F(WorkerCodec, AQueryThatCannotBeDecodedIsAnsweredWithTheReason) {
    moody->fail_decode = true;
    EXPECT_EQ(serve_task(1, true), 0U);
    ASSERT_EQ(kinds(), "query_completed credit");
    EXPECT_THAT(sent[0].query_completed().error_message(), HasSubstr("no key to decrypt with"));
    EXPECT_EQ(sent[0].query_completed().completed_type(), pb::enums::QUERY_RESULT_TYPE_FAILED);
}

TEST_F(WorkerCodec, AnAnswerThatCannotBeEncodedFailsTheTaskAndDropsTheRun) {
    const job_id job = serve_task();
    forget();
    moody->fail_encode = true;
    core.workflow_done(job, with_result(), now);
    step();
    ASSERT_EQ(kinds(), "workflow_task_failed credit");
    EXPECT_EQ(sent[0].workflow_task_failed().task_token(), "t1");
    EXPECT_THAT(sent[0].workflow_task_failed().failure().message(), HasSubstr("no key to encrypt with"));
    ASSERT_NE(last<evict_run>(), nullptr);
    EXPECT_EQ(last<evict_run>()->run_id, "run-1");
}

TEST_F(WorkerCodec, AnAnswerThatCannotBeEncodedAgainIsSilent) {
    const job_id job = serve_task(2);
    forget();
    moody->fail_encode = true;
    core.workflow_done(job, with_result(), now);
    step();
    EXPECT_EQ(kinds(), "credit");
    EXPECT_NE(last<evict_run>(), nullptr);
}

TEST_F(WorkerCodec, AHistoryThatCannotBeDecodedFailsTheTaskThatWaitsForIt) {
    const job_id job = serve_task();
    core.workflow_done(job, {.body = needs_history{}}, now);
    forget();
    core.advance(now);
    moody->fail_decode = true;
    pb::worker::ServerMessage reply;
    reply.set_request_id(1);
    *reply.mutable_get_history()
         ->mutable_history()
         ->add_events()
         ->mutable_workflow_execution_started_event_attributes()
         ->mutable_input() = encoded(to_payloads(std::string("secret")));
    serve(std::move(reply));
    ASSERT_EQ(kinds(), "workflow_task_failed credit");
    EXPECT_EQ(sent[0].workflow_task_failed().task_token(), "t1");
}

TEST_F(WorkerCodec, AnActivityFailsForAnInputOrAResultThatCannotBeConverted) {
    moody->fail_decode = true;
    serve_encoded_activity();
    EXPECT_EQ(last<start_activity>(), nullptr);
    ASSERT_EQ(kinds(), "activity_failed credit");
    moody->fail_decode = false;
    const auto& failed = sent[0].activity_failed();
    EXPECT_THAT(failed.failure().message(), HasSubstr("no key to decrypt with"));
    EXPECT_FALSE(failed.failure().application_failure_info().non_retryable());
    forget();

    serve_encoded_activity();
    moody->fail_encode = true;
    core.activity_done(last<start_activity>()->job, activity_completed{to_payloads(std::string("secret"))}, now);
    step();
    ASSERT_EQ(kinds(), "activity_failed credit");
    EXPECT_EQ(sent[0].activity_failed().task_token(), "a1");
    EXPECT_THAT(sent[0].activity_failed().failure().message(), HasSubstr("no key to encrypt with"));
    EXPECT_EQ(core.activities_in_hand(), 0U);
}

TEST_F(WorkerCodec, AFailureThatCannotBeEncodedIsReplacedAndNotShownInClear) {
    serve_encoded_activity();
    moody->fail_encode = true;
    pb::failure::Failure why;
    why.set_message("secret");
    core.activity_done(last<start_activity>()->job, activity_failed{why}, now);
    step();
    ASSERT_EQ(kinds(), "activity_failed credit");
    EXPECT_THAT(sent[0].SerializeAsString(), ::testing::Not(HasSubstr("secret")));
}

TEST_F(WorkerCodec, AnActivityIsStoppedForHeartbeatDetailsThatCannotBeEncoded) {
    serve_encoded_activity();
    const job_id job = last<start_activity>()->job;
    moody->fail_encode = true;
    core.activity_heartbeat(job, to_payloads(std::string("secret")), now);
    step();
    ASSERT_NE(last<cancel_activity>(), nullptr);
    EXPECT_EQ(last<cancel_activity>()->job, job);
    EXPECT_FALSE(last<cancel_activity>()->requested);
    EXPECT_THAT(last<cancel_activity>()->reason, HasSubstr("no key to encrypt with"));
    EXPECT_EQ(kinds(), "");
}

/// Makes values a thousand times as large.
class swelling_codec final : public payload_codec {
  public:
    std::vector<raw_payload> encode(std::vector<raw_payload> values) override {
        for (auto& value : values) value = {"test/swollen", std::string(value.data.size() * 1000, 'x'), {}};
        return values;
    }
    std::vector<raw_payload> decode(std::vector<raw_payload> values) override { return values; }
};

class SwellingCodec : public core_fixture {
  protected:
    SwellingCodec()
        : core_fixture([] {
              core_options options = small_worker();
              options.conversion = payload_conversion::of({.codecs = {std::make_shared<swelling_codec>()}});
              return options;
          }()) {
        connect_and_forget();
    }
};

TEST_F(SwellingCodec, ItIsTheEncodedSizeThatCounts) {
    const job_id job = serve_activity("a1");
    core.activity_done(job, activity_completed{details(std::string(2'000, 'y'))}, now);
    step();
    ASSERT_EQ(kinds(), "activity_failed credit");
    EXPECT_EQ(sent[0].activity_failed().failure().application_failure_info().type(), "MessageTooLarge");
    forget();

    const job_id beating = serve_activity("a2");
    core.activity_heartbeat(beating, details(std::string(2'000, 'y')), now);
    step();
    EXPECT_EQ(kinds(), "");
    ASSERT_NE(last<cancel_activity>(), nullptr);
    EXPECT_THAT(last<cancel_activity>()->reason, HasSubstr("larger than a frame"));
}

}  // namespace
}  // namespace perdure::detail
