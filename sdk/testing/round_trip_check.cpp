#include "sdk/testing/round_trip_check.hpp"

#include <algorithm>
#include <string_view>

#include <perdure/replayer.hpp>

#include "api/json.hpp"
#include "api/proto_bytes.hpp"

namespace perdure::test {
namespace {

std::string difference(std::string_view first, std::string_view second, std::string_view form) {
    if (first == second) return {};
    const auto parted = std::mismatch(first.begin(), first.end(), second.begin(), second.end()).first;
    const auto place = static_cast<std::size_t>(parted - first.begin());
    const std::size_t from = place < 40 ? 0 : place - 40;
    return "its second export as " + std::string(form) + " differs at byte " + std::to_string(place + 1) + ", behind " +
           std::string(first.substr(from, place - from));
}

}  // namespace

std::string round_trip_trouble(const pb::history::History& history) {
    const auto text = print_history(history);
    if (!text) return text.error().message;
    const std::string bytes = deterministic_bytes(history);
    try {
        const auto from_text = perdure::history::from_json(*text);
        const auto from_bytes = perdure::history::from_binary(bytes);
        std::string trouble = difference(*text, from_text.to_json(), "JSON");
        if (trouble.empty()) trouble = difference(bytes, from_bytes.to_binary(), "bytes");
        // Each form holds what the other one holds.
        if (trouble.empty()) trouble = difference(bytes, from_text.to_binary(), "bytes, read from JSON,");
        return trouble;
    } catch (const history_error& refused) {
        return refused.what();
    }
}

}  // namespace perdure::test
