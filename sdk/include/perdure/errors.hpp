#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <perdure/fixed_string.hpp>
#include <perdure/mismatch.hpp>
#include <perdure/payload.hpp>

#include "api/result.hpp"
#include "api/time.hpp"

namespace perdure {

class failure;

namespace detail {

/// What every failure carries on the wire besides its kind.
struct failure_parts {
    std::string message{};
    std::string source{};
    std::string stack{};
    std::shared_ptr<const failure> cause{};
    std::optional<raw_payload> encoded_attributes{};
    /// In words, without the causes and with them; the latter is what().
    std::string own_text{};
    std::string text{};
};

struct from_wire {
    explicit from_wire() = default;
};

/// An error whose name on the wire is fixed: `caused_by` compares the name, since the type itself does not travel.
template <class E>
concept app_error_type = requires {
    { E::error_name } -> std::convertible_to<std::string_view>;
    typename E::app_error_self;
};

}  // namespace detail

/// Why an attempt that failed was not repeated. The values are Temporal's.
enum class retry_state : std::uint8_t {
    unspecified = 0,
    in_progress = 1,
    non_retryable_failure = 2,
    timeout = 3,
    maximum_attempts_reached = 4,
    retry_policy_not_set = 5,
    internal_server_error = 6,
    cancel_requested = 7,
};

/// Which limit a timeout_error hit. The values are Temporal's.
enum class timeout_kind : std::uint8_t {
    unspecified = 0,
    start_to_close = 1,
    schedule_to_start = 2,
    schedule_to_close = 3,
    heartbeat = 4,
};

[[nodiscard]] std::string_view to_text(retry_state state) noexcept;
[[nodiscard]] std::string_view to_text(timeout_kind kind) noexcept;

/// Something went wrong as far as the business is concerned. A failure that leaves `run` fails the workflow, with its
/// chain of causes; every other exception fails only the workflow task, which is retried until the code is mended.
///
/// `what()` is the message with the messages of all causes; `message()` is its own alone.
class failure : public error {
  public:
    failure(const failure&) = default;
    failure& operator=(const failure&) = default;
    ~failure() override;

    [[nodiscard]] const char* what() const noexcept override { return parts_->text.c_str(); }
    [[nodiscard]] const std::string& message() const noexcept { return parts_->message; }
    /// Which SDK made it, as in "CppSDK" or "GoSDK"; empty when unknown.
    [[nodiscard]] const std::string& source() const noexcept { return parts_->source; }
    /// The stack where it was thrown, if the other side sent one.
    [[nodiscard]] const std::string& stack_text() const noexcept { return parts_->stack; }
    /// What led to it; null at the end of the chain.
    [[nodiscard]] const failure* cause() const noexcept { return parts_->cause.get(); }

    /// Whether this failure or one of its causes is an E. Application errors made with `app_error` are known by their
    /// name on the wire, all others by their class.
    template <class E>
    [[nodiscard]] bool caused_by() const noexcept {
        return find<E>() != nullptr;
    }

    /// The first E in the chain, rebuilt with its message and details; none when there is none.
    template <class E>
    [[nodiscard]] std::optional<E> cause_as() const;

    /// Throws a copy with its own type.
    [[noreturn]] virtual void raise() const = 0;

    // For the runtime: the parts that travel.
    [[nodiscard]] const detail::failure_parts& parts() const noexcept { return *parts_; }
    void set_cause(std::shared_ptr<const failure> cause);
    void set_stack_text(std::string stack);

  protected:
    /// `own_text` says in words what happened here, without the cause.
    failure(detail::failure_parts parts, std::string own_text);

  private:
    template <class E>
    [[nodiscard]] const failure* find() const noexcept;

    std::shared_ptr<const detail::failure_parts> parts_;  // shared: copying an exception must not throw
};

/// Any exception as a failure: failures as they are, others as an application_error named after their type.
[[nodiscard]] std::shared_ptr<const failure> to_failure(const std::exception_ptr& thrown);

/// A failure with a name that somebody's code threw. Thrown through `app_error`; caught as itself for names that are only
/// known elsewhere.
class application_error : public failure {
  public:
    struct fields {
        std::string type{};
        bool non_retryable = false;
        std::vector<raw_payload> details{};
        std::optional<milliseconds> next_retry_delay{};
        int category = 0;
    };

