#pragma once

#include "history_service/shard/shard.hpp"

namespace perdure::history {

/// Takes note of nothing, for a shard that nobody takes tasks from.
class silent_sink final : public effects_sink {
  public:
    void task_offered(const offered_task&) override {}
    void task_withdrawn(const offered_task&, bool) override {}
    void query_offered(const offered_query&) override {}
    void query_withdrawn(const offered_query&) override {}
    void activity_cancel_requested(const activity_notice&) override {}
    void activity_abandoned(const activity_notice&) override {}
};

}  // namespace perdure::history
