#pragma once

/// @file
/// Lets an activity return boost::asio::awaitable<Result>. It runs on the worker's io thread and takes a slot but no thread
/// while it waits; it must not block.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <perdure/detail/activity_function.hpp>

namespace perdure::detail {

/// The io_context of the worker that runs the activity.
[[nodiscard]] boost::asio::io_context& io_context_of(const activity_context& context) noexcept;

template <class T, class Executor>
struct awaited_result<boost::asio::awaitable<T, Executor>> {
    static constexpr bool known = true;
    using value = T;

    template <class Out>
    static void start(activity_context& context, boost::asio::awaitable<T, Executor> work, activity_end end) {
        if constexpr (std::is_void_v<Out>) {
            boost::asio::co_spawn(io_context_of(context), std::move(work),
                                  [end = std::move(end)](std::exception_ptr failure) { end(std::move(failure), {}); });
        } else {
            boost::asio::co_spawn(io_context_of(context), encode_result<Out>(std::move(work)),
                                  [end = std::move(end)](std::exception_ptr failure, std::vector<raw_payload> result) {
                                      end(std::move(failure), std::move(result));
                                  });
        }
    }

  private:
    // Encoding may throw, which must end the activity and not the io thread.
    template <class Out>
    static boost::asio::awaitable<std::vector<raw_payload>, Executor> encode_result(boost::asio::awaitable<T, Executor> work) {
        const Out result = co_await std::move(work);
        co_return encode_arguments(result);
    }
};

}  // namespace perdure::detail
