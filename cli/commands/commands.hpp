#pragma once

#include <CLI/CLI.hpp>

#include "cli/session.hpp"

namespace perdure::cli {

// Each adds its commands below `parent`; choosing one sets the session's action.
void add_workflow_start(CLI::App& parent, session& shared);
void add_workflow_list(CLI::App& parent, session& shared);
void add_workflow_describe(CLI::App& parent, session& shared);
void add_workflow_export(CLI::App& parent, session& shared);
void add_workflow_show(CLI::App& parent, session& shared);
void add_workflow_signal(CLI::App& parent, session& shared);
void add_workflow_query(CLI::App& parent, session& shared);
void add_workflow_stop(CLI::App& parent, session& shared);
void add_activity(CLI::App& parent, session& shared);
void add_task_queue(CLI::App& parent, session& shared);
void add_server(CLI::App& parent, session& shared);
void add_store(CLI::App& parent, session& shared);
void add_fsck(CLI::App& parent, session& shared);
void add_completion(CLI::App& root, session& shared);

}  // namespace perdure::cli
