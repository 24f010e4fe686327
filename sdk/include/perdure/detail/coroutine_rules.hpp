#pragma once

#include <span>
#include <string_view>
#include <type_traits>

namespace perdure {

class context;
class shielded_context;

/// Marks the home of member coroutines: a part of a workflow, and member of its object. Empty. The object outlives every
/// frame of its run.
class workflow_part {};

/// A reference as a parameter of a workflow coroutine, for whoever knows that the object outlives the coroutine.
template <class T>
class borrowed {
  public:
    constexpr borrowed(T& object) noexcept : object_(&object) {}  // NOLINT(google-explicit-constructor)
    [[nodiscard]] constexpr T& operator*() const noexcept { return *object_; }
    [[nodiscard]] constexpr T* operator->() const noexcept { return object_; }

  private:
    T* object_;
};

namespace detail {

class implements_base {};

template <class T>
inline constexpr bool is_context = std::is_same_v<T, context> || std::is_same_v<T, shielded_context>;

template <class T>
inline constexpr bool is_view = std::is_same_v<std::remove_cv_t<T>, std::string_view>;
template <class T, std::size_t N>
inline constexpr bool is_view<std::span<T, N>> = true;

/// The parameter would dangle after the first suspension.
template <class T>
inline constexpr bool may_dangle = std::is_reference_v<T> || is_view<std::remove_cv_t<T>> ||
                                   (std::is_pointer_v<T> && !std::is_function_v<std::remove_pointer_t<T>>);

template <class T>
concept workflow_home = std::is_base_of_v<workflow_part, T> || std::is_base_of_v<implements_base, T>;

/// Inside its own body a lambda's type is not complete; every other class is where its members have bodies.
template <class T>
concept complete = requires { sizeof(T); };

template <class T>
concept looks_like_closure = std::is_class_v<T> && requires { &T::operator(); };

/// The type of the lambda that a coroutine is the body of; void for every other coroutine.
template <class... Args>
struct lambda_of {
    using type = void;
};
template <class First, class... Rest>
    requires(std::is_reference_v<First> && std::is_class_v<std::remove_cvref_t<First>> && !complete<std::remove_cvref_t<First>>)
struct lambda_of<First, Rest...> {
    using type = std::remove_cvref_t<First>;
};

/// Instantiated when the lambda's type is complete.
template <class Lambda>
consteval bool check_captures() {
    static_assert(std::is_empty_v<Lambda>,
                  "perdure: a workflow coroutine must not be a lambda with captures: they die with the lambda, at the first "
                  "co_await; pass the values as parameters or write a member function");
    return true;
}

template <class... Args>
consteval bool check_parameters() {
    static_assert(
        !(may_dangle<Args> || ...),
        "perdure: parameters of a workflow coroutine are values: a reference, pointer, string_view or span would dangle after "
        "the first co_await; take the object by value, or perdure::borrowed<T> where it is sure to live longer");
    return true;
}

template <class... Args>
consteval bool check_after_this() {
    if constexpr (sizeof...(Args) == 0) {
        static_assert(sizeof...(Args) != 0, "perdure: the first parameter of a workflow coroutine is perdure::context, by value");
        return false;
    } else {
        return []<class First, class... Rest>(std::type_identity<First>, std::type_identity<Rest>...) {
            static_assert(is_context<First>,
                          "perdure: the first parameter of a workflow coroutine is perdure::context, by value");
            return check_parameters<Rest...>();
        }(std::type_identity<Args>()...);
    }
}

/// `Args` as std::coroutine_traits gets them: the implicit object first, if there is one.
template <class... Args>
consteval bool check_coroutine() {
    if constexpr (sizeof...(Args) == 0) {
        return check_after_this<Args...>();
    } else {
        return []<class First, class... Rest>(std::type_identity<First>, std::type_identity<Rest>...) {
            using object = std::remove_cvref_t<First>;
            if constexpr (is_context<First>) {
                return check_parameters<Rest...>();
            } else if constexpr (!std::is_reference_v<First> || is_context<object>) {
                return check_after_this<First, Rest...>();
            } else if constexpr (!complete<object>) {
                return check_after_this<Rest...>();
            } else if constexpr (workflow_home<object>) {
                return check_after_this<Rest...>();
            } else if constexpr (looks_like_closure<object>) {
                return check_captures<object>() && check_after_this<Rest...>();
            } else {
                static_assert(
                    workflow_home<object>,
                    "perdure: a workflow coroutine is a free function whose first parameter is perdure::context, by value, or a "
                    "member of a class that derives from perdure::implements<Contract> or perdure::workflow_part; a reference, "
                    "or `this` of another class, would dangle after the first co_await");
                return false;
            }
        }(std::type_identity<Args>()...);
    }
}

}  // namespace detail
}  // namespace perdure
