#pragma once

#include <stdexcept>
#include <string>

namespace perdure {

/// The root of everything that this library throws.
class error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Stored bytes do not fit the type that reads them, or a value cannot be written as a payload.
///
/// A mistake of a deployment and not of the business: in a workflow it fails the workflow task, which is retried until
/// matching code is deployed. The message names the member and both types.
class payload_error : public error {
  public:
    using error::error;
    payload_error(const std::string& message, std::string member) : error(message), member_(std::move(member)) {}

    /// The path of the member that did not fit, as in `lines[2].quantity`; empty when it is the whole value.
    [[nodiscard]] const std::string& member() const noexcept { return member_; }

  private:
    std::string member_;
};

}  // namespace perdure
