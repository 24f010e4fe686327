#include "sdk/client/websocket_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace perdure::detail {
namespace {

using boost::asio::ip::tcp;
using server_end = boost::beast::websocket::stream<tcp::socket>;

/// Accepts one worker stream on a thread of its own and does with it what the script says.
class one_stream_server {
  public:
    explicit one_stream_server(std::function<void(server_end&)> script)
        : thread_([this, script = std::move(script)] {
              server_end peer(acceptor_.accept());
              peer.accept();
              script(peer);
          }) {}
    ~one_stream_server() { thread_.join(); }
    [[nodiscard]] http_address address() const { return {"127.0.0.1", std::to_string(acceptor_.local_endpoint().port())}; }

  private:
    boost::asio::io_context io_;
    tcp::acceptor acceptor_{io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
    std::thread thread_;
};

/// The next frame's bytes; none once the other side has closed.
std::string read_frame(server_end& peer) {
    boost::beast::flat_buffer buffer;
    boost::system::error_code error;
    peer.read(buffer, error);
    return error ? std::string() : boost::beast::buffers_to_string(buffer.data());
}

std::vector<worker_message> frame_of(std::size_t about_bytes) {
    auto message = std::make_shared<pb::worker::WorkerMessage>();
    message->mutable_hello()->set_identity(std::string(about_bytes, 'x'));
    return {std::move(message)};
}

TEST(WebsocketStream, JoinsFramesThatWaitButMakesNoneLargerThanTheirSendersWould) {
    const std::vector<std::size_t> sizes{10, 40'000, 40'000, 10'000, 1'000'000, 10, 20, 70'000};
    std::vector<std::vector<std::size_t>> received;
    {
        one_stream_server server([&](server_end& peer) {
            peer.read_message_max(0);
            for (std::string bytes = read_frame(peer); !bytes.empty(); bytes = read_frame(peer)) {
                pb::worker::FromWorker frame;
                ASSERT_TRUE(frame.ParseFromString(bytes));
                received.emplace_back();
                for (const auto& message : frame.messages()) received.back().push_back(message.hello().identity().size());
            }
        });
        boost::asio::io_context io;
        std::unique_ptr<worker_stream> stream;
        // The first frame is on its way at once; the others wait for it, as nothing else runs in between.
        stream = open_websocket(io, server.address(), {.opened = [&] {
                                    for (const std::size_t size : sizes) stream->send(frame_of(size));
                                    stream.reset();
                                }});
        io.run();
    }
    const std::vector<std::vector<std::size_t>> joined{{10}, {40'000}, {40'000, 10'000}, {1'000'000}, {10, 20}, {70'000}};
    EXPECT_EQ(received, joined);
}

TEST(WebsocketStream, ADestroyedStreamTellsNothingOfWhatStillComes) {
    // More than the socket takes before the other side reads, so that the stream has to wait with its goodbye.
    constexpr std::size_t large = 32UL << 20U;
    std::promise<void> opened;
    std::promise<void> written;
    int events = 0;
    {
        one_stream_server server([&](server_end& peer) {
            opened.get_future().wait();
            peer.binary(true);
            pb::worker::FromServer frame;
            frame.add_messages()->mutable_pong();
            peer.write(boost::asio::buffer(frame.SerializeAsString()));
            written.set_value();
            peer.read_message_max(0);
            EXPECT_GT(read_frame(peer).size(), large) << "what was given to send still goes out";
            EXPECT_EQ(read_frame(peer), "") << "the goodbye";
        });
        boost::asio::io_context io;
        bool is_open = false;
        auto stream = open_websocket(io, server.address(),
                                     {.opened = [&] { is_open = true; },
                                      .received = [&](const auto&) { ++events; },
                                      .closed = [&](const std::string&) { ++events; }});
        while (!is_open) ASSERT_EQ(io.run_one(), 1U);
        stream->send(frame_of(large));
        opened.set_value();
        written.get_future().wait();
        stream.reset();
        io.run();
    }
    EXPECT_EQ(events, 0);
}

}  // namespace
}  // namespace perdure::detail
