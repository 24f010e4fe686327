#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>

namespace perdure::server {

// All connections live on one io_context, and these say so in their types: the usual ones hide which executor they have, and
// pay for that with an allocation at each step of an operation.

using loop_executor = boost::asio::io_context::executor_type;
using loop_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, loop_executor>;
using loop_acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, loop_executor>;
using loop_timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                     boost::asio::wait_traits<std::chrono::steady_clock>, loop_executor>;

}  // namespace perdure::server
