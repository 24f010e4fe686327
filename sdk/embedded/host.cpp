#include "sdk/embedded/host.hpp"

#include <utility>

#include "api/assert.hpp"
#include "server/runtime/node_source.hpp"

namespace perdure::detail {

result<std::shared_ptr<host>> host::start(const server::options& options, bool listen) {
    auto runtime = server::server_runtime::start(options, {.from = server::make_store_source(options), .listen = listen});
    if (!runtime) return std::move(runtime.error());
    std::shared_ptr<host> made(new host);
    made->runtime_ = *std::move(runtime);
    made->port_ = made->runtime_->port();
    made->thread_ = std::thread([served = made->runtime_.get()] { served->run(); });
    return made;
}

// The last one to let go may be the server's own thread, which cannot wait for itself: the owner stops it before.
host::~host() { PERDURE_ASSERT(!runtime_, "an embedded server is stopped before it is let go"); }

bool host::post(std::function<void(server::node&)> work) {
    const std::lock_guard lock(mutex_);
    if (!runtime_) return false;
    runtime_->post(std::move(work));
    return true;
}

bool host::after(std::chrono::milliseconds delay, std::function<void()> then) {
    const std::lock_guard lock(mutex_);
    if (!runtime_) return false;
    runtime_->after(delay, std::move(then));
    return true;
}

void host::when_gone(std::function<void()> gone) {
    {
        const std::lock_guard lock(mutex_);
        if (!gone_) return farewells_.push_back(std::move(gone));
    }
    gone();
}

void host::stop() {
    std::unique_ptr<server::server_runtime> ending;
    {
        const std::lock_guard lock(mutex_);
        if (!runtime_) return;
        PERDURE_ASSERT(!runtime_->on_its_thread(), "an embedded server is not stopped from inside a client's callback");
        ending = std::move(runtime_);
    }
    ending->stop();
    thread_.join();
    // Answers what waits, also what was posted and never ran; from here on nothing is taken.
    ending.reset();
    std::vector<std::function<void()>> farewells;
    {
        const std::lock_guard lock(mutex_);
        gone_ = true;
        farewells = std::move(farewells_);
    }
    for (const auto& farewell : farewells) farewell();
}

}  // namespace perdure::detail
