#include "sdk/workflow/raise.hpp"

#include <string>

#include <perdure/errors.hpp>

#include "perdure/detail/runtime.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure::detail {

std::exception_ptr make_cancelled(std::string_view reason) {
    return std::make_exception_ptr(cancelled_error(std::string(reason)));
}

bool is_cancelled_error(const std::exception_ptr& error) noexcept {
    if (!error) return false;
    try {
        std::rethrow_exception(error);
    } catch (const cancelled_error&) {
        return true;
    } catch (...) {
        return false;
    }
}

bool ended_by_cancel(const std::exception_ptr& error) noexcept {
    if (!error) return false;
    const auto by_cause = [](const failure& seen) { return dynamic_cast<const cancelled_error*>(seen.cause()) != nullptr; };
    try {
        std::rethrow_exception(error);
    } catch (const cancelled_error&) {
        return true;
    } catch (const activity_failure& seen) {
        return by_cause(seen);
    } catch (const child_failure& seen) {
        return by_cause(seen);
    } catch (...) {
        return false;
    }
}

bool is_failure(const std::exception_ptr& error) noexcept {
    if (!error) return false;
    try {
        std::rethrow_exception(error);
    } catch (const failure&) {
        return true;
    } catch (...) {
        return false;
    }
}

void throw_misuse(const char* sentence) {
    misuse_error error(sentence);
    if (run* here = current_run()) here->remember_misuse(std::make_exception_ptr(error));
    throw error;
}

}  // namespace perdure::detail
