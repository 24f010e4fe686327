#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <perdure/contract.hpp>

#include "api/type_name.hpp"
#include "perdure/detail/runtime.hpp"
#include "perdure/info.hpp"
#include "perdure/log.hpp"
#include "perdure/task.hpp"

namespace perdure::detail {

void run_count(context_ref where, std::string_view counter, double amount);
void run_log(context_ref where, log_level level, std::string_view message, std::span<const kv> fields);
[[nodiscard]] const workflow_info& run_info(context_ref where);

/// An address that stands for a type inside this process.
template <class T>
inline constexpr char type_tag_place = 0;
template <class T>
[[nodiscard]] constexpr const void* type_tag() noexcept {
    return &type_tag_place<std::remove_cv_t<T>>;
}
/// Throws misuse_error unless the contract's input is of this type.
void check_successor(context_ref where, const void* tag, std::string_view given);

template <class F>
inline constexpr bool returns_task = false;
template <class F>
    requires std::is_invocable_v<const F&>
inline constexpr bool returns_task<F> = is_task<std::remove_cvref_t<std::invoke_result_t<const F&>>>::value;

// --- calls that do not fit
// ------------------------------------------------------------------------------------------------------

template <class A>
inline constexpr bool carries_options = requires(const A& activity) { activity.options; };

template <class A, class In>
concept fits_input = !std::is_void_v<typename A::input> && std::is_convertible_v<const In&, typename A::input>;

/// Whether the arguments after the activity are what some overload of `call` takes.
template <class A, class... Rest>
inline constexpr bool right_call = false;
template <class A>
inline constexpr bool right_call<A> = carries_options<A> && std::is_void_v<typename A::input>;
template <class A, class X>
inline constexpr bool right_call<A, X> =
    (std::is_void_v<typename A::input> && std::is_convertible_v<const X&, activity_options>) ||
    (carries_options<A> && fits_input<A, X>);
template <class A, class In, class Options>
inline constexpr bool right_call<A, In, Options> = fits_input<A, In> && std::is_convertible_v<const Options&, activity_options>;

template <class A, class... Rest>
concept wrong_call = any_activity<A> && !right_call<A, Rest...>;

template <class A, class... Rest>
consteval bool explain_wrong_call() {
    constexpr bool takes_nothing = std::is_void_v<typename A::input>;
    constexpr bool has_options = (std::is_convertible_v<const Rest&, activity_options> || ...) || carries_options<A>;
    static_assert(has_options || sizeof...(Rest) > 1,
                  "perdure: this call gives no options: an activity needs a timeout, as in ctx.call(activity, input, "
                  "perdure::activity_options{.timeouts = perdure::start_to_close(10s)}), or define it with activity.with(..)");
    static_assert(!takes_nothing || !has_options,
                  "perdure: this activity takes no input: call it as ctx.call(activity, options)");
    static_assert(
        takes_nothing || !has_options,
        "perdure: the input does not fit this activity's contract: give exactly one value of the type in its signature");
    static_assert(has_options || sizeof...(Rest) <= 1,
                  "perdure: the last argument of a call must be perdure::activity_options, after at most one input");
    return false;
}

}  // namespace perdure::detail
