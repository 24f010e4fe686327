#pragma once

#include <string>

#include "api/result.hpp"

namespace perdure::detail {

/// Where a server listens: the parts of "http://host:port".
struct http_address {
    std::string host = "127.0.0.1";
    std::string port = "7243";

    /// Reads "http://host:port", "host:port" or "host". The failure is invalid_argument and names the remedy.
    [[nodiscard]] static result<http_address> parse(const std::string& text);
    /// "host:port", as the Host header of a request has it: an IPv6 address stands in brackets.
    [[nodiscard]] std::string text() const {
        return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
    }
};

}  // namespace perdure::detail
