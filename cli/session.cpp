#include "cli/session.hpp"

#include <algorithm>
#include <cstdlib>

#include "cli/input.hpp"

namespace perdure::cli {
namespace {

/// Long polls end at the server after a minute at most; a request without a deadline of its own gets this.
constexpr std::chrono::milliseconds longest_request{90'000};

std::string indented(const ordered_json& document, const std::string& indent) {
    std::string text = document.dump(2, ' ', false, ordered_json::error_handler_t::replace);
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) text.insert(at + 1, indent);
    return indent + text;
}

}  // namespace

session::session(std::ostream& out, std::ostream& err, connector connect, bool terminal)
    : out_(out), err_(err), connect_(std::move(connect)), terminal_(terminal) {}

void session::begin() {
    colour_ = flags.colour == "always" || (flags.colour == "auto" && terminal_ && std::getenv("NO_COLOR") == nullptr);
    if (!flags.command_timeout.empty()) {
        deadline_ = std::chrono::steady_clock::now() + parse_duration("--command-timeout", flags.command_timeout);
    }
    if (flags.identity.empty()) flags.identity = default_identity();
}

void session::print(const std::string& text) {
    if (this->text()) out_ << text << std::flush;
}

void session::heading(const std::string& text) { print(paint(text, tone::heading, colour_) + "\n"); }

void session::print_json(const ordered_json& document) {
    if (!json()) return;
    if (flags.output == output_format::json) {
        out_ << indented(document, "") << '\n';
    } else {
        out_ << document.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
    }
    out_.flush();
}

void session::begin_list() {
    list_started_ = false;
    if (flags.output == output_format::json) out_ << '[';
}

void session::list_item(const ordered_json& document) {
    if (flags.output == output_format::json) {
        out_ << (list_started_ ? ",\n" : "\n") << indented(document, "  ");
        list_started_ = true;
    } else {
        print_json(document);
    }
}

void session::end_list() {
    if (flags.output == output_format::json) out_ << (list_started_ ? "\n]\n" : "]\n");
    out_.flush();
}

frontend& session::service() {
    if (!service_) service_ = connect_(flags);
    return *service_;
}

std::chrono::milliseconds session::remaining() const {
    if (!deadline_) return longest_request;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) throw out_of_time();
    return std::min(left, longest_request);
}

command_error session::out_of_time() const {
    if (!deadline_) return {exit_code::unavailable, "the server at " + flags.address + " did not answer"};
    return {exit_code::unavailable, "the command took longer than its --command-timeout of " + flags.command_timeout};
}

}  // namespace perdure::cli
