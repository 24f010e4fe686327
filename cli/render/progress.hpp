#pragma once

#include <cstddef>
#include <ostream>

namespace perdure::cli {

/// A line that is written over again while something long is under way; nothing when nobody looks.
class progress_line {
  public:
    progress_line(std::ostream& out, bool shown) : out_(out), shown_(shown) {}
    ~progress_line() { clear(); }
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;

    /// `all` of 0 means that nobody knows how many there are.
    void show(std::size_t done, std::size_t all);
    void clear();

  private:
    std::ostream& out_;
    std::size_t last_ = never;
    bool shown_;
    static constexpr std::size_t never = static_cast<std::size_t>(-1);
};

}  // namespace perdure::cli
