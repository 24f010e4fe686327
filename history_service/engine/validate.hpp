#pragma once

#include <string>
#include <string_view>

#include "api/proto.hpp"
#include "api/result.hpp"
#include "history_service/engine/environment.hpp"
#include "history_service/engine/state.hpp"

namespace perdure::history {

/// The answer to a request that cannot be met as it stands.
[[nodiscard]] service_failure invalid(std::string message);

/// An id, a name or a key that must be there: not empty, not too long, UTF-8.
[[nodiscard]] result<done> check_name(const environment& env, std::string_view what, const std::string& value);
/// As `check_name`, but may be empty.
[[nodiscard]] result<done> check_optional_name(const environment& env, std::string_view what, const std::string& value);

/// What a request or command carries, against the limit of one payload.
[[nodiscard]] result<done> check_payload(const environment& env, std::string_view what, const google::protobuf::Message& carried);
[[nodiscard]] result<done> check_memo(const environment& env, const pb::common::Memo& memo);
[[nodiscard]] result<done> check_search_attributes(const environment& env, const pb::common::SearchAttributes& attributes);
[[nodiscard]] result<done> check_user_metadata(const environment& env, const pb::sdk::UserMetadata& metadata);

/// Refuses a queue without a name, sets the kind of one that says nothing to normal. A sticky queue is a worker's own
/// and cannot be asked for.
[[nodiscard]] result<done> check_task_queue(const environment& env, pb::taskqueue::TaskQueue& queue);

/// Refuses an input to a closed run.
[[nodiscard]] service_failure already_completed(const run_state& state);

/// "workflow 'w', run r": how errors name a run.
[[nodiscard]] std::string name_of(const run_key& key);

/// Times of a start, with the defaults and caps that the first event shows.
struct run_timeouts {
    milliseconds execution{};
    milliseconds run{};
    milliseconds task{};
};
[[nodiscard]] run_timeouts settle_timeouts(const environment& env, milliseconds execution, milliseconds run, milliseconds task);

/// The start request with defaults filled in and durations cut; `validate_start` has passed.
[[nodiscard]] pb::service::StartWorkflowExecutionRequest normalised(const pb::service::StartWorkflowExecutionRequest& request);

}  // namespace perdure::history
