#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <perdure/fixed_string.hpp>
#include <perdure/options.hpp>
#include <perdure/payload.hpp>

namespace perdure {

namespace detail {

/// `R()` or `R(In)` taken apart.
template <class Signature>
struct signature {
    static_assert(sizeof(Signature*) == 0,
                  "perdure: a signature is written Result() or Result(Input), with one input at most; "
                  "put several values into one struct, which can grow later");
};

template <class T>
consteval bool check_by_value() {
    static_assert(!std::is_reference_v<T> && !std::is_const_v<T>,
                  "perdure: write the payloads of a signature by value: Result(Input), not Result(const Input&)");
    return true;
}

template <class T>
consteval bool check_payload_or_void() {
    if constexpr (std::is_void_v<T>) {
        return true;
    } else if constexpr (std::is_reference_v<T> || std::is_const_v<T>) {
        return check_by_value<T>();
    } else if constexpr (std::is_same_v<T, arguments>) {
        return true;
    } else {
        return check_payload<T>();
    }
}

template <class R>
struct signature<R()> {
    using result = R;
    using input = void;
    static constexpr bool checked = check_payload_or_void<R>();
};
template <class R, class In>
struct signature<R(In)> {
    using result = R;
    using input = In;
    static constexpr bool checked = check_payload_or_void<R>() && check_payload_or_void<In>();
};

template <fixed_string Name>
consteval bool check_name() {
    static_assert(!Name.view().empty(), "perdure: a name must not be empty");
    static_assert(!Name.view().starts_with("__"), "perdure: names that start with two underscores are reserved");
    return true;
}

struct activity_base {};
struct contract_base {};

}  // namespace detail

enum class message_kind { signal, query, update };

template <class Activity>
struct activity_with_options;

/// An activity as its callers and its implementation see it: a name on the wire and a signature, `R()` or `R(In)`.
///
///     inline constexpr perdure::activity<"payment.charge", Receipt(Charge)> charge{};
///
/// The object is empty; two activities with different names are different types.
template <fixed_string Name, class Signature>
struct activity : detail::activity_base {
    static_assert(detail::check_name<Name>() && detail::signature<Signature>::checked);
    using signature = Signature;
    /// void when the activity takes nothing.
    using input = typename detail::signature<Signature>::input;
    /// void when it returns nothing.
    using result = typename detail::signature<Signature>::result;
    static constexpr std::string_view name = Name.view();

    /// The same activity with options of its own, so that a call need not give any.
    [[nodiscard]] constexpr activity_with_options<activity> with(activity_options options) const noexcept;
    [[nodiscard]] constexpr activity_with_options<activity> with(close_timeouts timeouts) const noexcept;
};

/// An activity that carries the options of its calls.
template <class Activity>
struct activity_with_options : Activity {
    constexpr explicit activity_with_options(activity_options given) noexcept : options(given) {}
    activity_options options;
};

template <fixed_string Name, class Signature>
constexpr activity_with_options<activity<Name, Signature>> activity<Name, Signature>::with(
    activity_options options) const noexcept {
    return activity_with_options<activity>(options);
}
template <fixed_string Name, class Signature>
constexpr activity_with_options<activity<Name, Signature>> activity<Name, Signature>::with(
    close_timeouts timeouts) const noexcept {
    return activity_with_options<activity>(activity_options{.timeouts = timeouts});
}

/// An activity whose name is known only at run time, for gateways. Input and result are payloads as they are.
struct dynamic_activity : detail::activity_base {
    using input = arguments;
    using result = arguments;
    /// Must refer to static storage or to `context::intern`.
    std::string_view name;
    constexpr explicit dynamic_activity(std::string_view given) noexcept : name(given) {}
};

/// A change of workflow code that runs under way must not see: `ctx.patched(check_risk)` chooses between the old path and the
/// new one. The name is recorded in histories; take a new one for each change.
///
///     inline constexpr perdure::patch<"check-risk"> check_risk{};
template <fixed_string Name>
struct patch {
    static_assert(detail::check_name<Name>());
    static constexpr std::string_view name = Name.view();
};

/// The outside of a workflow: its type name, its input and result, and the messages it understands. Clients, workers and
/// tests share it; the implementation derives from `implements<...>`.
///
///     struct OrderFlow : perdure::contract<OrderFlow, "order.fulfil", OrderResult(Order)> {
///         static constexpr signal<"approval", Approval>   approval{};
///         static constexpr query<"status", OrderStatus()> status{};
///         static constexpr auto messages() { return perdure::list(approval, status); }
///     };
///
/// `messages()` is optional; with it a definition that forgets to bind one of them does not compile.
template <class Self, fixed_string Name, class Signature>
struct contract : detail::contract_base {
    static_assert(detail::check_name<Name>() && detail::signature<Signature>::checked);
    using self = Self;
    using signature = Signature;
    using input = typename detail::signature<Signature>::input;
    using result = typename detail::signature<Signature>::result;
    static constexpr std::string_view name = Name.view();

    /// A message without an answer. `In` is void for a bare signal.
    template <fixed_string MessageName, class In = void>
    struct signal {
        static_assert(detail::check_name<MessageName>() && detail::check_payload_or_void<In>());
        using owner = Self;
        using input = In;
        using result = void;
        static constexpr std::string_view name = MessageName.view();
        static constexpr message_kind kind = message_kind::signal;
    };

    /// A question about the present state; answering it changes nothing.
    template <fixed_string MessageName, class MessageSignature>
    struct query {
        static_assert(detail::check_name<MessageName>() && detail::signature<MessageSignature>::checked);
        using owner = Self;
        using input = typename detail::signature<MessageSignature>::input;
        using result = typename detail::signature<MessageSignature>::result;
        static_assert(!std::is_void_v<result>, "perdure: a query answers with a value; to change state use a signal");
        static constexpr std::string_view name = MessageName.view();
        static constexpr message_kind kind = message_kind::query;
    };
};

namespace detail {

template <class T>
concept any_activity = std::is_base_of_v<activity_base, T>;

template <class T>
concept any_contract = std::is_base_of_v<contract_base, T> && requires {
    typename T::input;
    typename T::result;
    T::name;
};

template <class T>
concept any_message = requires {
    typename T::owner;
    typename T::input;
    { T::kind } -> std::convertible_to<message_kind>;
};
template <class T>
concept any_signal = any_message<T> && T::kind == message_kind::signal;
template <class T>
concept any_query = any_message<T> && T::kind == message_kind::query;

template <class... Named>
consteval bool names_differ() {
    const std::array<std::string_view, sizeof...(Named)> names{Named::name...};
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if (names[i] == names[k]) return false;
        }
    }
    return true;
}

}  // namespace detail

/// Several activities, or messages of one contract. Made by `list`.
template <class... Named>
struct list_of {
    static_assert(detail::names_differ<Named...>(),
                  "perdure: two entries of this list have the same name; the wire could not tell them apart");
    using types = std::tuple<Named...>;
    static constexpr std::size_t size = sizeof...(Named);
    static constexpr std::array<std::string_view, sizeof...(Named)> names{Named::name...};

    template <class T>
    static constexpr bool contains = (std::is_same_v<T, Named> || ...);
};

template <class... Named>
[[nodiscard]] consteval list_of<Named...> list(const Named&...) noexcept {
    return {};
}

}  // namespace perdure
