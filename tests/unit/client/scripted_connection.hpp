#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sdk/client/connection.hpp"

namespace perdure::detail {

/// A service that keeps what it is asked and answers what a test says; everything else is Unimplemented.
class scripted_frontend final : public frontend {
  public:
#define PERDURE_SCRIPTED_OPERATION(function, Name)                                                                           \
    std::vector<pb::service::Name##Request> function##_requests;                                                             \
    std::deque<result<pb::service::Name##Response>> function##_answers;                                                      \
    void function(pb::service::Name##Request request, reply<pb::service::Name##Response> done) override {                    \
        function##_requests.push_back(std::move(request));                                                                   \
        if (function##_answers.empty())                                                                                      \
            return done(service_failure{.code = status_code::unimplemented, .message = "the test has no answer to " #Name}); \
        auto answer = std::move(function##_answers.front());                                                                 \
        function##_answers.pop_front();                                                                                      \
        done(std::move(answer));                                                                                             \
    }
    PERDURE_FRONTEND_OPERATIONS(PERDURE_SCRIPTED_OPERATION)
#undef PERDURE_SCRIPTED_OPERATION
};

class scripted_connection final : public connection {
  public:
    scripted_connection() : connection("shop", "tester") {}
    [[nodiscard]] frontend& service() override { return server; }
    [[nodiscard]] std::unique_ptr<worker_stream> open_stream(boost::asio::io_context&, stream_events) override { return nullptr; }
    void after(std::chrono::milliseconds delay, std::function<void()> then) override { later.emplace(delay, std::move(then)); }
    [[nodiscard]] std::string make_request_id() override { return "request-" + std::to_string(++ids); }
    [[nodiscard]] std::string describe() const override { return "script"; }

    scripted_frontend server;
    std::multimap<std::chrono::milliseconds, std::function<void()>> later;
    int ids = 0;
};

}  // namespace perdure::detail
