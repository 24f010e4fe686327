#pragma once

#include <exception>
#include <memory>
#include <string>

#include <perdure/errors.hpp>

#include "api/proto.hpp"

namespace perdure::detail {

/// How a type is written in source; the mangled name where it cannot be told.
[[nodiscard]] std::string demangled(const char* mangled);

/// Any exception as it travels, with its chain of causes: failures keep all they carry; std exceptions become application
/// failures named after their type, with std::nested_exception as the cause; what is no std::exception is named by its type.
/// Never throws anything but bad_alloc. A null pointer gives a failure that says so.
[[nodiscard]] pb::failure::Failure to_proto(const std::exception_ptr& thrown);
[[nodiscard]] pb::failure::Failure to_proto(const failure& thrown);

/// The exception for a failure, with its chain of causes (the first 20). Kinds without a class become foreign_failure,
/// from which `to_proto` gives back the same message.
[[nodiscard]] std::shared_ptr<const failure> from_proto(const pb::failure::Failure& stored);
[[nodiscard]] std::exception_ptr to_exception(const pb::failure::Failure& stored);

/// How many attempts were made is not part of the message; the runtime knows it from the started event.
[[nodiscard]] std::shared_ptr<const failure> from_proto(const pb::failure::Failure& stored, int activity_attempts);

/// The same exception, seen as a failure; null for exceptions of other families.
[[nodiscard]] std::shared_ptr<const failure> as_failure(const std::exception_ptr& thrown);

/// One line for logs: `std::out_of_range: index 7`.
[[nodiscard]] std::string describe_exception(const std::exception_ptr& thrown);

}  // namespace perdure::detail
