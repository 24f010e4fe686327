#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "demo/orders_file.hpp"

namespace shop::demo {

/// How one story ended.
struct Outcome {
    Story story;
    std::string ended;  ///< as Story::expect; "lost: why" when the system gave no answer
    std::string detail;
    std::chrono::milliseconds took{0};
    bool as_expected() const { return ended == story.expect; }
};

/// Places orders and lives through their stories: approves, refuses, cancels and waits, and keeps trying while the
/// server is away. Each customer is a thread.
class Customers {
  public:
    /// Starts `at_once` customers who serve themselves from `stories`.
    Customers(std::string address, std::vector<Story> stories, std::size_t at_once);
    /// Waits for all of them.
    ~Customers();

    [[nodiscard]] std::size_t finished() const { return finished_.load(); }
    [[nodiscard]] std::size_t total() const { return stories_.size(); }
    /// Blocks until every story has ended; in the order of the file.
    std::vector<Outcome> outcomes();

  private:
    void serve();
    Outcome live(const Story& story, std::size_t number) const;

    std::string address_;
    std::vector<Story> stories_;
    std::vector<Outcome> outcomes_;
    std::atomic<std::size_t> next_{0};
    std::atomic<std::size_t> finished_{0};
    std::vector<std::jthread> threads_;
};

}  // namespace shop::demo
