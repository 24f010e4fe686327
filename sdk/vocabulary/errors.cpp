#include <perdure/errors.hpp>

#include "api/failure_text.hpp"

namespace perdure {

using detail::failure_parts;

namespace {

std::shared_ptr<const failure_parts> finish(failure_parts parts) {
    parts.text = failure_text::caused_by(parts.own_text, parts.cause == nullptr ? "" : parts.cause->what());
    return std::make_shared<const failure_parts>(std::move(parts));
}

template <class Fields>
std::shared_ptr<const Fields> share(Fields fields) {
    return std::make_shared<const Fields>(std::move(fields));
}

/// Of a failure that is made here.
failure_parts parts_of(std::string message) {
    failure_parts parts;
    parts.message = std::move(message);
    parts.source = "CppSDK";
    return parts;
}

failure_parts with_text(failure_parts parts, std::string own_text) {
    parts.own_text = std::move(own_text);
    return parts;
}

}  // namespace

std::string_view to_text(retry_state state) noexcept {
    return state == retry_state::unspecified ? "unspecified" : failure_text::retry_state(static_cast<int>(state));
}

std::string_view to_text(timeout_kind kind) noexcept { return failure_text::timeout_kind(static_cast<int>(kind)); }

failure::failure(failure_parts parts, std::string own_text)
    : error(own_text), parts_(finish(with_text(std::move(parts), std::move(own_text)))) {}

failure::~failure() = default;

void failure::set_cause(std::shared_ptr<const failure> cause) {
    failure_parts changed = *parts_;
    changed.cause = std::move(cause);
    parts_ = finish(std::move(changed));
}

void failure::set_stack_text(std::string stack) {
    failure_parts changed = *parts_;
    changed.stack = std::move(stack);
    parts_ = finish(std::move(changed));
}

application_error::application_error(std::string message, std::string type, bool non_retryable)
    : application_error(parts_of(std::move(message)), fields{.type = std::move(type), .non_retryable = non_retryable}) {}

application_error::application_error(failure_parts parts, fields given)
    : failure(parts, failure_text::application(given.type, parts.message)), fields_(share(std::move(given))) {}

void application_error::set_details(std::vector<raw_payload> details) {
    fields changed = *fields_;
    changed.details = std::move(details);
    fields_ = share(std::move(changed));
}

void application_error::set_next_retry_delay(milliseconds delay) {
    fields changed = *fields_;
    changed.next_retry_delay = delay;
    fields_ = share(std::move(changed));
}

void application_error::raise() const { throw application_error(*this); }

activity_failure::activity_failure(failure_parts parts, fields given)
    : failure(parts, failure_text::activity(given.activity_name, static_cast<int>(given.state))),
      fields_(share(std::move(given))) {}

void activity_failure::raise() const { throw activity_failure(*this); }

child_failure::child_failure(failure_parts parts, fields given)
    : failure(parts, failure_text::child(given.workflow_type, given.workflow_id, static_cast<int>(given.state))),
      fields_(share(std::move(given))) {}

void child_failure::raise() const { throw child_failure(*this); }

timeout_error::timeout_error(failure_parts parts, fields given)
    : failure(parts, failure_text::timeout(static_cast<int>(given.which), parts.message)), fields_(share(std::move(given))) {}

void timeout_error::raise() const { throw timeout_error(*this); }

cancelled_error::cancelled_error(std::string reason) : cancelled_error(parts_of(std::move(reason)), fields{}) {}

cancelled_error::cancelled_error(failure_parts parts, fields given)
    : failure(parts, failure_text::canceled(parts.message)), fields_(share(std::move(given))) {}

void cancelled_error::raise() const { throw cancelled_error(*this); }

terminated_error::terminated_error(failure_parts parts, std::string identity)
    : failure(parts, failure_text::terminated(parts.message)), identity_(share(std::move(identity))) {}

void terminated_error::raise() const { throw terminated_error(*this); }

foreign_failure::foreign_failure(failure_parts parts, std::string kind, std::string wire)
    : failure(parts, parts.message), held_(share(std::pair(std::move(kind), std::move(wire)))) {}

void foreign_failure::raise() const { throw foreign_failure(*this); }

nondeterminism_error::nondeterminism_error(mismatch found) : error(summary_of(found)), found_(share(std::move(found))) {}

workflow_failure::workflow_failure(std::string workflow_id, std::string run_id, std::shared_ptr<const failure> cause)
    : error("workflow \"" + workflow_id + "\" did not succeed: " + cause->what()),
      held_(share(fields{std::move(workflow_id), std::move(run_id), std::move(cause)})) {}

std::string workflow_failure::stack_text() const {
    std::string text;
    for (const failure* at = held_->cause.get(); at != nullptr; at = at->cause()) {
        if (!text.empty()) text += "caused by ";
        text += at->parts().own_text + '\n';
        if (at->stack_text().empty()) continue;
        text += at->stack_text();
        if (text.back() != '\n') text += '\n';
    }
    return text;
}

service_error::service_error(const service_failure& refusal)
    : error(std::string(to_string(refusal.code)) + ": " + refusal.message), code_(refusal.code) {}

already_started_error::already_started_error(const service_failure& refusal)
    : service_error(refusal), run_id_(share(refusal.run_id)) {}

void service_error::raise(const service_failure& refusal) {
    switch (refusal.code) {
        case status_code::not_found:
            throw not_found_error(refusal);
        case status_code::already_exists:
            throw already_started_error(refusal);
        case status_code::unavailable:
        case status_code::resource_exhausted:
            throw unavailable_error(refusal);
        case status_code::deadline_exceeded:
            throw deadline_error(refusal);
        default:
            throw service_error(refusal);
    }
}

}  // namespace perdure
