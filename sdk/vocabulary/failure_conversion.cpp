#include "sdk/vocabulary/failure_conversion.hpp"

#include <cxxabi.h>

#include <cstdlib>

#include "api/failure.hpp"
#include "api/payload.hpp"
#include "api/time_convert.hpp"

namespace perdure::detail {

using pb::failure::Failure;

std::string demangled(const char* mangled) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(mangled, nullptr, nullptr, &status), &std::free);
    std::string name = status == 0 ? text.get() : mangled;
    constexpr std::string_view inline_namespace = "__cxx11::";  // of libstdc++, noise to a reader
    for (auto at = name.find(inline_namespace); at != std::string::npos; at = name.find(inline_namespace)) {
        name.erase(at, inline_namespace.size());
    }
    return name;
}

namespace {

constexpr const char* sdk_source = "CppSDK";

void write_details(const std::vector<raw_payload>& details, pb::common::Payloads* (*place)(Failure&), Failure& failure) {
    if (!details.empty()) *place(failure) = perdure::to_proto(details);
}

void write_kind(const application_error& from, Failure& to) {
    auto& info = *to.mutable_application_failure_info();
    const application_error::fields& fields = from.wire_fields();
    info.set_type(fields.type);
    info.set_non_retryable(fields.non_retryable);
    info.set_category(static_cast<pb::enums::ApplicationErrorCategory>(fields.category));
    if (fields.next_retry_delay) *info.mutable_next_retry_delay() = to_duration(*fields.next_retry_delay);
    write_details(fields.details, [](Failure& f) { return f.mutable_application_failure_info()->mutable_details(); }, to);
}

void write_kind(const activity_failure& from, Failure& to) {
    auto& info = *to.mutable_activity_failure_info();
    const activity_failure::fields& fields = from.wire_fields();
    info.set_scheduled_event_id(fields.scheduled_event_id);
    info.set_started_event_id(fields.started_event_id);
    info.set_identity(fields.identity);
    info.mutable_activity_type()->set_name(fields.activity_name);
    info.set_activity_id(fields.activity_id);
    info.set_retry_state(static_cast<pb::enums::RetryState>(fields.state));
}

void write_kind(const child_failure& from, Failure& to) {
    auto& info = *to.mutable_child_workflow_execution_failure_info();
    const child_failure::fields& fields = from.wire_fields();
    info.set_namespace_(fields.space);
    info.mutable_workflow_execution()->set_workflow_id(fields.workflow_id);
    info.mutable_workflow_execution()->set_run_id(fields.run_id);
    info.mutable_workflow_type()->set_name(fields.workflow_type);
    info.set_initiated_event_id(fields.initiated_event_id);
    info.set_started_event_id(fields.started_event_id);
    info.set_retry_state(static_cast<pb::enums::RetryState>(fields.state));
}

void write_kind(const timeout_error& from, Failure& to) {
    to.mutable_timeout_failure_info()->set_timeout_type(static_cast<pb::enums::TimeoutType>(from.which()));
    write_details(
        from.wire_fields().last_heartbeat,
        [](Failure& f) { return f.mutable_timeout_failure_info()->mutable_last_heartbeat_details(); }, to);
}

void write_kind(const cancelled_error& from, Failure& to) {
    to.mutable_canceled_failure_info()->set_identity(from.wire_fields().identity);
    write_details(
        from.wire_fields().details, [](Failure& f) { return f.mutable_canceled_failure_info()->mutable_details(); }, to);
}

void write_kind(const terminated_error& from, Failure& to) {
    to.mutable_terminated_failure_info()->set_identity(from.identity());
}

template <class... Kinds>
void write_first(const failure& from, Failure& to) {
    const auto attempt = [&]<class Kind>(const Kind* kind) {
        if (kind == nullptr) return false;
        write_kind(*kind, to);
        return true;
    };
    (void)(attempt(dynamic_cast<const Kinds*>(&from)) || ...);
}

/// The cause that std::throw_with_nested put beside an exception.
std::exception_ptr nested_in(const std::exception& outer) {
    const auto* nested = dynamic_cast<const std::nested_exception*>(&outer);
    return nested == nullptr ? nullptr : nested->nested_ptr();
}

Failure convert(const std::exception_ptr& thrown, int depth);

Failure convert_standard(const std::exception& thrown, int depth) {
    Failure to = make_application_failure({.type = demangled(typeid(thrown).name()), .message = thrown.what()});
    to.set_source(sdk_source);
    if (depth == 0) return to;
    if (const std::exception_ptr cause = nested_in(thrown)) *to.mutable_cause() = convert(cause, depth - 1);
    return to;
}

Failure convert(const std::exception_ptr& thrown, int depth) {
    if (thrown == nullptr) return make_application_failure({.message = "no exception was given"});
    try {
        std::rethrow_exception(thrown);
    } catch (const failure& e) {
        Failure to = to_proto(e);
        // A failure that was thrown with std::throw_with_nested has its cause beside it.
        const std::exception_ptr cause = to.has_cause() || depth == 0 ? nullptr : nested_in(e);
        if (cause != nullptr) *to.mutable_cause() = convert(cause, depth - 1);
        return to;
    } catch (const workflow_failure& e) {
        Failure to = convert_standard(e, 0);
        *to.mutable_cause() = to_proto(e.cause());
        return to;
    } catch (const std::exception& e) {
        return convert_standard(e, depth);
    } catch (...) {
        const std::type_info* type = abi::__cxa_current_exception_type();
        const std::string name = type == nullptr ? "unknown" : demangled(type->name());
        Failure to = make_application_failure(
            {.type = name, .message = "an exception of type " + name + " was thrown, which is no std::exception"});
        to.set_source(sdk_source);
        return to;
    }
}

std::vector<raw_payload> read_details(const pb::common::Payloads& stored) { return perdure::from_proto(stored); }

failure_parts parts_of(const Failure& stored, int depth, int attempts);

std::shared_ptr<const failure> read(const Failure& stored, int depth, int attempts) {
    failure_parts parts = parts_of(stored, depth, attempts);
    switch (stored.failure_info_case()) {
        case Failure::kApplicationFailureInfo: {
            const auto& info = stored.application_failure_info();
            application_error::fields fields{.type = info.type(),
                                             .non_retryable = info.non_retryable(),
                                             .details = read_details(info.details()),
                                             .category = info.category()};
            if (info.has_next_retry_delay()) fields.next_retry_delay = from_duration(info.next_retry_delay());
            return std::make_shared<const application_error>(std::move(parts), std::move(fields));
        }
        case Failure::kActivityFailureInfo: {
            const auto& info = stored.activity_failure_info();
            activity_failure::fields fields{.activity_name = info.activity_type().name(),
                                            .activity_id = info.activity_id(),
                                            .identity = info.identity(),
                                            .state = static_cast<retry_state>(info.retry_state()),
                                            .scheduled_event_id = info.scheduled_event_id(),
                                            .started_event_id = info.started_event_id(),
                                            .attempts = attempts};
            return std::make_shared<const activity_failure>(std::move(parts), std::move(fields));
        }
        case Failure::kChildWorkflowExecutionFailureInfo: {
            const auto& info = stored.child_workflow_execution_failure_info();
            child_failure::fields fields{.space = info.namespace_(),
                                         .workflow_id = info.workflow_execution().workflow_id(),
                                         .run_id = info.workflow_execution().run_id(),
                                         .workflow_type = info.workflow_type().name(),
                                         .state = static_cast<retry_state>(info.retry_state()),
                                         .initiated_event_id = info.initiated_event_id(),
                                         .started_event_id = info.started_event_id()};
            return std::make_shared<const child_failure>(std::move(parts), std::move(fields));
        }
        case Failure::kTimeoutFailureInfo: {
            const auto& info = stored.timeout_failure_info();
            timeout_error::fields fields{.which = static_cast<timeout_kind>(info.timeout_type()),
                                         .last_heartbeat = read_details(info.last_heartbeat_details())};
            return std::make_shared<const timeout_error>(std::move(parts), std::move(fields));
        }
        case Failure::kCanceledFailureInfo: {
            const auto& info = stored.canceled_failure_info();
            cancelled_error::fields fields{.identity = info.identity(), .details = read_details(info.details())};
            return std::make_shared<const cancelled_error>(std::move(parts), std::move(fields));
        }
        case Failure::kTerminatedFailureInfo:
            return std::make_shared<const terminated_error>(std::move(parts), stored.terminated_failure_info().identity());
        default: {
            Failure alone = stored;
            alone.clear_cause();
            const auto* oneof = Failure::descriptor()->FindOneofByName("failure_info");
            const auto* set = Failure::GetReflection()->GetOneofFieldDescriptor(stored, oneof);
            return std::make_shared<const foreign_failure>(
                std::move(parts), set == nullptr ? std::string("unknown") : set->name(), alone.SerializeAsString());
        }
    }
}

failure_parts parts_of(const Failure& stored, int depth, int attempts) {
    failure_parts parts;
    parts.message = stored.message();
    parts.source = stored.source();
    parts.stack = stored.stack_trace();
    if (stored.has_encoded_attributes()) parts.encoded_attributes = perdure::from_proto(stored.encoded_attributes());
    if (stored.has_cause() && depth > 0) parts.cause = read(stored.cause(), depth - 1, attempts);
    return parts;
}

}  // namespace

