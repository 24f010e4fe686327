#include "sdk/replay/call_site.hpp"

#include <cstddef>
#include <string_view>

#include "api/raw_payload.hpp"

namespace perdure::detail {
namespace {

constexpr std::size_t longest_site = 160;
constexpr std::string_view site_key = "perdure-site";

// A folder and the file tell two files of one name apart; more would tell where the program was built.
std::string_view tail(std::string_view path) {
    const std::size_t name = path.rfind('/');
    if (name == std::string_view::npos || name == 0) return path;
    const std::size_t folder = path.rfind('/', name - 1);
    return folder == std::string_view::npos ? path : path.substr(folder + 1);
}

}  // namespace

std::string site_text(const site& at) {
    if (at.line == 0) return {};
    std::string text(tail(at.file));
    text += ':';
    text += std::to_string(at.line);
    if (*at.function != '\0') {
        text += " in ";
        text += at.function;
    }
    if (text.size() > longest_site) text.erase(0, text.size() - longest_site);
    return text;
}

std::string site_text(const command_entry& command) {
    std::string text = site_text(command.at);
    if (text.empty() || command.from.line == 0) return text;
    const std::string from = site_text(command.from);
    const std::size_t name = from.find('/');  // the folder is the same as a rule
    return text + ", from " + (name == std::string::npos ? from : from.substr(name + 1));
}

void record_site(pb::command::Command& message, const command_entry& command) {
    std::string text = site_text(command);
    if (text.empty()) return;
    auto& metadata = *message.mutable_user_metadata()->mutable_details()->mutable_metadata();
    metadata["encoding"] = std::string(encoding::null);
    metadata[std::string(site_key)] = std::move(text);
}

std::string recorded_site(const pb::history::HistoryEvent& event) {
    const auto& metadata = event.user_metadata().details().metadata();
    const auto found = metadata.find(std::string(site_key));
    return found == metadata.end() ? std::string() : found->second;
}

}  // namespace perdure::detail
