#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <perdure/activity.hpp>

#include "api/payload_schema.hpp"

namespace perdure::detail {

/// The end of an activity: an exception, or the payloads of the result.
using activity_end = std::function<void(std::exception_ptr, std::vector<raw_payload>)>;

/// Runs to its end on the thread that calls it.
using blocking_activity = std::function<std::vector<raw_payload>(activity_context&, const std::vector<raw_payload>&)>;
/// Returns at once; calls its end later, on the worker's io thread.
using awaited_activity = std::function<void(activity_context&, const std::vector<raw_payload>&, activity_end)>;

/// An implementation of an activity with its types erased.
struct activity_function {
    std::string name;
    std::variant<blocking_activity, awaited_activity> body;
    schema_function input = nullptr;
    schema_function result = nullptr;
    /// Those that the registered object carries.
    std::optional<activity_options> options{};
};

/// How a result that is not the value itself is awaited. <perdure/activity_asio.hpp> has the one for asio::awaitable.
template <class Returned>
struct awaited_result {
    static constexpr bool known = false;
};

// The four ways an activity may take its parameters.
template <class F, class In>
consteval int call_form() {
    if constexpr (std::is_void_v<In>) {
        if constexpr (std::is_invocable_v<F&, activity_context&>) return 3;
        if constexpr (std::is_invocable_v<F&>) return 4;
        return 0;
    } else {
        if constexpr (std::is_invocable_v<F&, activity_context&, const In&>) return 1;
        if constexpr (std::is_invocable_v<F&, activity_context&, In>) return 1;
        if constexpr (std::is_invocable_v<F&, const In&>) return 2;
        if constexpr (std::is_invocable_v<F&, In>) return 2;
        return 0;
    }
}

/// The decoded input of one call; empty for activities that take none.
template <class In>
struct activity_input {
    explicit activity_input(const std::vector<raw_payload>& stored) : value(decode_arguments<In>(stored)) {}
    In value;
};
template <>
struct activity_input<void> {
    explicit activity_input(const std::vector<raw_payload>&) {}
};

template <class F, class In>
decltype(auto) call_activity(F& function, activity_context& context, activity_input<In>& input) {
    constexpr int form = call_form<F, In>();
    if constexpr (form == 1) {
        if constexpr (std::is_invocable_v<F&, activity_context&, const In&>) {
            return function(context, std::as_const(input.value));
        } else {
            return function(context, std::move(input.value));
        }
    } else if constexpr (form == 2) {
        if constexpr (std::is_invocable_v<F&, const In&>) {
            return function(std::as_const(input.value));
        } else {
            return function(std::move(input.value));
        }
    } else if constexpr (form == 3) {
        return function(context);
    } else {
        return function();
    }
}

template <class F, class In>
struct returned_by {
    using type = decltype(call_activity<F, In>(std::declval<F&>(), std::declval<activity_context&>(),
                                               std::declval<activity_input<In>&>()));
};

template <class Expected, class Returned>
consteval bool result_fits() {
    if constexpr (awaited_result<Returned>::known) {
        return result_fits<Expected, typename awaited_result<Returned>::value>();
    } else if constexpr (std::is_void_v<Expected>) {
        return std::is_void_v<Returned>;
    } else {
        return std::is_convertible_v<Returned, Expected>;
    }
}

/// Whether a callable implements an activity: its parameters and its result fit the contract.
template <class F, class Activity>
concept implements_activity = call_form<F, typename Activity::input>() != 0;

template <class Activity, class F>
[[nodiscard]] activity_function make_activity(std::string name, F function) {
    using In = typename Activity::input;
    using Out = typename Activity::result;
    static_assert(call_form<F, In>() != 0,
                  "perdure: this callable does not take what the activity's contract says; write Result f(const Input&), or "
                  "Result f(perdure::activity_context&, const Input&), without Input if the contract has none");
    if constexpr (call_form<F, In>() != 0) {
        using Returned = typename returned_by<F, In>::type;
        static_assert(result_fits<Out, Returned>(),
                      "perdure: this callable does not return what the activity's contract says; return the contract's result "
                      "type (nothing for void), or a boost::asio::awaitable of it with <perdure/activity_asio.hpp> included");
        if constexpr (!result_fits<Out, Returned>()) {
            return {};
        } else if constexpr (awaited_result<Returned>::known) {
            auto shared = std::make_shared<F>(std::move(function));
            return {std::move(name), awaited_activity([shared](activity_context& context, const std::vector<raw_payload>& stored,
                                                               activity_end end) {
                        // The coroutine may refer to the callable and to its input until it is done.
                        auto input = std::make_shared<activity_input<In>>(stored);
                        awaited_result<Returned>::template start<Out>(
                            context, call_activity<F, In>(*shared, context, *input),
                            [shared, input, end = std::move(end)](std::exception_ptr thrown, std::vector<raw_payload> result) {
                                end(std::move(thrown), std::move(result));
                            });
                    })};
        } else {
            auto shared = std::make_shared<F>(std::move(function));
            return {std::move(name),
                    blocking_activity([shared](activity_context& context, const std::vector<raw_payload>& stored) {
                        activity_input<In> input(stored);
                        if constexpr (std::is_void_v<Out>) {
                            call_activity<F, In>(*shared, context, input);
                            return std::vector<raw_payload>{};
                        } else {
                            const Out result = call_activity<F, In>(*shared, context, input);
                            return encode_arguments(result);
                        }
                    })};
        }
    } else {
        return {};
    }
}

/// A member function and the object it is called on, as one callable with the member's own parameters.
template <class Member, class Object>
struct bound_member {
    Member member;
    Object* object;
    template <class... Args>
        requires std::is_invocable_v<Member, Object&, Args...>
    decltype(auto) operator()(Args&&... args) {
        return std::invoke(member, *object, std::forward<Args>(args)...);
    }
};

}  // namespace perdure::detail
