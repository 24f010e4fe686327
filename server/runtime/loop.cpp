#include "server/runtime/loop.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <string>

#include "api/assert.hpp"
#include "server/runtime/wall_alarm.hpp"

namespace perdure::server {
namespace {

namespace asio = boost::asio;

wall_time wall_now() { return std::chrono::time_point_cast<wall_time::duration>(std::chrono::system_clock::now()); }

// To a thread and back takes about a tenth of this: what is not much longer is done sooner without it, and what is longer
// would hold up everybody else.
constexpr std::chrono::microseconds quick{500};

// A background thread whose work is measured and whose results come home to the loop.
class measured_background final : public history::background {
  public:
    measured_background(std::string operation, metrics& measured, history::thread_background::post_function post)
        : operation_(std::move(operation)), measured_(measured), post_(post), thread_(std::move(post)) {}

    void run(std::function<void()> work, std::function<void()> then) override {
        ++under_way_;
        thread_.run([this, work = std::move(work)] { measure(work); }, [this, then = std::move(then)] { finish(then); });
    }

    void run_small(std::function<void()> work, std::function<void()> then) override {
        if (under_way_ > 0 || last_took_.load() > quick) return run(std::move(work), std::move(then));
        ++under_way_;
        post_([this, work = std::move(work), then = std::move(then)] {
            measure(work);
            finish(then);
        });
    }

    [[nodiscard]] std::size_t under_way() const noexcept { return under_way_; }

  private:
    void measure(const std::function<void()>& work) {
        const auto began = std::chrono::steady_clock::now();
        work();
        const auto took = std::chrono::steady_clock::now() - began;
        last_took_.store(took);
        measured_.count("persistence_requests", {{"operation", operation_}});
        measured_.observe("persistence_latency", {{"operation", operation_}}, std::chrono::duration<double>(took).count());
    }
    void finish(const std::function<void()>& then) {
        --under_way_;
        then();
    }

    std::string operation_;
    metrics& measured_;
    history::thread_background::post_function post_;
    std::size_t under_way_ = 0;
    std::atomic<std::chrono::nanoseconds> last_took_{quick * 2};
    history::thread_background thread_;
};

}  // namespace

struct loop::implementation : std::enable_shared_from_this<implementation> {
    implementation(asio::io_context& context, logger& lines, metrics& numbers) : io(context), log(lines), measured(numbers) {}

    result<done> start(const node_maker& make) {
        const auto come_home = [this](std::function<void()> then) {
            asio::post(io, [this, then = std::move(then)] {
                if (owned.served) enter();
                then();
            });
        };
        writes = std::make_unique<measured_background>("commit", measured, come_home);
        lists = std::make_unique<measured_background>("list", measured, come_home);
        auto made = make({.writes = *writes, .lists = *lists, .log = log, .measured = measured, .now = wall_now()});
        if (!made) return std::move(made.error());
        owned = *std::move(made);
        alarm = std::make_unique<wall_alarm>(io, [this] { enter(); });
        enter();
        return done{};
    }

    node& enter() {
        PERDURE_ASSERT(owned.served != nullptr, "the node is entered between the loop's start and its end");
        owned.served->advance(wall_now());
        if (!turn_ends) {
            turn_ends = true;
            asio::post(io, [weak = weak_from_this()] {
                if (const auto self = weak.lock()) self->end_turn();
            });
        }
        return *owned.served;
    }

    void end_turn() {
        turn_ends = false;
        if (!owned.served) return;
        alarm->set(owned.served->next_due());
        if (turn_over) turn_over();
    }

    void stop() {
        turn_over = nullptr;
        if (!writes) return;
        alarm.reset();
        while (owned.served && (writes->under_way() > 0 || lists->under_way() > 0)) {
            io.restart();
            io.run_one();
        }
        owned.served.reset();
        writes.reset();
        lists.reset();
        owned.beneath.reset();
    }

    asio::io_context& io;
    logger& log;
    metrics& measured;
    std::unique_ptr<measured_background> writes;
    std::unique_ptr<measured_background> lists;
    owned_node owned;
    std::unique_ptr<wall_alarm> alarm;
    std::function<void()> turn_over;
    bool turn_ends = false;
};

loop::loop(asio::io_context& io, logger& log, metrics& measured)
    : implementation_(std::make_shared<implementation>(io, log, measured)) {}

loop::~loop() { stop(); }

void loop::stop() { implementation_->stop(); }

result<done> loop::start(const node_maker& make) { return implementation_->start(make); }

node& loop::enter() { return implementation_->enter(); }

bool loop::idle() const noexcept {
    const implementation& of = *implementation_;
    if (!of.writes) return true;
    return of.writes->under_way() == 0 && of.lists->under_way() == 0 && (!of.owned.served || of.owned.served->idle());
}

void loop::after_turn(std::function<void()> then) { implementation_->turn_over = std::move(then); }

}  // namespace perdure::server
