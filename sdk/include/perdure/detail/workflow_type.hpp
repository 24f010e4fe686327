#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "api/payload_schema.hpp"
#include "perdure/detail/frame.hpp"
#include "perdure/detail/mailbox_base.hpp"
#include "perdure/detail/runtime.hpp"

namespace perdure::detail {

/// Where the messages of one signal go: into a mailbox of the object, or to a handler.
struct signal_binding {
    std::string name;
    /// The mailbox, for a signal that is bound to one.
    std::function<mailbox_base&(void* object)> box;
    /// How far the mailbox is into the object, for debuggers, which cannot call `box`; -1 without one.
    std::ptrdiff_t box_offset = -1;
    /// Calls the handler. A coroutine handler gives its root frame, a plain one nullptr.
    std::function<frame_base*(void* object, context_ref where, const arguments& input)> deliver;
    /// The run may complete while this handler is still running.
    bool abandon_ok = false;
    schema_function input = nullptr;
};

struct query_binding {
    std::string name;
    std::function<arguments(const void* object, context_ref where, const arguments& input)> answer;
    schema_function input = nullptr;
    schema_function result = nullptr;
};

/// A member that the workflow declares as its state.
struct state_member {
    std::string_view name;
    raw_payload (*encode)(const void* object) = nullptr;
    schema_function schema = nullptr;
};

/// A workflow as the replayer sees it: everything typed is behind functions. Made by make_workflow_type.
struct workflow_type {
    std::string name;
    const void* input_tag = nullptr;  // stands for the type of the input
    std::string_view input_type{};
    schema_function input_schema = nullptr;
    schema_function result_schema = nullptr;
    site defined_at{};
    std::size_t object_size = 0;
    std::size_t object_alignment = 1;
    std::function<void(void* memory, const arguments& input)> construct;
    void (*destroy)(void* object) noexcept = nullptr;
    /// Makes the coroutine of the run; it has not started.
    std::function<frame_base*(void* object, context_ref where, const arguments& input)> start;
    /// Encodes what the finished coroutine returned.
    arguments (*result)(frame_base& root) = nullptr;
    std::vector<signal_binding> signals;
    std::vector<query_binding> queries;
    std::vector<state_member> state;
    /// Types outside of the family of failures that fail this workflow all the same.
    std::vector<bool (*)(const std::exception_ptr&)> fails_on;

    [[nodiscard]] const signal_binding* find_signal(std::string_view signal) const noexcept;
    [[nodiscard]] const query_binding* find_query(std::string_view query) const noexcept;
};

}  // namespace perdure::detail
