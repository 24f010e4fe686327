// Exits with 0 if the compiler destroys the temporaries of a co_await expression exactly once.
#include <coroutine>
#include <cstdlib>
#include <exception>
#include <initializer_list>
#include <string>
#include <vector>

namespace {

int alive = 0;

struct counted {
    std::string text = "a string long enough to live on the heap, so that a double free is seen";
    counted() { ++alive; }
    counted(const counted& other) : text(other.text) { ++alive; }
    counted(counted&& other) noexcept : text(std::move(other.text)) { ++alive; }
    counted& operator=(const counted&) = default;
    ~counted() { --alive; }
};

struct options {
    counted name;
    counted value;
};

struct run {
    struct promise_type {
        run get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;
};

struct awaitable {
    options held;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    std::size_t await_resume() const noexcept { return held.name.text.size(); }
};

awaitable call(options given) { return awaitable{std::move(given)}; }

struct list_awaitable {
    explicit list_awaitable(std::initializer_list<counted> items) : items_(items) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    std::size_t await_resume() const noexcept { return items_.size(); }
    std::vector<counted> items_;
};

run body() {
    co_await call({.name = counted{}, .value = counted{}});
    co_await list_awaitable{counted{}, counted{}};
}

}  // namespace

int main() {
    run once = body();
    while (!once.handle.done()) once.handle.resume();
    once.handle.destroy();
    return alive == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
