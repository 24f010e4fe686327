#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "api/proto.hpp"
#include "history_service/shard/fsck.hpp"
#include "history_service/shard/shard.hpp"
#include "history_service/store/store.hpp"

namespace perdure::history {

/// The same ids in every run of a test: a prefix and a number.
class numbered_ids final : public id_source {
  public:
    explicit numbered_ids(std::string prefix) : prefix_(std::move(prefix)) {}
    std::string next() override { return prefix_ + std::to_string(++last_); }

  private:
    std::string prefix_;
    int last_ = 0;
};

/// The start of workflow `n`.
inline pb::service::StartWorkflowExecutionRequest start_of(std::int64_t n) {
    pb::service::StartWorkflowExecutionRequest start;
    start.set_namespace_("default");
    start.set_workflow_id("w-" + std::to_string(n));
    start.set_request_id("start-" + std::to_string(n));
    start.mutable_workflow_type()->set_name("wf");
    start.mutable_task_queue()->set_name("q");
    return start;
}

/// A signal for workflow `n`.
inline pb::service::SignalWorkflowExecutionRequest signal_of(std::int64_t n) {
    pb::service::SignalWorkflowExecutionRequest signal;
    signal.set_namespace_("default");
    signal.mutable_workflow_execution()->set_workflow_id("w-" + std::to_string(n));
    signal.set_request_id("signal-" + std::to_string(n));
    signal.set_signal_name("sig");
    return signal;
}

/// Every run in the store fits, and workflows 1 to `acknowledged` have their start and their signal, once each however often they
/// were asked for.
inline void expect_started_and_signalled(store& db, std::int64_t acknowledged) {
    const auto findings = fsck(db);
    ASSERT_TRUE(findings) << findings.error().message;
    EXPECT_THAT(*findings, ::testing::IsEmpty());
    for (std::int64_t n = 1; n <= acknowledged; ++n) {
        const auto run = db.current_run("default", start_of(n).workflow_id());
        ASSERT_TRUE(run && *run) << "workflow " << n << " was acknowledged";
        EXPECT_EQ(db.read_journal(**run, 0, 10)->size(), 2U) << "the signal of workflow " << n << " was acknowledged";
    }
}

}  // namespace perdure::history
