#pragma once

#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <perdure/detail/activity_function.hpp>
#include <perdure/errors.hpp>

namespace perdure::detail {

/// What a mocked activity does at one or several calls.
struct mock_step {
    activity_function body;
    std::chrono::milliseconds takes{0};
    /// 0 means for ever.
    int times = 0;
    bool hangs = false;
};

/// All that a mock has to do, and what it was called with.
struct mock_script {
    std::string name;
    std::vector<mock_step> steps;
    std::size_t at = 0;
    int used = 0;
    std::vector<std::vector<raw_payload>> inputs;

    void clear() {
        steps.clear();
        at = 0;
        used = 0;
    }
    /// The step for the next call; null when nobody said what to do. The last step is repeated when the script is over.
    [[nodiscard]] const mock_step* next();
};

/// The members in which two JSON texts differ, a line each: "stage: expected "shipped", got "undone""; empty when equal.
[[nodiscard]] std::string json_difference(const std::string& expected, const std::string& actual);

/// A GoogleMock matcher of values by their JSON.
template <class T>
class equals_matcher {
  public:
    using is_gtest_matcher = void;
    explicit equals_matcher(std::string expected) : expected_(std::move(expected)) {}

    bool MatchAndExplain(const T& actual, std::ostream* out) const {
        const std::string difference = json_difference(expected_, encode(actual).data);
        if (out != nullptr && !difference.empty()) *out << "which differs:\n" << difference;
        return difference.empty();
    }
    void DescribeTo(std::ostream* out) const { *out << "equals " << expected_; }
    void DescribeNegationTo(std::ostream* out) const { *out << "does not equal " << expected_; }

  private:
    std::string expected_;
};

template <class E>
[[nodiscard]] std::string name_of_cause() {
    if constexpr (app_error_type<E>) {
        return std::string(E::error_name);
    } else {
        return std::string(type_name<E>());
    }
}

/// A GoogleMock matcher of failures by what is in their chain of causes.
class cause_matcher {
  public:
    using is_gtest_matcher = void;
    cause_matcher(std::function<bool(const workflow_failure&)> of_workflow, std::function<bool(const failure&)> of_failure,
                  std::string name)
        : of_workflow_(std::move(of_workflow)), of_failure_(std::move(of_failure)), name_(std::move(name)) {}

    bool MatchAndExplain(const workflow_failure& actual, std::ostream* out) const {
        if (out != nullptr) *out << "which says: " << actual.what();
        return of_workflow_(actual);
    }
    bool MatchAndExplain(const failure& actual, std::ostream* out) const {
        if (out != nullptr) *out << "which says: " << actual.what();
        return of_failure_(actual);
    }
    void DescribeTo(std::ostream* out) const { *out << "is caused by " << name_; }
    void DescribeNegationTo(std::ostream* out) const { *out << "is not caused by " << name_; }

  private:
    std::function<bool(const workflow_failure&)> of_workflow_;
    std::function<bool(const failure&)> of_failure_;
    std::string name_;
};

}  // namespace perdure::detail
