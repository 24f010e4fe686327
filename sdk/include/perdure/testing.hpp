#pragma once

/// @file
/// Tests of workflows: the whole service, a worker and a virtual clock in one process and one thread. Time is skipped, so a
/// month takes milliseconds. Needs GoogleTest; link perdure::testing.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <perdure/activity.hpp>
#include <perdure/client.hpp>
#include <perdure/contract.hpp>
#include <perdure/errors.hpp>
#include <perdure/payload_codec.hpp>

#include <perdure/detail/registrations.hpp>
#include <perdure/detail/test_support.hpp>

namespace perdure::test {

/// When the worker of a test gives up the memory of a run. A workflow must not be able to tell.
enum class cache_policy : std::uint8_t { sticky, evict_after_task, evict_after_event };

[[nodiscard]] std::string_view to_text(cache_policy policy) noexcept;

/// The fixture of tests that run under each cache policy. Write tests with TEST_P, and once
/// `PERDURE_TEST_EVERY_CACHE_POLICY(Fixture);`. Give the environment the fixture: `perdure::test::env env{this};`.
class every_cache_policy : public ::testing::TestWithParam<cache_policy> {};

#define PERDURE_TEST_EVERY_CACHE_POLICY(Fixture)                                                                  \
    INSTANTIATE_TEST_SUITE_P(                                                                                     \
        CachePolicy, Fixture,                                                                                     \
        ::testing::Values(::perdure::test::cache_policy::sticky, ::perdure::test::cache_policy::evict_after_task, \
                          ::perdure::test::cache_policy::evict_after_event),                                      \
        [](const ::testing::TestParamInfo<::perdure::test::cache_policy>& info) {                                 \
            return ::std::string(::perdure::test::to_text(info.param));                                           \
        })

struct env_options {
    cache_policy policy = cache_policy::sticky;
    /// Decides ids and whatever else is random. PERDURE_TEST_SEED overrides it.
    std::uint64_t seed = 1;
    std::string task_queue = "test";
    /// Encryption and the like, as the application's workers and clients have it. `history_text` shows what the server holds.
    data_conversion conversion{};
    /// Workflow code that calls what a replay cannot repeat fails its task, and so the test; see worker_options.
    bool guard_workflow_code = true;
    /// When the test has ended, replay its runs in a second process too: with addresses, environment and locale changed, to
    /// find code that depends on them. PERDURE_TEST_SECOND_PROCESS=0 switches it off everywhere.
    bool second_process = true;
};

/// What an activity does in a test instead of its work. Made by `env::mock`; the verbs in one expression make a script, and
/// the last one of it goes on for ever: `fails_times<CardDeclined>(3, "try again").then_returns(receipt)`.
template <detail::any_activity A>
class mock {
  public:
    using result_type = typename A::result;

    explicit mock(std::shared_ptr<detail::mock_script> script) : script_(std::move(script)) {}

    // Each of these begins a new script.
    mock& returns()
        requires std::is_void_v<result_type>
    {
        script_->clear();
        return then_returns();
    }
    template <class R>
    mock& returns(const R& value) {
        script_->clear();
        return then_returns(value);
    }
    template <class E, class... Args>
    mock& fails(Args&&... args) {
        script_->clear();
        return then_fails<E>(std::forward<Args>(args)...);
    }
    template <class E, class... Args>
    mock& fails_times(int times, Args&&... args) {
        script_->clear();
        then_fails<E>(std::forward<Args>(args)...);
        script_->steps.back().times = times;
        return *this;
    }
    /// Calls a function with the parameters of an implementation.
    template <class F>
    mock& does(F function) {
        script_->clear();
        return then_does(std::move(function));
    }
    /// Never comes to an end of its own; cancelling it does.
    mock& hangs() {
        script_->clear();
        add([](activity_context&, const std::vector<raw_payload>&) { return std::vector<raw_payload>{}; });
        script_->steps.back().hangs = true;
        return *this;
    }

