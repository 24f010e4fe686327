#include "server/http/error_body.hpp"

#include <array>

#include "api/ids.hpp"
#include "api/json_writer.hpp"

namespace perdure::server {

int http_status(status_code code) noexcept {
    static constexpr std::array<int, 16> statuses{200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500};
    const auto index = static_cast<std::size_t>(code);
    return index < statuses.size() ? statuses[index] : 500;
}

std::string error_body(const service_failure& failure, bool pretty, std::chrono::milliseconds retry_after) {
    std::string out;
    json_writer json(out, pretty ? json_style::pretty : json_style::compact);
    json.begin_object();
    json.key("code");
    json.number(static_cast<int>(failure.code));
    json.key("message");
    json.text(is_valid_utf8(failure.message) ? std::string_view(failure.message) : "the message is not UTF-8");
    json.key("details");
    json.begin_list();
    if (failure.code == status_code::already_exists && !failure.run_id.empty()) {
        json.begin_object();
        json.key("@type");
        json.text("type.googleapis.com/temporal.api.errordetails.v1.WorkflowExecutionAlreadyStartedFailure");
        json.key("startRequestId");
        json.text("");
        json.key("runId");
        json.text(failure.run_id);
        json.end_object();
    }
    if (retry_after.count() > 0) {
        json.begin_object();
        json.key("@type");
        json.text("type.googleapis.com/google.rpc.RetryInfo");
        json.key("retryDelay");
        const std::string millis = std::to_string(1'000 + retry_after.count() % 1'000).substr(1);
        json.text(std::to_string(retry_after.count() / 1'000) + "." + millis + "s");
        json.end_object();
    }
    json.end_list();
    json.end_object();
    return out;
}

}  // namespace perdure::server
