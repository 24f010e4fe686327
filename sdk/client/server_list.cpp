#include "sdk/client/server_list.hpp"

#include <algorithm>

#include <utility>

namespace perdure::detail {

result<std::shared_ptr<server_list>> server_list::parse(const std::string& text) {
    std::vector<http_address> addresses;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        std::string one = text.substr(begin, end - begin);
        one.erase(0, one.find_first_not_of(' '));
        one.erase(one.find_last_not_of(' ') + 1);
        auto address = http_address::parse(one);
        if (!address) return std::move(address.error());
        addresses.push_back(*std::move(address));
        begin = end + 1;
    }
    return std::make_shared<server_list>(std::move(addresses));
}

std::string server_list::text() const {
    std::string all;
    for (const http_address& one : addresses_) all += (all.empty() ? "http://" : ",http://") + one.text();
    return all;
}

}  // namespace perdure::detail
