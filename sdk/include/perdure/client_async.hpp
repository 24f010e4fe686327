#pragma once

/// @file
/// The asynchronous twins of the client's calls. Each takes a Boost.Asio completion token with the signature
/// void(std::exception_ptr, Result), or void(std::exception_ptr) where there is none: with boost::asio::use_awaitable
/// `co_await run.async_result(boost::asio::use_awaitable)` gives the result or throws. The handler runs on its associated
/// executor, which has work outstanding until then.

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include <perdure/client.hpp>

namespace perdure::detail {

/// Starts a call whose end is void(std::exception_ptr, Value...) and completes the token with it.
template <class... Value, class Token, class Start>
auto complete_with(Token&& token, Start&& start) {
    return boost::asio::async_initiate<Token, void(std::exception_ptr, Value...)>(
        [](auto handler, auto begin) {
            namespace asio = boost::asio;
            auto executor = asio::prefer(asio::get_associated_executor(handler), asio::execution::outstanding_work.tracked);
            // Handlers may be movable only; the ends of calls are copied.
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            begin([shared, executor](std::exception_ptr thrown, Value... value) {
                asio::post(executor, [shared, thrown = std::move(thrown), ... value = std::move(value)]() mutable {
                    std::move (*shared)(std::move(thrown), std::move(value)...);
                });
            });
        },
        token, std::forward<Start>(start));
}

/// Completes with a decoded value; payloads that do not fit become the exception.
template <class Value, class End>
auto decoding(End end) {
    return [end = std::move(end)](std::exception_ptr thrown, std::vector<raw_payload> stored) {
        if constexpr (std::is_void_v<Value>) {
            end(std::move(thrown));
        } else {
            Value value{};
            try {
                if (!thrown) value = decode_arguments<Value>(stored);
            } catch (...) {
                thrown = std::current_exception();
            }
            end(std::move(thrown), std::move(value));
        }
    };
}

template <class Value, class Token, class Start>
auto complete_decoded(Token&& token, Start&& start) {
    auto begin = [start = std::forward<Start>(start)](auto end) { start(decoding<Value>(std::move(end))); };
    if constexpr (std::is_void_v<Value>) {
        return complete_with<>(std::forward<Token>(token), std::move(begin));
    } else {
        return complete_with<Value>(std::forward<Token>(token), std::move(begin));
    }
}

}  // namespace perdure::detail

namespace perdure {

template <detail::any_contract C>
template <detail::any_signal S, class In, class Token>
auto run_handle<C>::async_signal(S message, const In& input, Token&& token) const {
    return detail::complete_with<>(std::forward<Token>(token),
                                   [target = run_.target(), stored = encode_input<S>(message, input)](auto end) {
                                       detail::signal_call(target, S::name, stored, std::move(end));
                                   });
}

template <detail::any_contract C>
template <detail::any_query Q, class Token>
auto run_handle<C>::async_query(Q message, Token&& token) const {
    (void)no_input<Q>(message);
    return detail::complete_decoded<typename Q::result>(std::forward<Token>(token), [target = run_.target()](auto end) {
        detail::query_call(target, Q::name, {}, std::move(end));
    });
}

template <detail::any_contract C>
template <class Token>
auto run_handle<C>::async_result(Token&& token) const {
    return detail::complete_decoded<result_type>(std::forward<Token>(token), [target = run_.target()](auto end) {
        detail::result_call(target, std::chrono::milliseconds(0), std::move(end));
    });
}

template <detail::any_contract C>
template <class Token>
auto run_handle<C>::async_cancel(std::string reason, Token&& token) const {
    return detail::complete_with<>(std::forward<Token>(token), [target = run_.target(), reason = std::move(reason)](auto end) {
        detail::cancel_call(target, reason, std::move(end));
    });
}

template <detail::any_contract C>
template <class Token>
auto run_handle<C>::async_terminate(std::string reason, Token&& token) const {
    return detail::complete_with<>(std::forward<Token>(token), [target = run_.target(), reason = std::move(reason)](auto end) {
        detail::terminate_call(target, reason, std::move(end));
    });
}

template <detail::any_contract C>
template <class Token>
auto run_handle<C>::async_describe(Token&& token) const {
    return detail::complete_with<run_description>(std::forward<Token>(token), [target = run_.target()](auto end) {
        detail::describe_call(target, [end = std::move(end)](std::exception_ptr thrown, std::shared_ptr<run_description> found) {
            end(std::move(thrown), found ? std::move(*found) : run_description{});
        });
    });
}

template <detail::any_contract C, class In, class Token>
auto client::async_start(const In& input, const start_options& options, Token&& token) const {
    return detail::complete_with<run_handle<C>>(
        std::forward<Token>(token), [via = via_, stored = encode_input<C>(input), options](auto end) {
            detail::start_call(via, C::name, stored, options,
                               [end = std::move(end)](std::exception_ptr thrown, std::shared_ptr<untyped_run> started) {
                                   end(std::move(thrown),
                                       run_handle<C>(started ? std::move(*started) : untyped_run(nullptr, {}, {}, {})));
                               });
        });
}

template <detail::any_contract C, class In, class Token>
auto client::async_execute(const In& input, const start_options& options, Token&& token) const {
    return detail::complete_decoded<typename C::result>(
        std::forward<Token>(token), [via = via_, stored = encode_input<C>(input), options](auto end) {
            detail::execute_call(via, C::name, stored, options, std::chrono::milliseconds(0), std::move(end));
        });
}

}  // namespace perdure
