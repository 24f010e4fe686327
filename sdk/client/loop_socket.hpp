#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>

namespace perdure::detail {

// What belongs to one io_context says so in its type: the usual types hide which executor they have, and pay for that with an
// allocation at each step of an operation.

using loop_executor = boost::asio::io_context::executor_type;
using loop_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, loop_executor>;
using loop_timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                     boost::asio::wait_traits<std::chrono::steady_clock>, loop_executor>;

}  // namespace perdure::detail