    // These go on with the script.
    mock& then_returns()
        requires std::is_void_v<result_type>
    {
        return add([](activity_context&, const std::vector<raw_payload>&) { return std::vector<raw_payload>{}; });
    }
    template <class R>
    mock& then_returns(const R& value) {
        static_assert(std::is_convertible_v<const R&, result_type>,
                      "perdure: this is not what the activity returns; see its contract");
        const result_type exact = value;
        return add(
            [stored = detail::encode_arguments(exact)](activity_context&, const std::vector<raw_payload>&) { return stored; });
    }
    template <class E, class... Args>
    mock& then_fails(Args&&... args) {
        const E error(std::forward<Args>(args)...);
        return add([error](activity_context&, const std::vector<raw_payload>&) -> std::vector<raw_payload> { throw error; });
    }
    template <class F>
    mock& then_does(F function) {
        script_->steps.push_back({.body = detail::make_activity<A>(std::string(script_->name), std::move(function))});
        return *this;
    }
    /// The step before takes this long on the virtual clock.
    mock& takes(std::chrono::milliseconds duration) {
        script_->steps.back().takes = duration;
        return *this;
    }
    /// The step before is repeated so often before the next.
    mock& times(int count) {
        script_->steps.back().times = count;
        return *this;
    }

    /// How often it was called, attempts included.
    [[nodiscard]] int calls() const noexcept { return static_cast<int>(script_->inputs.size()); }
    /// What it was called with, the first call first.
    [[nodiscard]] auto inputs() const
        requires(!std::is_void_v<typename A::input>)
    {
        std::vector<typename A::input> list;
        for (const auto& stored : script_->inputs) list.push_back(detail::decode_arguments<typename A::input>(stored));
        return list;
    }

  private:
    mock& add(detail::blocking_activity body) {
        script_->steps.push_back({.body = {script_->name, std::move(body)}});
        return *this;
    }

    std::shared_ptr<detail::mock_script> script_;
};

template <detail::any_contract C>
class run;

/// A service, a worker and a clock for one test.
///
/// Nothing runs by itself: each call drives everything until nothing is left to do at the present virtual time, and time moves
/// only by `advance` and by waiting for a result. At its end each run that was started is replayed from its history, which
/// must give the same commands; after the test that is done in a second process too. An exception that fails a workflow task
/// fails the test at once, as a std::runtime_error out of the call that drove it. Not thread safe.
class env {
  public:
    explicit env(env_options options = {});
    explicit env(const every_cache_policy* fixture) : env(env_options{.policy = fixture->GetParam()}) {}
    /// Replays every run, and prints seed, policy and histories if the test has failed.
    ~env();
    env(const env&) = delete;
    env& operator=(const env&) = delete;

    template <class Workflow>
    void add_workflow() {
        registered().add_workflow<Workflow>();
    }
    template <class Definition>
    void add_workflow(const Definition& definition) {
        registered().add_workflow(definition);
    }
    /// A real implementation. It runs on the test's thread, so it must not wait for anything the test does.
    template <detail::any_activity A, class F>
    void add_activity(const A& activity, F function) {
        registered().add_activity(activity, std::move(function));
    }
    template <detail::any_activity A, class Member, class Object>
        requires std::is_member_function_pointer_v<Member>
    void add_activity(const A& activity, Member member, Object& object) {
        registered().add_activity(activity, member, object);
    }
    /// What an activity does instead. An activity that is neither mocked nor registered fails the test with its name.
    template <detail::any_activity A>
    test::mock<A> mock(const A& activity) {
        return test::mock<A>(script_of(std::string(activity.name)));
    }

    /// Starts a workflow and drives it until it waits. Id and queue of the options may be left empty.
    template <detail::any_contract C, class In>
    [[nodiscard]] run<C> start(const In& input, start_options options = {});
    template <detail::any_contract C>
    [[nodiscard]] run<C> start(start_options options = {});

    /// Lets virtual time pass; everything that is due on the way happens at its own time.
    void advance(std::chrono::milliseconds duration);
    /// Drives everything that can happen now.
    void settle();
    /// Virtual time since the environment was made.
    [[nodiscard]] std::chrono::milliseconds elapsed() const;
    [[nodiscard]] wall_time now() const;

    /// The names of the activities that were called, in order, each attempt once: "order.validate payment.charge".
    [[nodiscard]] std::string calls() const;
    [[nodiscard]] std::uint64_t seed() const noexcept;

