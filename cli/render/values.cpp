#include "cli/render/values.hpp"

#include <array>
#include <cctype>
#include <cstdio>
#include <ctime>

namespace perdure::cli {
namespace {

std::string lower(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

void erase_word(std::string& text, std::string_view word) {
    const auto at = text.find(word);
    if (at != std::string::npos) text.erase(at, word.size());
}

}  // namespace

std::string show_time(const google::protobuf::Timestamp& time) {
    if (time.seconds() == 0 && time.nanos() == 0) return {};
    const std::time_t seconds = static_cast<std::time_t>(time.seconds());
    std::tm parts{};
    if (gmtime_r(&seconds, &parts) == nullptr) return {};
    std::array<char, 64> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(time.nanos() / 1'000'000 % 1000));
    return std::string(text.data(), length) + fraction.data();
}

std::string show_milliseconds(std::int64_t milliseconds) {
    if (milliseconds < 0) return "-" + show_milliseconds(-milliseconds);
    if (milliseconds < 1000) return std::to_string(milliseconds) + "ms";
    if (milliseconds < 60'000) {
        const auto tail = milliseconds % 1000;
        std::string text = std::to_string(milliseconds / 1000);
        if (tail != 0) {
            text += "." + std::to_string(1000 + tail).substr(1);
            while (text.ends_with('0')) text.pop_back();
        }
        return text + "s";
    }
    struct unit {
        std::int64_t seconds;
        char letter;
    };
    static constexpr std::array<unit, 4> units = {{{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
    std::int64_t seconds = milliseconds / 1000;
    std::string out;
    int shown = 0;
    for (const auto& [length, letter] : units) {
        const auto count = seconds / length;
        seconds %= length;
        if (count == 0) {
            if (shown > 0) break;
            continue;
        }
        out += (out.empty() ? "" : " ") + std::to_string(count) + letter;
        if (++shown == 2) break;
    }
    return out;
}

std::string show_duration(const google::protobuf::Duration& duration) {
    return show_milliseconds(duration.seconds() * 1000 + duration.nanos() / 1'000'000);
}

std::string show_payload(const pb::common::Payload& payload) {
    const auto found = payload.metadata().find("encoding");
    const std::string encoding = found == payload.metadata().end() ? std::string("no encoding") : found->second;
    if (encoding == "json/plain" || encoding == "json/protobuf") return payload.data();
    if (encoding == "binary/null") return "null";
    return "<" + std::to_string(payload.data().size()) + " bytes, " + encoding + ">";
}

std::string show_payloads(const pb::common::Payloads& payloads) {
    std::string out;
    for (const auto& payload : payloads.payloads()) out += (out.empty() ? "" : ", ") + show_payload(payload);
    return out;
}

std::string without_prefix(std::string_view name, std::string_view prefix) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    return std::string(name);
}

std::string event_words(pb::enums::EventType type) {
    std::string words = lower(without_prefix(pb::enums::EventType_Name(type), "EVENT_TYPE_"));
    if (words.starts_with("activity task ")) erase_word(words, "task ");
    erase_word(words, "execution ");
    if (!words.empty()) words.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(words.front())));
    return words.empty() ? "Event of type " + std::to_string(static_cast<int>(type)) : words;
}

std::string status_word(pb::enums::WorkflowExecutionStatus status) {
    return without_prefix(pb::enums::WorkflowExecutionStatus_Name(status), "WORKFLOW_EXECUTION_STATUS_");
}

std::string status_name(pb::enums::WorkflowExecutionStatus status) {
    std::string out;
    bool start = true;
    for (const char c : status_word(status)) {
        if (c == '_') {
            start = true;
        } else {
            out += start ? c : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            start = false;
        }
    }
    return out;
}

std::string words_with_dashes(std::string_view upper_case) {
    std::string out = lower(upper_case);
    for (char& c : out) {
        if (c == ' ') c = '-';
    }
    return out;
}

}  // namespace perdure::cli
