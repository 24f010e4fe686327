#include "server/runtime/loop.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "api/assert.hpp"
#include "server/node/absent_node.hpp"
#include "server/node/admission.hpp"
#include "server/runtime/lateness.hpp"
#include "server/runtime/measured_background.hpp"
#include "server/runtime/wall_alarm.hpp"

namespace perdure::server {
namespace {

namespace asio = boost::asio;

wall_time wall_now() { return std::chrono::time_point_cast<wall_time::duration>(std::chrono::system_clock::now()); }

}  // namespace

struct loop::implementation : std::enable_shared_from_this<implementation> {
    implementation(asio::io_context& context, logger& lines, metrics& numbers) : io(context), log(lines), measured(numbers) {}

    result<done> start(std::unique_ptr<node_source> from, admission* by) {
        const auto come_home = [this](std::function<void()> then) {
            asio::post(io, [this, then = std::move(then)] {
                if (served) (void)enter();
                then();
            });
        };
        source = std::move(from);
        using place = measured_background::place;
        writes =
            std::make_unique<measured_background>("commit", measured, source->shared() ? place::apart : place::sooner, come_home);
        lists = std::make_unique<measured_background>("list", measured, place::apart, come_home);
        reads = std::make_unique<measured_background>("read_ahead", measured, place::apart, come_home);
        gate = by;
        if (gate != nullptr) {
            writes->tell_waits([this](std::chrono::nanoseconds wait) { gate->waited_for_disk(wait); });
            late = std::make_unique<lateness>(io, [this](std::chrono::nanoseconds wait) {
                (void)look();
                gate->waited_for_thread(wait);
            });
        }
        alarm = std::make_unique<wall_alarm>(io, [this] { (void)enter(); });
        const auto timing = source->shared();
        life.emplace(timing.value_or(tenure_timing{}), timing.has_value());
        if (timing) {
            tend();
            return done{};
        }
        while (const auto step = life->take_step(boot_clock::now())) finish(do_step(*step, 0));
        if (life->state() == standing::owner) make_node();
        if (life->failure()) return *life->failure();
        if (refused_node) return *std::exchange(refused_node, std::nullopt);
        (void)enter();
        return done{};
    }

    // --- The lease --------------------------------------------------------------------------------------------------

    struct outcome {
        tenure_step of;
        result<history::lease_answer> lease;
        result<done> other;
    };

    /// May block: on the thread of the writes, unless nobody waits yet.
    outcome do_step(tenure_step step, std::int64_t epoch) {
        outcome made{step, history::lease_answer{}, done{}};
        if (step == tenure_step::open) made.other = source->open(log, measured);
        if (step == tenure_step::acquire) made.lease = source->acquire();
        if (step == tenure_step::renew) made.other = source->renew(epoch);
        return made;
    }

    void finish(const outcome& made) {
        const boot_time now = boot_clock::now();
        if (made.of == tenure_step::open) life->opened(made.other, now);
        if (made.of == tenure_step::acquire) life->acquired(made.lease, now);
        if (made.of == tenure_step::renew) life->renewed(made.other, now);
    }

    /// Everything that the lease's life asks for now.
    void tend() {
        if (stopped) return;
        const boot_time now = boot_clock::now();
        life->committed(source->last_commit());
        life->advance(now);
        if (served && life->state() != standing::owner) let_go();
        if (!served && life->holds(now)) make_node();
        report();
        if (const auto step = life->take_step(now)) {
            auto made = std::make_shared<std::optional<outcome>>();
            writes->run_aside([this, step = *step, epoch = life->lease().epoch, made] { made->emplace(do_step(step, epoch)); },
                              [this, made] {
                                  finish(**made);
                                  tend();
                              });
        }
        if (const auto due = life->next_due()) tend_at(*due);
    }

