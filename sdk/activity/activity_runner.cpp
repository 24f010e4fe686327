#include "sdk/activity/activity_runner.hpp"

#include <utility>

#include "api/failure.hpp"
#include "api/payload.hpp"
#include "perdure/errors.hpp"
#include "sdk/vocabulary/failure_conversion.hpp"

namespace perdure::detail {
namespace {

// An activity that stopped because its worker shuts down, or its attempt was over, was not cancelled: it is to be repeated.
activity_answer stopped_unasked(const activity_session& session) {
    return activity_failed{make_application_failure(
        {.type = "ActivityStopped", .message = "the attempt was stopped: " + session.stop_reason(), .non_retryable = false})};
}

}  // namespace

activity_answer answer_of(const activity_session& session, const std::exception_ptr& thrown, std::vector<raw_payload> result) {
    if (!thrown) {
        if (session.completes_later()) return activity_completes_later{};
        return activity_completed{perdure::to_proto(std::move(result))};
    }
    try {
        std::rethrow_exception(thrown);
    } catch (const cancelled_error& cancelled) {
        if (session.cancel_requested()) return activity_cancelled{perdure::to_proto(cancelled.raw_details())};
        if (session.stop_token().stop_requested()) return stopped_unasked(session);
    } catch (...) {  // every other kind is converted below
    }
    return activity_failed{to_proto(thrown)};
}

activity_answer run_blocking(const blocking_activity& body, const std::shared_ptr<activity_session>& session,
                             const std::vector<raw_payload>& input) {
    try {
        activity_context context(session);
        return answer_of(*session, nullptr, body(context, input));
    } catch (...) {
        return answer_of(*session, std::current_exception(), {});
    }
}

void run_awaited(const awaited_activity& body, const std::shared_ptr<activity_session>& session, std::vector<raw_payload> input,
                 std::function<void(activity_answer)> done) {
    // The context and the input live until the coroutine is done: it refers to both.
    struct running {
        running(const std::shared_ptr<activity_session>& session, std::vector<raw_payload> given)
            : context(session), input(std::move(given)) {}
        activity_context context;
        std::vector<raw_payload> input;
    };
    auto held = std::make_shared<running>(session, std::move(input));
    try {
        body(held->context, held->input, [session, held, done](std::exception_ptr thrown, std::vector<raw_payload> result) {
            done(answer_of(*session, thrown, std::move(result)));
        });
    } catch (...) {
        done(answer_of(*session, std::current_exception(), {}));
    }
}

activity_answer refuse_unknown_activity(std::string_view name, const activity_registry& known) {
    return activity_failed{
        make_application_failure({.type = "NotFoundError", .message = unknown_type_message("activity", name, known.names())})};
}

}  // namespace perdure::detail
