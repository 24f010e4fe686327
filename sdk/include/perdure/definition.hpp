#pragma once

/// @file
/// Binding a workflow to its contract: `implements<Contract>`, `define<W>(&W::run).on(...)` and `define_function<Contract>(&f)`.

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <perdure/contract.hpp>

#include "perdure/context.hpp"
#include "perdure/detail/bindings.hpp"
#include "perdure/mailbox.hpp"
#include "perdure/task.hpp"

namespace perdure {

/// The base of a workflow class: names its contract and lets its members be coroutines. Empty.
///
/// One object a run, made from the input (or by the default constructor) before the first message, destroyed after all
/// coroutines of the run.
template <detail::any_contract Contract>
class implements : public detail::implements_base {
  public:
    using contract = Contract;
};

/// The binding of a workflow class. Made by `define`; each `on` gives a definition with one message more.
template <class W, class Run, class... Bindings>
class definition {
  public:
    using workflow = W;
    using contract = typename W::contract;

    /// Binds a signal to a mailbox member, to a plain handler `void f(In)` or to a coroutine handler
    /// `task<void> f(context, In)`; or a query to a const member that returns the answer.
    template <detail::any_message M, class Member>
    [[nodiscard]] constexpr auto on(const M&, Member W::* member) const {
        static_assert(std::is_same_v<typename M::owner, contract>,
                      "perdure: this message belongs to another contract than the one the workflow implements");
        static_assert(!(std::is_same_v<typename Bindings::message, M> || ...), "perdure: this message is bound twice");
        static_assert(detail::check_member<W, M, Member>());
        return with(detail::binding<M, Member W::*>{member});
    }

    /// Says of the handler that was bound last that the run may complete while it is still running.
    [[nodiscard]] constexpr definition abandon_ok() const {
        static_assert(sizeof...(Bindings) > 0, "perdure: abandon_ok speaks of the handler before it; there is none");
        definition copy = *this;
        std::get<sizeof...(Bindings) - 1>(copy.bindings_).abandon_ok = true;
        return copy;
    }

    /// Exceptions of these types, outside of the family of failures, fail the workflow instead of the workflow task.
    template <class... E>
    [[nodiscard]] constexpr definition fails_on() const {
        definition copy = *this;
        copy.fails_on_ = &detail::is_one_of<E...>;
        return copy;
    }

    /// Declares members of the object as the state of the workflow: values of payload types that its decisions depend on. Their
    /// fingerprint is recorded with each workflow task and compared at replay (`replay_level::state`), and traces show them.
    /// Costs their encoding once a workflow task.
    ///
    ///     .state<&OrderWorkflow::status_, &OrderWorkflow::attempts_>()
    template <auto... Members>
    [[nodiscard]] constexpr definition state() const {
        static_assert(sizeof...(Members) > 0 && (std::is_member_object_pointer_v<decltype(Members)> && ...),
                      "perdure: state names data members of the workflow: .state<&OrderWorkflow::status_>()");
        definition copy = *this;
        copy.state_ = detail::state_table<W, Members...>;
        return copy;
    }

  private:
    template <class, class, class...>
    friend class definition;
    friend struct detail::definition_access;
    template <class V, class R>
    friend constexpr auto define(R V::* run, const char* file, std::uint32_t line);

    constexpr definition(Run run, std::tuple<Bindings...> bindings, bool (*fails_on)(const std::exception_ptr&),
                         std::span<const detail::state_member> state, detail::site where)
        : run_(run), bindings_(bindings), fails_on_(fails_on), state_(state), where_(where) {}

    template <class Binding>
    constexpr auto with(Binding binding) const {
        return definition<W, Run, Bindings..., Binding>(run_, std::tuple_cat(bindings_, std::tuple<Binding>(binding)), fails_on_,
                                                        state_, where_);
    }

    Run run_;
    std::tuple<Bindings...> bindings_;
    bool (*fails_on_)(const std::exception_ptr&);
    std::span<const detail::state_member> state_;
    detail::site where_;
};

/// Begins the definition of a workflow class:
///
///     static constexpr auto definition() {
///         return perdure::define<Counter>(&Counter::run)
///             .on(CounterFlow::add, &Counter::add)
///             .on(CounterFlow::total, &Counter::total);
///     }
///
/// `file` and `line` are where this stands in the source, for descriptions of the program.
template <class W, class Run>
[[nodiscard]] constexpr auto define(Run W::* run, const char* file = __builtin_FILE(), std::uint32_t line = __builtin_LINE()) {
    static_assert(std::is_base_of_v<detail::implements_base, W>,
                  "perdure: a workflow class derives from perdure::implements<Contract>");
    static_assert(detail::check_run<typename W::contract, Run>());
    return definition<W, Run W::*>(run, {}, nullptr, {}, {.file = file, .line = line});
}

/// The binding of a workflow that is one function. Made by `define_function`.
template <detail::any_contract Contract, class Function>
struct function_definition {
    using contract = Contract;
    Function function;
    detail::site where{};
};

/// Defines a workflow without state: `inline constexpr auto greet_def = perdure::define_function<GreetFlow>(&greet);`
template <detail::any_contract Contract, class R, class... In>
[[nodiscard]] constexpr auto define_function(task<R> (*function)(context, In...), const char* file = __builtin_FILE(),
                                             std::uint32_t line = __builtin_LINE()) {
    static_assert(detail::check_run_signature<Contract, R, In...>());
    return function_definition<Contract, task<R> (*)(context, In...)>{function, {.file = file, .line = line}};
}

}  // namespace perdure
