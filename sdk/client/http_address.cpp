#include "sdk/client/http_address.hpp"

namespace perdure::detail {

result<http_address> http_address::parse(const std::string& text) {
    const auto refuse = [&](const std::string& reason) {
        return service_failure{.code = status_code::invalid_argument,
                               .message = "the address \"" + text + "\" " + reason + "; write http://host:port"};
    };
    std::string rest = text;
    if (const auto scheme = rest.find("://"); scheme != std::string::npos) {
        if (rest.substr(0, scheme) != "http") return refuse("has a scheme other than http");
        rest.erase(0, scheme + 3);
    }
    while (!rest.empty() && rest.back() == '/') rest.pop_back();
    if (rest.empty() || rest.find('/') != std::string::npos) return refuse("is not a host and a port");
    http_address address;
    const auto colon = rest.rfind(':');
    const bool bare_v6 = rest.front() != '[' && rest.find(':') != colon;
    if (colon == std::string::npos || bare_v6 || rest.find(']', colon) != std::string::npos) {
        address.host = rest;
    } else {
        address.host = rest.substr(0, colon);
        address.port = rest.substr(colon + 1);
    }
    if (address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']')
        address.host = address.host.substr(1, address.host.size() - 2);
    const bool digits = !address.port.empty() && address.port.size() <= 5 &&
                        address.port.find_first_not_of("0123456789") == std::string::npos && std::stoul(address.port) <= 65535;
    if (address.host.empty() || !digits) return refuse("is not a host and a port");
    return address;
}

}  // namespace perdure::detail
