#pragma once

#include "server/node/node_core.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace perdure::server {

template <class Response>
std::optional<reply<Response>> node_core::count_in(std::size_t& waiting, std::size_t bound, std::string_view what,
                                                   reply<Response> done) {
    if (waiting >= bound) {
        done(service_failure{
            status_code::resource_exhausted,
            std::to_string(bound) + " " + std::string(what) + " wait already and this server takes no more; try again later"});
        return std::nullopt;
    }
    ++waiting;
    return [&waiting, done = std::move(done)](result<Response>&& response) {
        --waiting;
        done(std::move(response));
    };
}

}  // namespace perdure::server