    /// The run's events as numbered lines: "5 ActivityTaskScheduled payment.charge".
    template <detail::any_contract C>
    [[nodiscard]] std::string history(const run<C>& of) const;
    [[nodiscard]] std::string history_text(const std::string& workflow_id, const std::string& run_id = {}) const;

    /// The run's history as exports have it, to be kept in a file and read again by `perdure::history::from_json`.
    template <detail::any_contract C>
    [[nodiscard]] std::string history_json(const run<C>& of) const;
    [[nodiscard]] std::string history_json(const std::string& workflow_id, const std::string& run_id = {}) const;

    /// Checks at once that the run's code gives the commands of its history; the destructor does it for every run.
    template <detail::any_contract C>
    void expect_replay_ok(const run<C>& of);

    /// The worker process dies and another takes its place: connection, cache and running activities are lost.
    void crash_worker();
    /// The worker dies as soon as a run's history has this event.
    void crash_worker_at(std::int64_t event_id);

    /// Failed workflow tasks are what this test is about: they are kept in `task_failures` and retried as in production.
    void allow_task_failures();
    [[nodiscard]] const std::vector<std::string>& task_failures() const noexcept;

    /// A client of this service, for code under test. Waiting for a result moves virtual time. It must not outlive the
    /// environment.
    [[nodiscard]] perdure::client client() const;

    // What `run` is made of.
    void wait_until_closed(const std::string& workflow_id);
    void check_replay(const std::string& workflow_id, const std::string& run_id);

  private:
    struct impl;
    [[nodiscard]] detail::registrations& registered();
    [[nodiscard]] std::shared_ptr<detail::mock_script> script_of(std::string name);
    [[nodiscard]] untyped_run start_untyped(std::string_view type, std::vector<raw_payload> input, start_options options);

    std::unique_ptr<impl> impl_;
};

/// A run under test. Each call drives everything until nothing is left to do.
template <detail::any_contract C>
class run {
  public:
    using result_type = typename C::result;

    run(env& in, run_handle<C> handle) : env_(&in), handle_(std::move(handle)) {}

    [[nodiscard]] const std::string& id() const noexcept { return handle_.id(); }
    [[nodiscard]] const std::string& run_id() const noexcept { return handle_.run_id(); }
    [[nodiscard]] const run_handle<C>& handle() const noexcept { return handle_; }

    template <detail::any_signal S, class In>
    void signal(S message, const In& input) {
        handle_.signal(message, input);
        env_->settle();
    }
    template <detail::any_signal S>
    void signal(S message) {
        handle_.signal(message);
        env_->settle();
    }
    template <detail::any_query Q, class... In>
    [[nodiscard]] typename Q::result query(Q message, const In&... input) {
        return handle_.query(message, input...);
    }
    void cancel(std::string reason = {}) {
        handle_.cancel(std::move(reason));
        env_->settle();
    }
    void terminate(std::string reason = {}) {
        handle_.terminate(std::move(reason));
        env_->settle();
    }
    [[nodiscard]] run_description describe() const { return handle_.describe(); }
    [[nodiscard]] bool is_running() const { return describe().status == "Running"; }

    /// Skips time until the workflow ends; throws workflow_failure if it did not succeed.
    result_type result() {
        env_->wait_until_closed(id());
        return handle_.result();
    }
    /// Skips time until the workflow ends, and returns why it did not succeed. Throws std::runtime_error if it did.
    [[nodiscard]] workflow_failure failure() {
        env_->wait_until_closed(id());
        try {
            (void)handle_.untyped().result();
        } catch (const workflow_failure& failed) {
            return failed;
        }
        throw std::runtime_error("workflow " + id() + " was expected to fail and succeeded");
    }

