#include "bench/machine/loopback.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <thread>
#include <vector>

#include "bench/load/quantile.hpp"

namespace perdure::bench {

double loopback_ms() {
    namespace asio = boost::asio;
    using asio::ip::tcp;
    constexpr int rounds = 2'000;
    asio::io_context context;
    tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket here(context);
    here.connect(acceptor.local_endpoint());
    tcp::socket there = acceptor.accept();
    here.set_option(tcp::no_delay(true));
    there.set_option(tcp::no_delay(true));
    const std::jthread echo([&there] {
        std::array<char, 100> letter{};
        boost::system::error_code over;
        while (asio::read(there, asio::buffer(letter), over) == letter.size() && !over)
            asio::write(there, asio::buffer(letter), over);
    });
    std::array<char, 100> letter{};
    std::vector<double> took;
    for (int i = 0; i < rounds; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        asio::write(here, asio::buffer(letter));
        asio::read(here, asio::buffer(letter));
        took.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    here.close();
    return quantile(took, 0.5);
}

}  // namespace perdure::bench
