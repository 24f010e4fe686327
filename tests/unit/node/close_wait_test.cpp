#include "server/node/admitting_node.hpp"
#include "tests/unit/node/fixture.hpp"

namespace perdure::server::test {
namespace {

class close_wait : public node_test {
  protected:
    ~close_wait() override { served_.reset(); }

    void stand_behind_gate() {
        served_ = behind_gate(std::move(served_), gate_, [](exhausted_cause) { ADD_FAILURE() << "there is room"; });
    }
    static pb::service::StartWorkflowExecutionRequest waiting_start(const std::string& id) {
        auto request = start_request(id);
        request.set_perdure_wait_for_close(true);
        return request;
    }
    auto execute(const std::string& id) { return ask(&node::start_workflow_execution, waiting_start(id)); }
    void finish_next() { ASSERT_TRUE(complete((*poll())->task_token(), {finish()}).ok()); }

    admission gate_{{.waiting_requests = 1}};
};

TEST_F(close_wait, a_start_is_answered_with_the_event_that_closes_its_run) {
    const auto waiting = execute("w");
    EXPECT_TRUE(waiting->empty());
    finish_next();
    ASSERT_TRUE(waiting->ok());
    EXPECT_TRUE((*waiting)->started());
    EXPECT_FALSE((*waiting)->run_id().empty());
    EXPECT_EQ((*waiting)->perdure_close_event().event_type(), pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
    EXPECT_EQ((*waiting)->perdure_close_event().event_id(), 5);
}

TEST_F(close_wait, an_end_is_told_when_it_is_written) {
    const auto waiting = execute("w");
    const auto task = poll();
    commits_.at_once = false;
    const auto completed = complete((*task)->task_token(), {finish()});
    EXPECT_TRUE(completed.empty() && waiting->empty());
    commits_.finish();
    ASSERT_TRUE(waiting->ok());
    EXPECT_TRUE((*waiting)->has_perdure_close_event());
}

TEST_F(close_wait, a_run_that_goes_on_is_answered_like_a_long_poll) {
    const auto waiting = execute("w");
    pass(19s);
    EXPECT_TRUE(waiting->empty());
    pass(2s);
    ASSERT_TRUE(waiting->ok());
    EXPECT_FALSE((*waiting)->run_id().empty());
    EXPECT_FALSE((*waiting)->has_perdure_close_event());
}

TEST_F(close_wait, a_repeated_start_waits_for_the_same_run) {
    const auto first = execute("w");
    const auto second = execute("w");
    finish_next();
    const auto third = execute("w");
    ASSERT_TRUE(first->ok() && second->ok() && third->ok());
    EXPECT_EQ((*second)->run_id(), (*first)->run_id());
    EXPECT_EQ((*third)->run_id(), (*first)->run_id());
    EXPECT_TRUE((*second)->has_perdure_close_event());
    EXPECT_TRUE((*third)->has_perdure_close_event()) << "that of the run that closed";
}

TEST_F(close_wait, a_refused_start_is_refused_at_once) {
    ASSERT_TRUE(start("w").ok());
    auto other = waiting_start("w");
    other.set_request_id("another");
    EXPECT_EQ(ask(&node::start_workflow_execution, other)->code(), status_code::already_exists);
}

TEST_F(close_wait, with_too_many_waits_the_run_is_started_and_not_waited_for) {
    node_options one;
    one.max_history_waits = 1;
    restart(one);
    const auto first = execute("v");
    const auto second = execute("w");
    EXPECT_TRUE(first->empty());
    ASSERT_TRUE(second->ok());
    EXPECT_FALSE((*second)->has_perdure_close_event());
    EXPECT_EQ(history("w").front(), "WORKFLOW_EXECUTION_STARTED");
}

TEST_F(close_wait, the_gate_counts_what_waits_for_the_disk_alone) {
    stand_behind_gate();
    const auto first = execute("v");
    EXPECT_EQ(gate_.waiting_requests(), 0U);
    const auto second = execute("w");
    EXPECT_TRUE(first->empty() && second->empty());
    finish_next();
    finish_next();
    ASSERT_TRUE(first->ok() && second->ok());
    EXPECT_TRUE((*first)->has_perdure_close_event() && (*second)->has_perdure_close_event());
}

TEST_F(close_wait, a_node_that_goes_says_that_the_run_is_started) {
    stand_behind_gate();
    const auto waiting = execute("w");
    served_.reset();
    ASSERT_TRUE(waiting->ok());
    EXPECT_FALSE((*waiting)->has_perdure_close_event());
}

}  // namespace
}  // namespace perdure::server::test
