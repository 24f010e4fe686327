#include <ostream>
#include <utility>

#include <perdure/replayer.hpp>

#include "api/json_writer.hpp"
#include "sdk/replayer/replay_session.hpp"

namespace perdure {
namespace {

std::string_view name_of(replay_verdict verdict) {
    switch (verdict) {
        case replay_verdict::fits:
            return "fits";
        case replay_verdict::differs:
            return "differs";
        case replay_verdict::failed:
            return "failed";
        case replay_verdict::unknown_type:
            return "unknownType";
        case replay_verdict::undecodable:
            return "undecodable";
        case replay_verdict::refused:
            return "refused";
    }
    return "fits";
}

std::string page_of(std::string_view number) { return "docs/errors/" + std::string(number) + ".md"; }

}  // namespace

replay_report::replay_report(std::string name, detail::replay_outcome outcome)
    : name_(std::move(name)),
      message_(std::move(outcome.message)),
      stack_(std::move(outcome.stack)),
      found_(std::move(outcome.found)),
      warnings_(std::move(outcome.warnings)),
      events_(outcome.events),
      ends_inside_(outcome.ends_inside),
      verdict_(outcome.verdict) {}

std::string_view replay_report::number() const noexcept {
    if (found_) return found_->number;
    switch (verdict_) {
        case replay_verdict::failed:
            return message_.starts_with("workflow code called") ? "PD-1014" : "PD-1010";
        case replay_verdict::unknown_type:
            return "PD-1013";
        case replay_verdict::undecodable:
            return "PD-1012";
        case replay_verdict::refused:
            return "PD-1008";
        case replay_verdict::fits:
        case replay_verdict::differs:
            break;
    }
    return {};
}

std::string replay_report::text() const {
    std::string text = name_ + ": ";
    if (ok()) {
        text += "ok, " + std::to_string(events_) + " events\n";
        if (ends_inside_ != 0)
            text += "note: the history ends inside of a workflow task, with event " + std::to_string(ends_inside_) +
                    "; what that task does is not compared\n";
    } else if (found_) {
        text += "does not fit\n\n" + report_of(*found_) + "\nSee " + page_of(number()) + ".\n";
    } else {
        text += std::string(title_of(number())) + " (" + std::string(number()) + ")\n\n" + message_ + "\n";
        if (!stack_.empty()) text += "\nCoroutines:\n" + stack_ + (stack_.back() == '\n' ? "" : "\n");
        text += "\nSee " + page_of(number()) + ".\n";
    }
    for (const mismatch& difference : warnings_) {
        text += "warning: at event " + std::to_string(difference.event_id) + " " + difference.expected;
        for (const mismatch::field& field : difference.fields)
            text += ": " + field.name + " was " + field.recorded + " and is " + field.produced;
        text += difference.produced_site.empty() ? "\n" : ", at " + difference.produced_site + "\n";
    }
    return text;
}

std::string replay_report::json() const {
    std::string text;
    json_writer json(text);
    json.begin_object();
    json.key("history");
    json.text(name_);
    json.key("verdict");
    json.text(name_of(verdict_));
    json.key("events");
    json.number(events_);
    if (ends_inside_ != 0) {
        json.key("endsInside");
        json.number(ends_inside_);
    }
    if (!ok()) {
        json.key("number");
        json.text(number());
        json.key("message");
        json.text(message_);
    }
    if (found_) {
        json.key("mismatch");
        json.raw(json_of(*found_));
    } else if (!stack_.empty()) {
        json.key("stack");
        json.text(stack_);
    }
    if (!warnings_.empty()) {
        json.key("warnings");
        json.begin_list();
        for (const mismatch& difference : warnings_) json.raw(json_of(difference));
        json.end_list();
    }
    json.end_object();
    return text;
}

std::ostream& operator<<(std::ostream& out, const replay_report& report) { return out << report.text(); }

}  // namespace perdure
