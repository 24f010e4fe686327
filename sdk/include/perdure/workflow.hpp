#pragma once

/// @file
/// Everything that workflow code needs.

#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

#include <perdure/detail/registrations.hpp>
#include "perdure/clock.hpp"
#include "perdure/combinators.hpp"
#include "perdure/context.hpp"
#include "perdure/definition.hpp"
#include "perdure/detail/workflow_type.hpp"
#include "perdure/info.hpp"
#include "perdure/log.hpp"
#include "perdure/mailbox.hpp"
#include "perdure/outcome.hpp"
#include "perdure/random.hpp"
#include "perdure/saga.hpp"
#include "perdure/scope.hpp"
#include "perdure/task.hpp"

namespace perdure::detail {

template <class In, class Call>
auto call_with_input(const arguments& input, Call call) {
    if constexpr (std::is_void_v<In>) {
        return call();
    } else {
        return call(decode_arguments<In>(input.values));
    }
}

template <class R>
arguments encode_promise(frame_base& root) {
    if constexpr (std::is_void_v<R>) {
        return {};
    } else {
        return arguments{encode_arguments(static_cast<promise<R>&>(root).take())};
    }
}

template <class W, class M, class Member>
signal_binding bind_signal(const binding<M, Member W::*>& bound) {
    signal_binding made{.name = std::string(M::name),
                        .box = {},
                        .box_offset = -1,
                        .deliver = {},
                        .abandon_ok = bound.abandon_ok,
                        .input = &payload_schema<typename M::input>};
    const auto member = bound.member;
    if constexpr (is_mailbox<Member>) {
        made.box = [member](void* object) -> mailbox_base& { return static_cast<W*>(object)->*member; };
        made.box_offset = std::bit_cast<std::ptrdiff_t>(member);  // what it is in the Itanium ABI
    } else {
        made.deliver = [member](void* object, context_ref where, const arguments& input) -> frame_base* {
            return call_with_input<typename M::input>(input, [&](auto&&... in) -> frame_base* {
                if constexpr (std::is_void_v<typename member_function<Member>::result>) {
                    (static_cast<W*>(object)->*member)(std::forward<decltype(in)>(in)...);
                    return nullptr;
                } else {
                    auto work =
                        (static_cast<W*>(object)->*member)(access::make<context>(where), std::forward<decltype(in)>(in)...);
                    return &access::release(work);
                }
            });
        };
    }
    return made;
}

template <class W, class M, class Member>
query_binding bind_query(const binding<M, Member W::*>& bound) {
    const auto member = bound.member;
    return {.name = std::string(M::name),
            .answer =
                [member](const void* object, context_ref where, const arguments& input) {
                    return call_with_input<typename M::input>(input, [&](auto&&... in) {
                        const W& self = *static_cast<const W*>(object);
                        using parameters = typename member_function<Member>::parameters;
                        if constexpr (std::is_same_v<typename without_first<parameters>::first, view>) {
                            return arguments{
                                encode_arguments((self.*member)(access::make<view>(where), std::forward<decltype(in)>(in)...))};
                        } else {
                            return arguments{encode_arguments((self.*member)(std::forward<decltype(in)>(in)...))};
                        }
                    });
                },
            .input = &payload_schema<typename M::input>,
            .result = &payload_schema<typename M::result>};
}

/// What is the same for classes and functions.
template <class Contract>
workflow_type begin_workflow_type(const site& defined_at) {
    workflow_type made;
    made.name = std::string(Contract::name);
    made.input_tag = type_tag<typename Contract::input>();
    made.input_type = type_name<typename Contract::input>();
    made.input_schema = &payload_schema<typename Contract::input>;
    made.result_schema = &payload_schema<typename Contract::result>;
    made.defined_at = defined_at;
    made.result = &encode_promise<typename Contract::result>;
    return made;
}

template <class W, class Run, class... Bindings>
workflow_type make_class_type(const definition<W, Run, Bindings...>& defined) {
    using contract = typename W::contract;
    using in = typename contract::input;
    static_assert(check_complete<contract, typename Bindings::message...>());
    static_assert(std::is_nothrow_destructible_v<W>, "perdure: the destructor of a workflow must not throw");
    workflow_type made = begin_workflow_type<contract>(definition_access::where(defined));
    made.object_size = sizeof(W);
    made.object_alignment = alignof(W);
    made.construct = [](void* memory, const arguments& input) {
        if constexpr (std::is_void_v<in>) {
            ::new (memory) W();
        } else if constexpr (std::is_constructible_v<W, const in&>) {
            const auto decoded = decode_arguments<in>(input.values);
            ::new (memory) W(decoded);
        } else {
            static_assert(
                std::is_default_constructible_v<W>,
                "perdure: a workflow class has a default constructor or one that takes the contract's input, both public");
            static_cast<void>(input);
            ::new (memory) W();
        }
    };
    made.destroy = [](void* object) noexcept { std::destroy_at(static_cast<W*>(object)); };
    made.start = [run = definition_access::run(defined)](void* object, context_ref where, const arguments& input) -> frame_base* {
        return call_with_input<in>(input, [&](auto&&... value) -> frame_base* {
            auto work = (static_cast<W*>(object)->*run)(access::make<context>(where), std::forward<decltype(value)>(value)...);
            return &access::release(work);
        });
    };
    std::apply(
        [&](const auto&... bound) {
            const auto add = [&](const auto& one) {
                using message = typename std::remove_cvref_t<decltype(one)>::message;
                if constexpr (message::kind == message_kind::signal) {
                    made.signals.push_back(bind_signal<W>(one));
                } else {
                    made.queries.push_back(bind_query<W>(one));
                }
            };
            (add(bound), ...);
        },
        definition_access::bindings(defined));
    const auto state = definition_access::state(defined);
    made.state.assign(state.begin(), state.end());
    if (definition_access::fails_on(defined) != nullptr) made.fails_on.push_back(definition_access::fails_on(defined));
    return made;
}

/// The registered form of a workflow class.
template <class Workflow>
workflow_type make_workflow_type() {
    static_assert(
        requires { Workflow::definition(); },
        "perdure: a workflow class has a static constexpr definition() that returns perdure::define<W>(&W::run)...");
    constexpr auto defined = Workflow::definition();
    return make_class_type(defined);
}

/// The registered form of a workflow function.
template <class Contract, class Function>
workflow_type make_workflow_type(const function_definition<Contract, Function>& defined) {
    using in = typename Contract::input;
    static_assert(check_complete<Contract>());
    workflow_type made = begin_workflow_type<Contract>(defined.where);
    made.object_size = 1;
    made.construct = [](void*, const arguments&) {};
    made.destroy = [](void*) noexcept {};
    made.start = [function = defined.function](void*, context_ref where, const arguments& input) -> frame_base* {
        return call_with_input<in>(input, [&](auto&&... value) -> frame_base* {
            auto work = function(access::make<context>(where), std::forward<decltype(value)>(value)...);
            return &access::release(work);
        });
    };
    return made;
}

template <class Workflow>
void registrations::add_workflow() {
    add(make_workflow_type<Workflow>());
}
template <class Definition>
void registrations::add_workflow(const Definition& definition) {
    add(make_workflow_type(definition));
}

}  // namespace perdure::detail
