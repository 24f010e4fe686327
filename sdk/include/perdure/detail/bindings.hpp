#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <perdure/contract.hpp>

#include "perdure/context.hpp"
#include "perdure/detail/workflow_type.hpp"
#include "perdure/mailbox.hpp"
#include "perdure/task.hpp"

namespace perdure::detail {

/// Opens definitions to make_workflow_type.
struct definition_access {
    template <class Definition>
    static constexpr auto run(const Definition& definition) {
        return definition.run_;
    }
    template <class Definition>
    static constexpr const auto& bindings(const Definition& definition) {
        return definition.bindings_;
    }
    template <class Definition>
    static constexpr auto state(const Definition& definition) {
        return definition.state_;
    }
    template <class Definition>
    static constexpr auto fails_on(const Definition& definition) {
        return definition.fails_on_;
    }
    template <class Definition>
    static constexpr site where(const Definition& definition) {
        return definition.where_;
    }
};

template <class M, class Pointer>
struct binding {
    using message = M;
    Pointer member;
    bool abandon_ok = false;
};

template <class... E>
[[nodiscard]] bool is_one_of(const std::exception_ptr& error) {
    const auto is = [&error]<class One>(std::type_identity<One>) {
        try {
            std::rethrow_exception(error);
        } catch (const One&) {
            return true;
        } catch (...) {
            return false;
        }
    };
    return (is(std::type_identity<E>()) || ...);
}

/// The name of a member, as its declaration spells it.
template <auto Member>
consteval std::string_view member_name() {
    constexpr std::string_view all = __PRETTY_FUNCTION__;
    constexpr std::size_t colon = all.rfind(':');
    constexpr std::size_t end = all.find_first_of("];,)", colon);
    return all.substr(colon + 1, end - colon - 1);
}

template <class W, auto... Members>
inline constexpr state_member state_table[] = {
    {member_name<Members>(), [](const void* object) { return encode(static_cast<const W*>(object)->*Members); },
     &payload_schema<std::remove_cvref_t<decltype(std::declval<const W&>().*Members)>>}...};

template <class T>
inline constexpr bool is_mailbox = false;
template <class T>
inline constexpr bool is_mailbox<mailbox<T>> = true;

/// A member function type taken apart.
template <class T>
struct member_function : std::false_type {};
template <class R, class... Args>
struct member_function<R(Args...)> : std::true_type {
    using result = R;
    using parameters = std::tuple<Args...>;
    static constexpr bool is_const = false;
};
template <class R, class... Args>
struct member_function<R(Args...) const> : member_function<R(Args...)> {
    static constexpr bool is_const = true;
};
template <class R, class... Args>
struct member_function<R(Args...) noexcept> : member_function<R(Args...)> {};
template <class R, class... Args>
struct member_function<R(Args...) const noexcept> : member_function<R(Args...) const> {};

/// Whether parameters take what a contract gives: nothing for void, one value otherwise.
template <class In, class Parameters>
inline constexpr bool takes_input = false;
template <>
inline constexpr bool takes_input<void, std::tuple<>> = true;
template <class In, class P>
    requires(!std::is_void_v<In>)
inline constexpr bool takes_input<In, std::tuple<P>> = std::is_convertible_v<In&&, P>;

template <class Parameters>
struct without_first;
template <class First, class... Rest>
struct without_first<std::tuple<First, Rest...>> {
    using first = First;
    using rest = std::tuple<Rest...>;
};
template <>
struct without_first<std::tuple<>> {
    using first = void;
    using rest = std::tuple<>;
};

template <class Contract, class R, class... In>
consteval bool check_run_signature() {
    static_assert(std::is_same_v<R, typename Contract::result>,
                  "perdure: run must return perdure::task of the result type in the contract's signature");
    static_assert(takes_input<typename Contract::input, std::tuple<In...>>,
                  "perdure: run must take perdure::context and then the input of the contract's signature, by value");
    return true;
}

template <class Contract, class Run>
consteval bool check_run() {
    static_assert(member_function<Run>::value, "perdure: define takes the member function run");
    using first = typename without_first<typename member_function<Run>::parameters>::first;
    using rest = typename without_first<typename member_function<Run>::parameters>::rest;
    static_assert(std::is_same_v<first, context> && is_task<typename member_function<Run>::result>::value,
                  "perdure: run is a coroutine: perdure::task<Result> run(perdure::context ctx, Input input)");
    if constexpr (is_task<typename member_function<Run>::result>::value) {
        static_assert(std::is_same_v<typename member_function<Run>::result::value_type, typename Contract::result>,
                      "perdure: run must return perdure::task of the result type in the contract's signature");
    }
    static_assert(takes_input<typename Contract::input, rest>,
                  "perdure: run must take perdure::context and then the input of the contract's signature, by value");
    return true;
}

template <class M, class Member>
consteval bool check_signal() {
    using in = typename M::input;
    if constexpr (is_mailbox<Member>) {
        static_assert(std::is_same_v<typename Member::value_type, in>,
                      "perdure: the mailbox must hold the type of the signal: perdure::mailbox<In> for signal<\"name\", In>");
    } else if constexpr (!member_function<Member>::value) {
        static_assert(always_false<Member>, "perdure: a signal is bound to a perdure::mailbox member or to a member function");
    } else {
        using parameters = typename member_function<Member>::parameters;
        using result = typename member_function<Member>::result;
        if constexpr (std::is_void_v<result>) {
            static_assert(takes_input<in, parameters>, "perdure: a plain signal handler is void f(In), with the signal's type");
        } else {
            constexpr bool fits = std::is_same_v<result, task<void>> &&
                                  std::is_same_v<typename without_first<parameters>::first, context> &&
                                  takes_input<in, typename without_first<parameters>::rest>;
            static_assert(fits,
                          "perdure: a signal handler is void f(In), or a coroutine perdure::task<void> f(perdure::context, In)");
        }
    }
    return true;
}

template <class M, class Member>
consteval bool check_query() {
    if constexpr (!member_function<Member>::value) {
        static_assert(always_false<Member>, "perdure: a query is bound to a const member function that returns the answer");
    } else {
        using all = typename member_function<Member>::parameters;
        using result = std::remove_cvref_t<typename member_function<Member>::result>;
        constexpr bool has_view = std::is_same_v<typename without_first<all>::first, view>;
        using parameters = std::conditional_t<has_view, typename without_first<all>::rest, all>;
        static_assert(member_function<Member>::is_const,
                      "perdure: a query must not change the workflow: make its member function const");
        static_assert(!is_task<result>::value, "perdure: a query cannot wait: return the answer itself, not a perdure::task");
        static_assert(!std::is_void_v<result>, "perdure: a query returns the answer; void is none");
        static_assert(is_task<result>::value || std::is_void_v<result> || std::is_same_v<result, typename M::result>,
                      "perdure: the query must return the result type in the contract's signature");
        static_assert(takes_input<typename M::input, parameters>,
                      "perdure: the query must take the input of the contract's signature, after an optional perdure::view");
    }
    return true;
}

template <class W, class M, class Member>
consteval bool check_member() {
    if constexpr (M::kind == message_kind::signal) {
        return check_signal<M, Member>();
    } else {
        static_assert(M::kind == message_kind::query, "perdure: only signals and queries can be bound");
        return check_query<M, Member>();
    }
}

/// Every message of `messages()` is bound.
template <class Contract, class... Bound>
consteval bool check_complete() {
    if constexpr (requires { Contract::messages(); }) {
        return []<class... M>(list_of<M...>) {
            constexpr auto bound = []<class One>(std::type_identity<One>) { return (std::is_same_v<One, Bound> || ...); };
            static_assert(
                (bound(std::type_identity<M>()) && ...),
                "perdure: a message that the contract lists in messages() is not bound: add .on(Contract::message, ...) "
                "to the definition");
            return true;
        }(Contract::messages());
    } else {
        return true;
    }
}

}  // namespace perdure::detail