  private:
    env* env_;
    run_handle<C> handle_;
};

template <detail::any_contract C, class In>
run<C> env::start(const In& input, start_options options) {
    static_assert(std::is_convertible_v<const In&, typename C::input>,
                  "perdure: this is not what the workflow takes; see the contract");
    const typename C::input& exact = input;
    return run<C>(*this, run_handle<C>(start_untyped(C::name, detail::encode_arguments(exact), std::move(options))));
}
template <detail::any_contract C>
run<C> env::start(start_options options) {
    static_assert(std::is_void_v<typename C::input>, "perdure: this workflow takes an input; pass it before the options");
    return run<C>(*this, run_handle<C>(start_untyped(C::name, {}, std::move(options))));
}
template <detail::any_contract C>
std::string env::history(const run<C>& of) const {
    return history_text(of.id(), of.run_id());
}
template <detail::any_contract C>
std::string env::history_json(const run<C>& of) const {
    return history_json(of.id(), of.run_id());
}
template <detail::any_contract C>
void env::expect_replay_ok(const run<C>& of) {
    check_replay(of.id(), of.run_id());
}

/// Plays a scenario once undisturbed and then once for each event of its history, with the worker dying as soon as the
/// history has that event. `setup(env&)` registers workflows and mocks; `check(result)` expects what holds every time.
template <detail::any_contract C, class Setup, class In, class Check>
void crash_everywhere(const Setup& setup, const In& input, const Check& check) {
    std::int64_t events = 1;
    for (std::int64_t crash_at = 0; crash_at <= events; ++crash_at) {
        SCOPED_TRACE(crash_at == 0 ? std::string("undisturbed") : "the worker dies at event " + std::to_string(crash_at));
        env world;
        setup(world);
        if (crash_at > 0) world.crash_worker_at(crash_at);
        auto played = world.template start<C>(input);
        check(played.result());
        if (crash_at == 0) events = played.describe().history_length;
    }
}

/// One activity alone, without a service.
class activity_env {
  public:
    activity_env();

    activity_env& attempt(int number);
    /// What the attempt before reported.
    template <payload T>
    activity_env& last_heartbeat(const T& details) {
        set_last_heartbeat(detail::encode_arguments(details));
        return *this;
    }
    /// A stop is requested as soon as the activity has sent so many heartbeats; 0 means before it begins.
    activity_env& stop_after(int heartbeats);

    /// Runs an implementation; returns its result or throws what it threw.
    template <detail::any_activity A, class F, class... In>
    typename A::result run(const A& activity, F function, const In&... input) {
        static_assert(sizeof...(In) <= 1, "perdure: an activity takes one input at most");
        const detail::activity_function made = detail::make_activity<A>(std::string(activity.name), std::move(function));
        std::vector<raw_payload> stored;
        if constexpr (!std::is_void_v<typename A::input>) {
            static_assert(sizeof...(In) == 1, "perdure: this activity takes an input");
            const typename A::input exact{input...};
            stored = detail::encode_arguments(exact);
        }
        return detail::decode_arguments<typename A::result>(run_untyped(made, stored));
    }

    /// The details of all heartbeats that were sent, the first one first.
    template <payload T>
    [[nodiscard]] std::vector<T> heartbeats() const {
        std::vector<T> list;
        for (const auto& stored : *heartbeats_) list.push_back(detail::decode_arguments<T>(stored));
        return list;
    }

  private:
    void set_last_heartbeat(std::vector<raw_payload> details);
    [[nodiscard]] std::vector<raw_payload> run_untyped(const detail::activity_function& function,
                                                       const std::vector<raw_payload>& input);

    int attempt_ = 1;
    std::optional<int> stop_after_;
    std::vector<raw_payload> last_heartbeat_;
    std::shared_ptr<std::vector<std::vector<raw_payload>>> heartbeats_;
};

// --- matchers -----------------------------------------------------------------------------------------------------------------

/// Compares two values member by member as their JSON and says which members differ: EXPECT_THAT(result, equals(expected)).
template <payload T>
[[nodiscard]] detail::equals_matcher<T> equals(const T& expected) {
    return detail::equals_matcher<T>(encode(expected).data);
}

/// Matches a failure that has an E in its chain of causes.
template <class E>
[[nodiscard]] detail::cause_matcher caused_by() {
    return detail::cause_matcher{[](const workflow_failure& failed) { return failed.template caused_by<E>(); },
                                 [](const perdure::failure& failed) { return failed.template caused_by<E>(); },
                                 detail::name_of_cause<E>()};
}

/// Matches the failure of a workflow that was cancelled.
[[nodiscard]] inline detail::cause_matcher is_cancelled() { return caused_by<cancelled_error>(); }

}  // namespace perdure::test
