#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/raw_payload.hpp"

namespace perdure {

struct start_options;
struct run_description;
class untyped_run;

// What the client's templates call; everything here is compiled once. `done` is called exactly once, on a thread of the
// connection, with an exception or a value.
namespace detail {

class connection;

template <class... T>
using call_end = std::function<void(std::exception_ptr, T...)>;

/// Which run a call is about.
struct run_target {
    std::shared_ptr<connection> via;
    std::string workflow_id;
    /// Empty means the current one.
    std::string run_id;
    /// The first run of the chain that a handle was made for: a later workflow of the same id is somebody else.
    std::string first_run_id;
};

void start_call(const std::shared_ptr<connection>& via, std::string_view type, std::vector<raw_payload> input,
                const start_options& options, call_end<std::shared_ptr<untyped_run>> done);
/// Starts a workflow and waits for its end, in one exchange if the end comes soon. No `limit`: as long as it takes.
void execute_call(const std::shared_ptr<connection>& via, std::string_view type, std::vector<raw_payload> input,
                  const start_options& options, std::chrono::milliseconds limit, call_end<std::vector<raw_payload>> done);
void signal_call(const run_target& run, std::string_view name, std::vector<raw_payload> input, call_end<> done);
void query_call(const run_target& run, std::string_view name, std::vector<raw_payload> input,
                call_end<std::vector<raw_payload>> done);
void result_call(const run_target& run, std::chrono::milliseconds limit, call_end<std::vector<raw_payload>> done);
void cancel_call(const run_target& run, std::string reason, call_end<> done);
void terminate_call(const run_target& run, std::string reason, call_end<> done);
void describe_call(const run_target& run, call_end<std::shared_ptr<run_description>> done);

}  // namespace detail

}  // namespace perdure
