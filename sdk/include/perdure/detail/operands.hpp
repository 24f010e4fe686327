#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "perdure/detail/access.hpp"
#include "perdure/detail/combine.hpp"
#include "perdure/outcome.hpp"
#include "perdure/task.hpp"

namespace perdure {

template <class T>
struct indexed;

namespace detail {

template <class T>
using value_or_monostate = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T>
inline constexpr bool is_operand = false;
template <class T>
inline constexpr bool is_operand<op<T>> = true;
template <class T>
inline constexpr bool is_operand<task<T>> = true;
template <class T>
inline constexpr bool is_operand<handle<T>> = true;

template <class O>
using operand_value = typename O::value_type;

template <class T>
void bind(op<T>& source, operand& row) {
    row.kind = operand_kind::op;
    row.op = access::ref(source);
}
template <class T>
void bind(task<T>& source, operand& row) {
    row.kind = operand_kind::task;
    row.frame = &access::release(source);
}
template <class T>
void bind(handle<T>& source, operand& row) {
    row.kind = operand_kind::branch;
    row.branch = access::ref(source);
}

// The rows live in the awaiter: an array for a list, a vector for a vector.
template <class Operands>
struct rows_of;
template <class... Os>
struct rows_of<std::tuple<Os...>> {
    static_assert(sizeof...(Os) > 0, "perdure: a combinator needs something to wait for");
    static_assert((is_operand<Os> && ...),
                  "perdure: combinators take operations, tasks and handles; spawn other work, or move it into an activity");
    using type = std::array<operand, sizeof...(Os)>;
};
template <class O>
struct rows_of<std::vector<O>> {
    static_assert(is_operand<O>,
                  "perdure: combinators take operations, tasks and handles; spawn other work, or move it into an activity");
    using type = std::vector<operand>;
};
template <class Operands>
using operand_rows = typename rows_of<Operands>::type;

template <class... Os>
void bind_all(std::tuple<Os...>& operands, std::array<operand, sizeof...(Os)>& rows) {
    std::size_t next = 0;
    std::apply([&](auto&... each) { (bind(each, rows[next++]), ...); }, operands);
}
template <class O>
void bind_all(std::vector<O>& operands, std::vector<operand>& rows) {
    rows.resize(operands.size());
    for (std::size_t i = 0; i < operands.size(); ++i) bind(operands[i], rows[i]);
}

/// The result of a settled operand. Throws its failure.
template <class T>
T take_one(operand& row) {
    if (row.failed) operand_rethrow(row);
    if (row.kind == operand_kind::op) return decode_result<T>(operand_take_op(row));
    return static_cast<promise<T>&>(operand_take_branch(row)).take();
}
template <class T>
value_or_monostate<T> take_value(operand& row) {
    if constexpr (std::is_void_v<T>) {
        take_one<void>(row);
        return {};
    } else {
        return take_one<T>(row);
    }
}
template <class T>
outcome<T> take_outcome(operand& row) {
    if (row.failed) {
        std::exception_ptr error = operand_error(row);
        if (!is_failure(error)) std::rethrow_exception(error);
        return outcome<T>(std::move(error));
    }
    if constexpr (std::is_void_v<T>) {
        take_one<void>(row);
        return {};
    } else {
        return take_one<T>(row);
    }
}

template <class Operands>
struct takes {};
template <class... Os>
struct takes<std::tuple<Os...>> {
    using rows = std::array<operand, sizeof...(Os)>;
    using variant = std::variant<value_or_monostate<operand_value<Os>>...>;

    template <std::size_t... I>
    static auto values(rows& from, std::index_sequence<I...>) {
        return std::tuple<value_or_monostate<operand_value<Os>>...>{take_value<operand_value<Os>>(from[I])...};
    }
    template <std::size_t... I>
    static auto outcomes(rows& from, std::index_sequence<I...>) {
        return std::tuple<outcome<operand_value<Os>>...>{take_outcome<operand_value<Os>>(from[I])...};
    }
    template <std::size_t... I>
    static variant winner(operand& row, std::size_t index, std::index_sequence<I...>) {
        using function = variant (*)(operand&);
        constexpr std::array<function, sizeof...(Os)> table{&by_index<I>...};
        return table[index](row);
    }
    template <std::size_t I>
    static variant by_index(operand& row) {
        using list = std::tuple<std::type_identity<operand_value<Os>>...>;
        using type = typename std::tuple_element_t<I, list>::type;
        return variant(std::in_place_index<I>, take_value<type>(row));
    }
};

template <class Operands>
auto take_values(operand_rows<Operands>& rows) {
    if constexpr (requires { typename takes<Operands>::variant; }) {
        return takes<Operands>::values(rows, std::make_index_sequence<std::tuple_size_v<Operands>>());
    } else {
        using type = operand_value<typename Operands::value_type>;
        if constexpr (std::is_void_v<type>) {
            for (operand& row : rows) take_one<void>(row);
        } else {
            std::vector<type> values;
            values.reserve(rows.size());
            for (operand& row : rows) values.push_back(take_one<type>(row));
            return values;
        }
    }
}

template <class Operands>
auto take_outcomes(operand_rows<Operands>& rows) {
    if constexpr (requires { typename takes<Operands>::variant; }) {
        return takes<Operands>::outcomes(rows, std::make_index_sequence<std::tuple_size_v<Operands>>());
    } else {
        using type = operand_value<typename Operands::value_type>;
        std::vector<outcome<type>> values;
        values.reserve(rows.size());
        for (operand& row : rows) values.push_back(take_outcome<type>(row));
        return values;
    }
}

template <class Operands>
auto take_winner(operand& row, std::size_t index) {
    if constexpr (requires { typename takes<Operands>::variant; }) {
        return takes<Operands>::winner(row, index, std::make_index_sequence<std::tuple_size_v<Operands>>());
    } else {
        using type = operand_value<typename Operands::value_type>;
        if constexpr (std::is_void_v<type>) {
            take_one<void>(row);
            return indexed<type>{index};
        } else {
            return indexed<type>{index, take_one<type>(row)};
        }
    }
}

template <class Operands>
auto take_same(operand& row) {
    return take_one<operand_value<typename Operands::value_type>>(row);
}

template <class First, class... Rest>
std::vector<First> to_vector(First first, Rest... rest) {
    std::vector<First> list;
    list.reserve(sizeof...(Rest) + 1);
    list.push_back(std::move(first));
    (list.push_back(std::move(rest)), ...);
    return list;
}

}  // namespace detail
}  // namespace perdure
