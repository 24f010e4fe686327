// expect: no matching member function for call to 'await_transform'|no viable conversion
#include "tests/compile_fail/flows.hpp"

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<void> activity(perdure::context ctx) { co_await ctx.sleep(1s); }
