#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "api/result.hpp"
#include "sdk/client/http_address.hpp"

namespace perdure::detail {

/// The servers that a process may ask, and the one that it asks now. They share one database, and one of them serves it; the
/// others refuse until they take over. Thread safe: requests and streams of a process learn from each other where to go.
class server_list {
  public:
    explicit server_list(http_address only) : addresses_{std::move(only)} {}
    /// Not empty.
    explicit server_list(std::vector<http_address> addresses) : addresses_(std::move(addresses)) {}

    /// Reads addresses as `http_address::parse` does, with commas between them. The failure is invalid_argument and names the
    /// one that is wrong.
    [[nodiscard]] static result<std::shared_ptr<server_list>> parse(const std::string& text);

    [[nodiscard]] std::size_t size() const noexcept { return addresses_.size(); }
    [[nodiscard]] bool is_choice() const noexcept { return addresses_.size() > 1; }
    [[nodiscard]] const http_address& at(std::size_t index) const { return addresses_[index]; }
    [[nodiscard]] std::size_t current() const noexcept { return current_; }

    /// The server at `tried` was of no use: the one after it is asked from now on, unless somebody has moved on before.
    void move_on(std::size_t tried) noexcept { current_.compare_exchange_strong(tried, (tried + 1) % addresses_.size()); }

    /// "http://a:1,http://b:2".
    [[nodiscard]] std::string text() const;

  private:
    std::vector<http_address> addresses_;
    std::atomic<std::size_t> current_{0};
};

}  // namespace perdure::detail