    application_error(std::string message, std::string type, bool non_retryable = false);
    application_error(detail::failure_parts parts, fields given);

    /// The name on the wire.
    [[nodiscard]] const std::string& type() const noexcept { return fields_->type; }
    [[nodiscard]] bool non_retryable() const noexcept { return fields_->non_retryable; }
    /// Wait this long before the next attempt instead of what the policy says.
    [[nodiscard]] std::optional<milliseconds> next_retry_delay() const noexcept { return fields_->next_retry_delay; }
    [[nodiscard]] bool has_details() const noexcept { return !fields_->details.empty(); }
    [[nodiscard]] const std::vector<raw_payload>& raw_details() const noexcept { return fields_->details; }
    /// Decodes the details. Throws payload_error if there are none or they do not fit.
    template <payload T>
    [[nodiscard]] T details() const {
        return detail::decode_arguments<T>(fields_->details);
    }
    [[nodiscard]] const fields& wire_fields() const noexcept { return *fields_; }
    [[noreturn]] void raise() const override;

  protected:
    void set_details(std::vector<raw_payload> details);
    void set_next_retry_delay(milliseconds delay);

  private:
    std::shared_ptr<const fields> fields_;
};

/// Marks an application error that is never retried.
struct never_retry_t {};
inline constexpr never_retry_t never_retry{};
/// The default: the retry policy decides.
struct may_retry_t {};
inline constexpr may_retry_t may_retry{};

/// The base of an application error with a fixed name:
///
///     struct CardDeclined : perdure::app_error<CardDeclined, "CardDeclined"> { using app_error::app_error; };
///     throw CardDeclined{"insufficient funds"};
///     throw CardDeclined{"try later", Refusal{.code = 51}}.retry_in(5min);
template <class Self, fixed_string Name, auto Retry = may_retry>
class app_error : public application_error {
    static_assert(!Name.view().empty(), "perdure: an application error needs a name");
    static_assert(std::is_same_v<decltype(Retry), const never_retry_t> || std::is_same_v<decltype(Retry), never_retry_t> ||
                      std::is_same_v<decltype(Retry), const may_retry_t> || std::is_same_v<decltype(Retry), may_retry_t>,
                  "perdure: the third argument of app_error is perdure::never_retry or nothing");

  public:
    static constexpr std::string_view error_name = Name.view();
    static constexpr bool retried = std::is_same_v<std::remove_cv_t<decltype(Retry)>, may_retry_t>;
    using app_error_self = Self;

    app_error() : app_error(std::string(error_name)) {}
    explicit app_error(std::string message) : application_error(std::move(message), std::string(error_name), !retried) {}
    template <payload Details>
    app_error(std::string message, const Details& details) : app_error(std::move(message)) {
        set_details(detail::encode_arguments(details));
    }
    /// Rebuilds the error from what travelled.
    app_error(detail::from_wire, const application_error& stored) : application_error(stored) {}

    /// Wait this long before the next attempt instead of what the policy says.
    [[nodiscard]] Self retry_in(milliseconds delay) && {
        set_next_retry_delay(delay);
        return static_cast<Self&&>(*this);
    }
    /// Keeps what led to this error: `throw NoStock{"..."}.because_of(std::current_exception())`.
    [[nodiscard]] Self because_of(const std::exception_ptr& cause) && {
        set_cause(to_failure(cause));
        return static_cast<Self&&>(*this);
    }
    [[noreturn]] void raise() const override { throw static_cast<const Self&>(*this); }
};

/// An activity did not succeed; the cause says why.
class activity_failure final : public failure {
  public:
    struct fields {
        std::string activity_name{};
        std::string activity_id{};
        std::string identity{};
        retry_state state = retry_state::unspecified;
        std::int64_t scheduled_event_id = 0;
        std::int64_t started_event_id = 0;
        /// How many attempts were made; 0 when not known.
        int attempts = 0;
    };

