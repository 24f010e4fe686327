#include "sdk/embedded/embedded_stream.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

#include "api/carried_history.hpp"

namespace perdure::detail {
namespace {

namespace asio = boost::asio;

// Less than this is not worth telling the node of.
constexpr std::size_t small_backlog = 256UL * 1024;

/// What both sides hold of one stream. `session` belongs to the server's thread, `events` to the worker's; the rest is shared.
class link : public std::enable_shared_from_this<link> {
  public:
    link(asio::io_context& io, std::shared_ptr<host> at, stream_events events)
        : host_(std::move(at)), io_(&io), events_(std::move(events)) {}

    void open() {
        host_->when_gone([weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->server_gone();
        });
        host_->post([self = shared_from_this()](server::node& node) {
            if (self->hung_up_) return;
            // The node calls the sink only while the session lives, and the session lives in this link.
            self->session_ = node.open_session(
                {.send = [at = self.get()](pb::worker::ServerMessage&& message) { at->deliver(std::move(message)); },
                 .close = [at = self.get()](std::string reason) { at->closed(std::move(reason)); }});
            self->to_worker([self] {
                // A copy, because the worker may hang up from inside.
                if (const auto opened = self->events_.opened) opened();
            });
        });
    }

    void send(const std::vector<worker_message>& messages) {
        host_->post([self = shared_from_this(), messages](server::node&) {
            if (!self->session_) return;
            auto frame = frame_of(messages);
            self->session_->receive(frame);
        });
    }

    /// The worker leaves; its io_context may be gone a moment later.
    void hang_up() {
        {
            const std::lock_guard lock(mutex_);
            io_ = nullptr;
        }
        events_ = {};
        hung_up_ = true;
        const auto let_go = [self = shared_from_this()] { self->session_.reset(); };
        // A server that is stopping takes nothing more, but its thread may still be in the session.
        if (!host_->post([let_go](server::node&) { let_go(); })) host_->when_gone(let_go);
    }

  private:
    template <class Work>
    void to_worker(Work work) {
        const std::lock_guard lock(mutex_);
        if (io_ != nullptr) asio::post(*io_, std::move(work));
    }

    // What comes while the worker is busy is joined to one frame.
    void deliver(pb::worker::ServerMessage&& message) {
        unpack_histories(message);
        const std::size_t bytes = message.ByteSizeLong();
        std::size_t waiting = 0;
        bool first = false;
        {
            const std::lock_guard lock(mutex_);
            first = waiting_.messages().empty();
            *waiting_.add_messages() = std::move(message);
            waiting = waiting_bytes_ += bytes;
        }
        if (waiting > small_backlog) tell_backlog();
        if (first) to_worker([self = shared_from_this()] { self->take(); });
    }

    void take() {
        pb::worker::FromServer frame;
        std::size_t bytes = 0;
        {
            const std::lock_guard lock(mutex_);
            frame.Swap(&waiting_);
            bytes = std::exchange(waiting_bytes_, 0);
        }
        if (bytes > small_backlog) tell_backlog();
        if (const auto received = events_.received) received(std::make_shared<pb::worker::FromServer>(std::move(frame)));
    }

    // The node must not be called back from inside its own call, so it is told a turn later.
    void tell_backlog() {
        host_->post([self = shared_from_this()](server::node&) {
            std::size_t bytes = 0;
            {
                const std::lock_guard lock(self->mutex_);
                bytes = self->waiting_bytes_;
            }
            if (self->session_) self->session_->set_unsent_bytes(bytes);
        });
    }

    void closed(std::string reason) {
        host_->post([self = shared_from_this()](server::node&) { self->session_.reset(); });
        end(std::move(reason));
    }

    // On the thread that stopped the server, which has no thread any more.
    void server_gone() {
        session_.reset();
        end("the embedded server has stopped");
    }

    void end(std::string reason) {
        to_worker([self = shared_from_this(), reason = std::move(reason)]() mutable {
            const auto events = std::exchange(self->events_, {});
            if (events.closed) events.closed(std::move(reason));
        });
    }

    std::shared_ptr<host> host_;
    std::mutex mutex_;
    asio::io_context* io_;
    pb::worker::FromServer waiting_;
    std::size_t waiting_bytes_ = 0;
    stream_events events_;
    std::unique_ptr<server::worker_session> session_;
    std::atomic<bool> hung_up_ = false;
};

class embedded_stream final : public worker_stream {
  public:
    explicit embedded_stream(std::shared_ptr<link> made) : link_(std::move(made)) {}
    ~embedded_stream() override { link_->hang_up(); }
    void send(const std::vector<worker_message>& messages) override { link_->send(messages); }

  private:
    std::shared_ptr<link> link_;
};

}  // namespace

std::unique_ptr<worker_stream> open_embedded_stream(asio::io_context& io, std::shared_ptr<host> at, stream_events events) {
    auto made = std::make_shared<link>(io, std::move(at), std::move(events));
    made->open();
    return std::make_unique<embedded_stream>(std::move(made));
}

}  // namespace perdure::detail
