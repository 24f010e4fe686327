#pragma once

#include <unistd.h>

#include <utility>

namespace perdure::history::sqlite {

/// An open file of the operating system, which is closed with its object.
class descriptor {
  public:
    /// Below zero: none, as `open` has it.
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() {
        if (is_open()) ::close(number_);
    }

    [[nodiscard]] int get() const noexcept { return number_; }
    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

  private:
    int number_;
};

}  // namespace perdure::history::sqlite
