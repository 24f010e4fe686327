#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/time.hpp"

namespace perdure::history {

/// The number a run has inside its shard: small, dense and never of another run while anything of it is stored.
using run_number = std::int64_t;

/// One value of a custom search attribute, as lists compare it. Booleans are 0 and 1; a date-time is text in UTC with nine
/// digits of a second, so that text order is time order.
using attribute_value = std::variant<std::int64_t, double, std::string>;

/// What lists and counts may know about a run: the searchable fields, and the whole answer as bytes.
struct visibility_row {
    run_number run = 0;
    std::string namespace_name;
    std::string workflow_id;
    std::string run_id;
    std::string workflow_type;
    std::string task_queue;
    /// A value of temporal.api.enums.v1.WorkflowExecutionStatus.
    int status = 0;
    wall_time start_time{};
    wall_time execution_time{};
    std::optional<wall_time> close_time;
    std::int64_t history_length = 0;
    /// Name and value; an attribute that holds a list stands here once a value.
    std::vector<std::pair<std::string, attribute_value>> attributes;
    /// A serialised temporal.api.workflow.v1.WorkflowExecutionInfo.
    std::string info;

    friend bool operator==(const visibility_row&, const visibility_row&) = default;
};

}  // namespace perdure::history
