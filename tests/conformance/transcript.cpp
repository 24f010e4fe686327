#include "tests/conformance/transcript.hpp"

#include <fstream>

namespace perdure::conformance {
namespace {

/// "rpc error: code = NotFound desc = ..." as the recorder wrote down the refusal of a history.
expected_error parse_rpc_error(const std::string& text) {
    const std::string marker = "code = ";
    const auto start = text.find(marker);
    if (start == std::string::npos) return {"Unknown", text};
    const auto end = text.find(' ', start + marker.size());
    return {text.substr(start + marker.size(), end - start - marker.size()), text};
}

step parse_step(const json& value) {
    step out;
    out.op = value.at("op").get<std::string>();
    out.request = value.value("request", json::object());
    out.save = value.value("save", std::map<std::string, std::string>{});
    out.async = value.value("async", std::string{});
    out.sleep = std::chrono::milliseconds(value.value("sleep_ms", 0));
    if (value.contains("response")) out.response = value.at("response");
    if (value.contains("error")) {
        const auto& error = value.at("error");
        out.error = expected_error{error.at("code").get<std::string>(), error.value("message", std::string{})};
    }
    return out;
}

recorded_run parse_run(const json& value) {
    recorded_run out;
    out.workflow_id = value.at("workflowId").get<std::string>();
    out.events = value.value("events", json::array());
    if (value.contains("error")) out.error = parse_rpc_error(value.at("error").get<std::string>());
    return out;
}

}  // namespace

result<transcript> parse_transcript(const json& document) {
    transcript out;
    try {
        out.name = document.at("name").get<std::string>();
        out.about = document.value("about", std::string{});
        for (const auto& value : document.at("steps")) out.steps.push_back(parse_step(value));
        for (const auto& value : document.value("history", json::array())) out.history.push_back(parse_run(value));
    } catch (const json::exception& error) {
        return service_failure{status_code::invalid_argument, std::string("not a transcript: ") + error.what()};
    }
    return out;
}

result<transcript> load_transcript(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) return service_failure{status_code::not_found, "cannot open " + file.string()};
    const json document = json::parse(in, nullptr, false);
    if (document.is_discarded()) return service_failure{status_code::invalid_argument, file.string() + " is not JSON"};
    return parse_transcript(document);
}

}  // namespace perdure::conformance
