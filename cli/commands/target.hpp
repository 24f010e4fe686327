#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

#include "api/proto.hpp"
#include "cli/session.hpp"

namespace perdure::cli {

/// One workflow by id, or all that a list filter finds.
struct target_flags {
    std::string workflow_id;
    std::string run_id;
    std::string query;
    std::string reason;
    bool yes = false;

    void add_to(CLI::App& command, bool with_reason);
};

/// Does `act` to the workflow or to each that the filter finds. Text output names the one or counts the many; a person is asked
/// before many are touched, unless --yes is given. Workflows that are gone by then are passed over.
exit_code for_each_target(session& shared, const target_flags& flags, const std::string& done,
                          const std::function<void(const pb::common::WorkflowExecution&)>& act);

}  // namespace perdure::cli
