#include "sdk/testing/test_connection.hpp"

#include "perdure/errors.hpp"

namespace perdure::test {

std::unique_ptr<detail::worker_stream> test_connection::open_stream(boost::asio::io_context&, detail::stream_events) {
    throw misuse_error("a worker with threads cannot use the client of a test environment; register with the environment itself");
}

}  // namespace perdure::test