    activity_failure(detail::failure_parts parts, fields given);
    [[nodiscard]] const std::string& activity_name() const noexcept { return fields_->activity_name; }
    [[nodiscard]] const std::string& activity_id() const noexcept { return fields_->activity_id; }
    /// Which worker ran the last attempt.
    [[nodiscard]] const std::string& identity() const noexcept { return fields_->identity; }
    [[nodiscard]] retry_state state() const noexcept { return fields_->state; }
    [[nodiscard]] int attempts() const noexcept { return fields_->attempts; }
    [[nodiscard]] const fields& wire_fields() const noexcept { return *fields_; }
    [[noreturn]] void raise() const override;

  private:
    std::shared_ptr<const fields> fields_;
};

/// A child workflow did not succeed; the cause says why.
class child_failure final : public failure {
  public:
    struct fields {
        std::string space{};
        std::string workflow_id{};
        std::string run_id{};
        std::string workflow_type{};
        retry_state state = retry_state::unspecified;
        std::int64_t initiated_event_id = 0;
        std::int64_t started_event_id = 0;
    };

    child_failure(detail::failure_parts parts, fields given);
    [[nodiscard]] const std::string& workflow_id() const noexcept { return fields_->workflow_id; }
    [[nodiscard]] const std::string& run_id() const noexcept { return fields_->run_id; }
    [[nodiscard]] const std::string& workflow_type() const noexcept { return fields_->workflow_type; }
    [[nodiscard]] retry_state state() const noexcept { return fields_->state; }
    [[nodiscard]] const fields& wire_fields() const noexcept { return *fields_; }
    [[noreturn]] void raise() const override;

  private:
    std::shared_ptr<const fields> fields_;
};

/// A limit was hit.
class timeout_error final : public failure {
  public:
    struct fields {
        timeout_kind which = timeout_kind::unspecified;
        std::vector<raw_payload> last_heartbeat{};
    };

    timeout_error(detail::failure_parts parts, fields given);
    [[nodiscard]] timeout_kind which() const noexcept { return fields_->which; }
    [[nodiscard]] bool has_last_heartbeat() const noexcept { return !fields_->last_heartbeat.empty(); }
    /// What the activity reported last. Throws payload_error if it reported nothing or the details do not fit.
    template <payload T>
    [[nodiscard]] T last_heartbeat() const {
        return detail::decode_arguments<T>(fields_->last_heartbeat);
    }
    [[nodiscard]] const fields& wire_fields() const noexcept { return *fields_; }
    [[noreturn]] void raise() const override;

  private:
    std::shared_ptr<const fields> fields_;
};

/// The work was cancelled. An activity throws it to say that it stopped because it was asked to.
class cancelled_error final : public failure {
  public:
    struct fields {
        std::string identity{};
        std::vector<raw_payload> details{};
    };

    explicit cancelled_error(std::string reason = "cancelled");
    cancelled_error(detail::failure_parts parts, fields given);
    [[nodiscard]] const std::string& reason() const noexcept { return message(); }
    [[nodiscard]] const std::vector<raw_payload>& raw_details() const noexcept { return fields_->details; }
    [[nodiscard]] const fields& wire_fields() const noexcept { return *fields_; }
    [[noreturn]] void raise() const override;

  private:
    std::shared_ptr<const fields> fields_;
};

/// Somebody ended the workflow without asking it.
class terminated_error final : public failure {
  public:
    terminated_error(detail::failure_parts parts, std::string identity);
    [[nodiscard]] const std::string& identity() const noexcept { return *identity_; }
    [[noreturn]] void raise() const override;

  private:
    std::shared_ptr<const std::string> identity_;
};

/// A failure of a kind that has no class here, kept as it came.
class foreign_failure final : public failure {
  public:
    /// `wire` is the serialised message without its cause.
    foreign_failure(detail::failure_parts parts, std::string kind, std::string wire);
    /// Its kind as the contract spells it, as in `server_failure_info`.
    [[nodiscard]] const std::string& kind() const noexcept { return held_->first; }
    [[nodiscard]] const std::string& wire() const noexcept { return held_->second; }
    [[noreturn]] void raise() const override;