Failure to_proto(const failure& thrown) {
    Failure to;
    if (const auto* foreign = dynamic_cast<const foreign_failure*>(&thrown)) {
        to.ParseFromString(foreign->wire());
    } else {
        write_first<application_error, activity_failure, child_failure, timeout_error, cancelled_error, terminated_error>(thrown,
                                                                                                                          to);
    }
    const failure_parts& parts = thrown.parts();
    to.set_message(parts.message);
    to.set_source(parts.source);
    to.set_stack_trace(parts.stack);
    if (parts.encoded_attributes) *to.mutable_encoded_attributes() = perdure::to_proto(*parts.encoded_attributes);
    if (parts.cause != nullptr) *to.mutable_cause() = to_proto(*parts.cause);
    return to;
}

Failure to_proto(const std::exception_ptr& thrown) { return convert(thrown, max_failure_depth); }

std::shared_ptr<const failure> from_proto(const Failure& stored) { return read(stored, max_failure_depth, 0); }

std::shared_ptr<const failure> from_proto(const Failure& stored, int activity_attempts) {
    return read(stored, max_failure_depth, activity_attempts);
}

std::exception_ptr to_exception(const Failure& stored) {
    try {
        from_proto(stored)->raise();
    } catch (...) {
        return std::current_exception();
    }
}

std::shared_ptr<const failure> as_failure(const std::exception_ptr& thrown) {
    if (thrown == nullptr) return nullptr;
    try {
        std::rethrow_exception(thrown);
    } catch (const failure& e) {
        // Shares ownership of the exception object itself, so that its full type is kept.
        return {std::make_shared<std::exception_ptr>(thrown), &e};
    } catch (...) {
        return nullptr;
    }
}

std::string describe_exception(const std::exception_ptr& thrown) { return describe_failure_chain(to_proto(thrown)); }

}  // namespace perdure::detail

namespace perdure {

std::shared_ptr<const failure> to_failure(const std::exception_ptr& thrown) {
    auto same = detail::as_failure(thrown);
    return same != nullptr ? same : detail::from_proto(detail::to_proto(thrown));
}

}  // namespace perdure
