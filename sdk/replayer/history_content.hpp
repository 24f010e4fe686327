#pragma once

#include <memory>
#include <string>

#include "api/proto.hpp"
#include "sdk/replayer/event_source.hpp"

namespace perdure::detail {

/// What a perdure::history holds.
class history_content {
  public:
    /// Reads everything. Throws history_error.
    history_content(event_source& source, std::string name);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const pb::history::History& events() const noexcept { return events_; }
    [[nodiscard]] const std::string& workflow_type() const noexcept {
        return events_.events(0).workflow_execution_started_event_attributes().workflow_type().name();
    }

  private:
    std::string name_;
    pb::history::History events_;
};

}  // namespace perdure::detail