    void tend_at(boot_time due) {
        life_timer.expires_after(std::max(due - boot_clock::now(), boot_clock::duration(0)));
        life_timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
            const auto self = weak.lock();
            if (!error && self && !self->stopped) self->tend();
        });
    }

    void make_node() {
        auto made = source->make({.writes = *writes,
                                  .lists = *lists,
                                  .reads = *reads,
                                  .log = log,
                                  .measured = measured,
                                  .now = wall_now(),
                                  .gate = gate},
                                 life->lease());
        if (!made) {
            refused_node = made.error();
            return life->lost(made.error(), boot_clock::now());
        }
        served = *std::move(made);
        measured.count("acquire_shards_count");
        alarm->set(served->next_due());
    }

    // Whoever waits for the node is answered as it goes. Workers are told a turn later: this may be inside a call of theirs.
    void let_go() {
        served.reset();
        measured.count("shard_closed_count");
        tell_gone();
    }

    void tell_gone() {
        asio::post(io, [weak = weak_from_this(), why = life->refusal()] {
            const auto self = weak.lock();
            if (self && !self->stopped && self->gone) self->gone(why);
        });
    }

    void report() {
        const auto notice = life->take_notice();
        if (!notice) return;
        if (notice->is_trouble)
            log.warn("lease", {{"standing", to_string(life->state())}, {"event", notice->text}});
        else
            log.info("lease", {{"standing", to_string(life->state())}, {"event", notice->text}});
        if (life->failure()) tell_gone();
    }

    // --- The node ---------------------------------------------------------------------------------------------------

    node& enter() {
        if (late) late->measure();
        return look();
    }

    // As `enter`, without being a reason to go on measuring.
    node& look() {
        PERDURE_ASSERT(life.has_value(), "the node is entered between the loop's start and its end");
        const boot_time now = boot_clock::now();
        // After a pause of the whole process this is the first to notice that others may have taken over.
        if (served && !life->holds(now)) {
            life->committed(source->last_commit());
            life->advance(now);
            if (!life->holds(now)) {
                let_go();
                tend_at(now);
            }
        }
        if (!served) return *absent;
        served->advance(wall_now());
        if (!turn_ends) {
            turn_ends = true;
            asio::post(io, [weak = weak_from_this()] {
                if (const auto self = weak.lock()) self->end_turn();
            });
        }
        return *served;
    }

    void end_turn() {
        turn_ends = false;
        if (!served) return;
        if (const auto why = served->lost_lease()) {
            life->lost(*why, boot_clock::now());
            if (life->state() != standing::owner) return tend();
        }
        alarm->set(served->next_due());
        if (turn_over) turn_over();
    }

    [[nodiscard]] std::optional<service_failure> why_absent() const {
        if (served && life->holds(boot_clock::now())) return std::nullopt;
        return served ? service_failure{status_code::unavailable, "the lease of this server has run out; ask again in a moment"}
                      : life->refusal();
    }

    void stop() {
        turn_over = nullptr;
        gone = nullptr;
        if (!writes || stopped) return;
        stopped = true;
        alarm.reset();
        late.reset();
        life_timer.cancel();
        while (served && life->holds(boot_clock::now()) && (writes->under_way() > 0 || lists->under_way() > 0)) {
            io.restart();
            io.run_one_for(std::chrono::milliseconds(100));
        }
        const bool held = served && source->shared() && life->holds(boot_clock::now());
        served.reset();
        // What waits for a store that is away would hold up the threads' end.
        if (!held && source->shared()) source->interrupt();
        writes.reset();
        lists.reset();
        reads.reset();
        if (held) give_back();
        source.reset();
    }

    // A standby need not wait for the lease to run out. Should it fail, that is what the standby does.
    void give_back() {
        if (auto released = source->release(life->lease().epoch); !released)
            log.warn("lease", {{"event", "could not be given back: " + released.error().message}});
    }

    asio::io_context& io;
    logger& log;
    metrics& measured;
    std::unique_ptr<measured_background> writes;
    std::unique_ptr<measured_background> lists;
    std::unique_ptr<measured_background> reads;
    std::unique_ptr<node_source> source;
    std::optional<tenure> life;
    asio::steady_timer life_timer{io};
    std::unique_ptr<node> absent = make_absent_node([this] { return *why_absent(); });
    std::unique_ptr<node> served;
    std::optional<service_failure> refused_node;
    std::unique_ptr<wall_alarm> alarm;
    std::unique_ptr<lateness> late;
    admission* gate = nullptr;
    std::function<void()> turn_over;
    std::function<void(const service_failure&)> gone;
    bool turn_ends = false;
    bool stopped = false;
};

loop::loop(asio::io_context& io, logger& log, metrics& measured)
    : implementation_(std::make_shared<implementation>(io, log, measured)) {}

loop::~loop() { stop(); }

void loop::stop() { implementation_->stop(); }

result<done> loop::start(std::unique_ptr<node_source> from, admission* gate) {
    return implementation_->start(std::move(from), gate);
}

node& loop::enter() { return implementation_->enter(); }

std::optional<service_failure> loop::why_absent() const { return implementation_->why_absent(); }

const std::optional<service_failure>& loop::failure() const noexcept { return implementation_->life->failure(); }

bool loop::idle() const noexcept {
    const implementation& of = *implementation_;
    if (!of.writes) return true;
    return of.writes->under_way() == 0 && of.lists->under_way() == 0 && (!of.served || of.served->idle());
}

void loop::after_turn(std::function<void()> then) { implementation_->turn_over = std::move(then); }

void loop::when_gone(std::function<void(const service_failure& why)> then) { implementation_->gone = std::move(then); }

}  // namespace perdure::server
