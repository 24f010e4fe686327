#include "sdk/client/http_failure.hpp"

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "api/json.hpp"

namespace perdure::detail {
namespace {

constexpr double longest_delay_s = 3'600;

status_code from_http(int status) {
    switch (status) {
        case 400:
            return status_code::invalid_argument;
        case 401:
        case 403:
            return status_code::permission_denied;
        case 404:
            return status_code::not_found;
        case 408:
        case 504:
            return status_code::deadline_exceeded;
        case 409:
            return status_code::already_exists;
        case 413:
        case 429:
            return status_code::resource_exhausted;
        case 501:
            return status_code::unimplemented;
        case 502:
        case 503:
            return status_code::unavailable;
        default:
            return status_code::unknown;
    }
}

}  // namespace

service_failure read_failure(int http_status, const std::string& body) {
    service_failure failure{.code = from_http(http_status),
                            .message = "the server answered with the HTTP status " + std::to_string(http_status)};
    const auto json = parse_json(body);
    if (!json) return failure;
    if (const json_value* code = json->find("code");
        code != nullptr && code->if_unsigned() != nullptr && *code->if_unsigned() <= 16)
        failure.code = static_cast<status_code>(*code->if_unsigned());
    if (const json_value* text = json->find("message"); text != nullptr && text->if_text() != nullptr)
        failure.message = *text->if_text();
    const json_value* details = json->find("details");
    if (details == nullptr || details->if_list() == nullptr) return failure;
    for (const json_value& detail : *details->if_list())
        if (const json_value* run = detail.find("runId"); run != nullptr && run->if_text() != nullptr)
            failure.run_id = *run->if_text();
    return failure;
}

std::optional<std::chrono::milliseconds> read_retry_delay(const std::string& body) {
    const auto json = parse_json(body);
    if (!json) return std::nullopt;
    const json_value* details = json->find("details");
    if (details == nullptr || details->if_list() == nullptr) return std::nullopt;
    for (const json_value& detail : *details->if_list()) {
        const json_value* delay = detail.find("retryDelay");
        if (delay == nullptr || delay->if_text() == nullptr) continue;
        const std::string& text = *delay->if_text();
        double seconds = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (error != std::errc() || std::string_view(end) != "s" || !(seconds >= 0 && seconds <= longest_delay_s)) continue;
        return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1'000));
    }
    return std::nullopt;
}

}  // namespace perdure::detail
