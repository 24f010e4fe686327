#include "sdk/replay/call_site.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>

#include "api/ids.hpp"

namespace perdure::detail {
namespace {

constexpr std::size_t longest_site = 160;

// A folder and the file tell two files of one name apart; more would tell where the program was built.
std::string_view tail(std::string_view path) {
    const std::size_t name = path.rfind('/');
    if (name == std::string_view::npos || name == 0) return path;
    const std::size_t folder = path.rfind('/', name - 1);
    return folder == std::string_view::npos ? path : path.substr(folder + 1);
}

// The contract holds it as text, and paths may have any bytes.
void make_utf8(std::string& text) {
    if (is_valid_utf8(text)) return;
    for (char& c : text)
        if (static_cast<unsigned char>(c) >= 0x80U) c = '?';
}

// A program has few sites, and each makes many commands. The strings of a site are literals, so their addresses stand for them.
const std::string& remembered_text(const command_entry& command) {
    using key = std::tuple<const char*, std::uint32_t, const char*, std::uint32_t>;
    thread_local std::map<key, std::string> texts;
    constexpr std::size_t most_texts = 10'000;
    if (texts.size() > most_texts) texts.clear();
    const auto [found, fresh] = texts.try_emplace(key{command.at.file, command.at.line, command.from.file, command.from.line});
    if (fresh) found->second = site_text(command);
    return found->second;
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
    make_utf8(text);
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
    if (command.at.line == 0) return;
    message.mutable_user_metadata()->set_perdure_call_site(remembered_text(command));
}

const std::string& recorded_site(const pb::history::HistoryEvent& event) { return event.user_metadata().perdure_call_site(); }

}  // namespace perdure::detail
