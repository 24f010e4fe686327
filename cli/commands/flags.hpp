#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "api/proto.hpp"
#include "cli/input.hpp"

namespace perdure::cli {

/// A workflow named on the command line.
struct workflow_flags {
    std::string workflow_id;
    std::string run_id;

    void add_to(CLI::App& command) {
        command.add_option("-w,--workflow-id", workflow_id, "Workflow ID")->required();
        command.add_option("-r,--run-id", run_id, "Run ID; without it the latest run");
    }
    void fill(pb::common::WorkflowExecution& execution) const {
        execution.set_workflow_id(workflow_id);
        execution.set_run_id(run_id);
    }
};

inline void add_payload_flags(CLI::App& command, payload_flags& flags) {
    command.add_option("-i,--input", flags.input, "Input value as JSON; once for each argument")->allow_extra_args(false);
    command.add_option("--input-file", flags.files, "File with an input value, - for standard input; once for each argument")
        ->allow_extra_args(false);
    command.add_option("--input-meta", flags.metadata, "KEY=VALUE for the payload's metadata; encoding=... replaces json/plain")
        ->allow_extra_args(false);
    command.add_flag("--input-base64", flags.base64, "The inputs are base64 and are decoded before they are sent");
}

/// An option that may be given several times, one value each.
inline CLI::Option* add_repeated(CLI::App& command, const std::string& name, std::vector<std::string>& into,
                                 const std::string& help) {
    return command.add_option(name, into, help)->allow_extra_args(false);
}

}  // namespace perdure::cli