  private:
    std::shared_ptr<const std::pair<std::string, std::string>> held_;
};

/// The code took another path than the recorded history. Fails the workflow task; the run waits for code that fits.
class nondeterminism_error final : public error {
  public:
    explicit nondeterminism_error(mismatch found);
    [[nodiscard]] const mismatch& found() const noexcept { return *found_; }

  private:
    std::shared_ptr<const mismatch> found_;
};

/// The library was used in a way that cannot work: from another thread, from another run, after completion. Fails the
/// workflow task.
class misuse_error : public error {
  public:
    using error::error;
};

/// Seen by a client: the run it waited for did not succeed. The cause is the failure that ended the run.
class workflow_failure final : public error {
  public:
    workflow_failure(std::string workflow_id, std::string run_id, std::shared_ptr<const failure> cause);
    [[nodiscard]] const std::string& workflow_id() const noexcept { return held_->workflow_id; }
    [[nodiscard]] const std::string& run_id() const noexcept { return held_->run_id; }
    [[nodiscard]] const failure& cause() const noexcept { return *held_->cause; }
    template <class E>
    [[nodiscard]] bool caused_by() const noexcept {
        return held_->cause->template caused_by<E>();
    }
    template <class E>
    [[nodiscard]] std::optional<E> cause_as() const {
        return held_->cause->template cause_as<E>();
    }
    /// The chain of causes with the stacks that travelled, one failure after the other.
    [[nodiscard]] std::string stack_text() const;

  private:
    struct fields {
        std::string workflow_id, run_id;
        std::shared_ptr<const failure> cause;
    };
    std::shared_ptr<const fields> held_;
};

/// Seen by a client: the service refused a request or could not be reached.
class service_error : public error {
  public:
    explicit service_error(const service_failure& refusal);
    [[nodiscard]] status_code code() const noexcept { return code_; }
    /// Throws the class below that fits the code, or service_error itself.
    [[noreturn]] static void raise(const service_failure& refusal);

  private:
    status_code code_;
};

class not_found_error final : public service_error {
  public:
    using service_error::service_error;
};

/// A workflow with this id runs already, or ran and may not run again.
class already_started_error final : public service_error {
  public:
    explicit already_started_error(const service_failure& refusal);
    /// The run that stands in the way.
    [[nodiscard]] const std::string& run_id() const noexcept { return *run_id_; }

  private:
    std::shared_ptr<const std::string> run_id_;
};

/// The service cannot be reached, or is busy; the request may be sent again.
class unavailable_error final : public service_error {
  public:
    using service_error::service_error;
};

class deadline_error final : public service_error {
  public:
    using service_error::service_error;
};

template <class E>
const failure* failure::find() const noexcept {
    static_assert(std::derived_from<E, failure>, "perdure: a cause is a failure: an app_error or one of the library's classes");
    for (const failure* at = this; at != nullptr; at = at->cause()) {
        if constexpr (detail::app_error_type<E>) {
            const auto* named = dynamic_cast<const application_error*>(at);
            if (named != nullptr && named->type() == E::error_name) return at;
        } else {
            if (dynamic_cast<const E*>(at) != nullptr) return at;
        }
    }
    return nullptr;
}

template <class E>
std::optional<E> failure::cause_as() const {
    const failure* found = find<E>();
    if (found == nullptr) return std::nullopt;
    if constexpr (detail::app_error_type<E>) {
        static_assert(std::is_constructible_v<E, detail::from_wire, const application_error&>,
                      "perdure: cause_as rebuilds the error, which needs `using app_error::app_error;` in its class");
        return std::optional<E>(std::in_place, detail::from_wire(), dynamic_cast<const application_error&>(*found));
    } else {
        return dynamic_cast<const E&>(*found);
    }
}

}  // namespace perdure
