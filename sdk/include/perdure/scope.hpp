#pragma once

#include <string_view>

#include "perdure/context.hpp"

namespace perdure {

/// A part of the work that can be cancelled on its own: `scope.ctx()` is the context of what belongs to it.
///
/// A handle; copies stand for the same scope, and dropping it does nothing. The scope is cancelled with the scope it was opened
/// in, or by `cancel`.
class scope {
  public:
    /// The context of the scope. Everything started with it is cancelled with the scope.
    [[nodiscard]] context ctx() const noexcept { return detail::access::make<context>(ref_); }

    /// Settles the pending operations of the scope with cancelled_error, in the order in which they were started. New ones are
    /// cancelled from birth. Cancelling twice does nothing.
    void cancel(std::string_view reason = "cancelled by the workflow") const { detail::scope_cancel(ref_, reason); }

    [[nodiscard]] bool stop_requested() const { return detail::scope_stopped(ref_); }

  private:
    friend struct detail::access;
    explicit scope(detail::context_ref ref) noexcept : ref_(ref) {}

    detail::context_ref ref_;
};

inline scope context::open_scope() const { return detail::access::make<scope>(detail::scope_open(ref_)); }

}  // namespace perdure
