#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <perdure/contract.hpp>
#include <perdure/errors.hpp>
#include <perdure/options.hpp>
#include <perdure/payload.hpp>
#include <perdure/payload_codec.hpp>

#include <perdure/detail/client_calls.hpp>

namespace perdure {

/// Where the server is and who asks.
struct endpoint {
    /// "http://host:port", or several of them with commas between: servers on one database, of which one serves and the others
    /// stand by. Calls and workers find the one that serves, and move over when another one does.
    std::string target = "http://127.0.0.1:7243";
    /// The namespace.
    std::string space = "default";
    /// Who asks, as histories show it; empty means "process@host".
    std::string identity{};
    /// How long a call goes on trying while the server cannot be reached.
    std::chrono::milliseconds patience{10'000};
    /// Encryption and the like, for calls of the client and for workers that are made with it.
    data_conversion conversion{};

    /// Takes PERDURE_ADDRESS and PERDURE_NAMESPACE where they are set.
    [[nodiscard]] static endpoint from_env();
};

/// What to do when a workflow with the same id is running.
enum class conflict_policy : std::uint8_t { fail, use_existing, terminate_existing };
inline constexpr conflict_policy use_existing = conflict_policy::use_existing;
inline constexpr conflict_policy terminate_existing = conflict_policy::terminate_existing;

/// What to do when a workflow with the same id has run before and is closed.
enum class id_reuse : std::uint8_t { allow_duplicate, allow_duplicate_failed_only, reject_duplicate };

/// How a workflow is started.
struct start_options {
    /// The workflow's id, chosen by the business: "order-42". Required.
    std::string id;
    /// The queue whose workers run it. Required.
    std::string task_queue;
    conflict_policy on_conflict = conflict_policy::fail;
    perdure::id_reuse id_reuse = perdure::id_reuse::allow_duplicate;
    /// All runs together, retries and continuations included; 0 means no limit.
    std::chrono::milliseconds execution_timeout{0};
    /// One run; 0 means no limit.
    std::chrono::milliseconds run_timeout{0};
    /// One workflow task; 0 means the server's default of 10 s.
    std::chrono::milliseconds task_timeout{0};
    /// Start the workflow again when it fails; without it a failed workflow stays failed.
    std::optional<retry_policy> retry{};
    /// Wait this long before the first step.
    std::chrono::milliseconds start_delay{0};
    /// Notes that lists and descriptions show: {{"customer", perdure::encode(name)}}.
    std::map<std::string, raw_payload> memo{};
    /// Two starts with the same request id are one start. Empty means a fresh one for each call.
    std::string request_id{};
    /// Not supported yet: a start that sets it is refused.
    std::string cron{};
};

/// What the server knows about a run.
struct run_description {
    std::string workflow_id;
    std::string run_id;
    std::string workflow_type;
    std::string task_queue;
    /// "Running", "Completed", "Failed", "Canceled", "Terminated", "ContinuedAsNew" or "TimedOut".
    std::string status;
    wall_time started_at{};
    std::optional<wall_time> closed_at{};
    std::int64_t history_length = 0;
    std::map<std::string, raw_payload> memo{};
    struct pending_activity {
        std::string id;
        std::string type;
        /// "scheduled", "started" or "cancel requested".
        std::string state;
        int attempt = 1;
        /// Why the attempt before failed; empty when none did.
        std::string last_failure;
    };
    std::vector<pending_activity> pending_activities{};
};

/// One event of a history, readable.
struct history_line {
    std::int64_t id = 0;
    wall_time time{};
    /// "ActivityTaskScheduled" and its like.
    std::string type;
    /// The attributes as Temporal's JSON.
    std::string json;
};

class client;

/// A run of a workflow whose contract is known only at run time: values are payloads as they are. Cheap to copy; thread
/// safe. Every call waits for the server's answer and throws service_error (or one of its kinds) when it is refused.
class untyped_run {
  public:
    untyped_run(std::shared_ptr<detail::connection> via, std::string workflow_id, std::string run_id, std::string first_run_id);

    [[nodiscard]] const std::string& id() const noexcept { return workflow_id_; }
    /// The run that was started; empty for a handle that follows whatever run is current.
    [[nodiscard]] const std::string& run_id() const noexcept { return run_id_; }

    void signal(std::string_view name, std::vector<raw_payload> input) const;
    [[nodiscard]] std::vector<raw_payload> query(std::string_view name, std::vector<raw_payload> input) const;
    /// Waits for the end, over continuations and retries. Throws workflow_failure when it did not succeed and
    /// deadline_error when `limit` is over (0 waits for ever); the run goes on either way.
    [[nodiscard]] std::vector<raw_payload> result(std::chrono::milliseconds limit = {}) const;
    void cancel(std::string reason = {}) const;
    void terminate(std::string reason = {}) const;
    [[nodiscard]] run_description describe() const;
    [[nodiscard]] std::vector<history_line> history() const;

    /// From now on signals and the like go to this very run, and not to the one that is current.
    void pin();
    [[nodiscard]] const detail::run_target& target() const noexcept { return target_; }

  private:
    std::string workflow_id_;
    std::string run_id_;
    detail::run_target target_;
};

/// A run of a workflow with the contract C. Cheap to copy; thread safe.
///
/// Every call waits for the server's answer and throws service_error (or one of its kinds) when it is refused. Each has a twin
/// `async_...(token)` that takes a Boost.Asio completion token instead; include <perdure/client_async.hpp> for these.
template <detail::any_contract C>
class run_handle {
  public:
    using contract = C;
    using result_type = typename C::result;

    explicit run_handle(untyped_run run) : run_(std::move(run)) {}

    [[nodiscard]] const std::string& id() const noexcept { return run_.id(); }
    [[nodiscard]] const std::string& run_id() const noexcept { return run_.run_id(); }

    template <detail::any_signal S, class In>
    void signal(S message, const In& input) const {
        run_.signal(S::name, encode_input<S>(message, input));
    }
    template <detail::any_signal S>
    void signal(S message) const {
        run_.signal(S::name, no_input<S>(message));
    }

    template <detail::any_query Q, class In>
    [[nodiscard]] typename Q::result query(Q message, const In& input) const {
        return detail::decode_arguments<typename Q::result>(run_.query(Q::name, encode_input<Q>(message, input)));
    }
    template <detail::any_query Q>
    [[nodiscard]] typename Q::result query(Q message) const {
        return detail::decode_arguments<typename Q::result>(run_.query(Q::name, no_input<Q>(message)));
    }

    /// Waits for the workflow's end, over continuations and retries, and returns its result. Throws workflow_failure, with
    /// the typed chain of causes, when it did not succeed; deadline_error when `limit` is over first (0 waits for ever).
    result_type result(std::chrono::milliseconds limit = {}) const {
        return detail::decode_arguments<result_type>(run_.result(limit));
    }

    /// Asks the workflow to stop; it may clean up first.
    void cancel(std::string reason = {}) const { run_.cancel(std::move(reason)); }
    /// Ends the workflow at once; its code is not asked.
    void terminate(std::string reason = {}) const { run_.terminate(std::move(reason)); }
    [[nodiscard]] run_description describe() const { return run_.describe(); }
    [[nodiscard]] std::vector<history_line> history() const { return run_.history(); }

    [[nodiscard]] const untyped_run& untyped() const noexcept { return run_; }

    // The asynchronous twins; defined in <perdure/client_async.hpp>.
    template <detail::any_signal S, class In, class Token>
    auto async_signal(S message, const In& input, Token&& token) const;
    template <detail::any_query Q, class Token>
    auto async_query(Q message, Token&& token) const;
    template <class Token>
    auto async_result(Token&& token) const;
    template <class Token>
    auto async_cancel(std::string reason, Token&& token) const;
    template <class Token>
    auto async_terminate(std::string reason, Token&& token) const;
    template <class Token>
    auto async_describe(Token&& token) const;

  private:
    template <class Message, class In>
    static std::vector<raw_payload> encode_input(Message, const In& input) {
        static_assert(std::is_same_v<typename Message::owner, C>, "perdure: this message belongs to another contract");
        static_assert(!std::is_void_v<typename Message::input>, "perdure: this message takes no value");
        if constexpr (!std::is_void_v<typename Message::input>) {
            static_assert(std::is_convertible_v<const In&, typename Message::input>,
                          "perdure: this is not what the message takes; see the contract");
            const typename Message::input& exact = input;
            return detail::encode_arguments(exact);
        } else {
            return {};
        }
    }
    template <class Message>
    static std::vector<raw_payload> no_input(Message) {
        static_assert(std::is_same_v<typename Message::owner, C>, "perdure: this message belongs to another contract");
        static_assert(std::is_void_v<typename Message::input>, "perdure: this message takes a value; pass it after the message");
        return {};
    }

    untyped_run run_;
};

/// A way to start workflows and to talk to them. Cheap to copy: copies share their connections. Thread safe.
///
/// Calls wait for the server's answer; `async_` twins are in <perdure/client_async.hpp>. A call that the server may see twice
/// without harm (starts and signals carry request ids) is repeated while the server cannot be reached, for as long as the
/// endpoint's patience lasts.
class client {
  public:
    /// Prepares connections to a server; the first call opens one. Throws service_error for a target that is no address, and
    /// std::invalid_argument for a codec that is null.
    [[nodiscard]] static client connect(endpoint where = {});

    /// For the SDK's own ways to reach a server (embedded, test environment).
    explicit client(std::shared_ptr<detail::connection> via) noexcept;

    /// Starts a workflow. Throws already_started_error when its id is taken and the policies do not allow it.
    template <detail::any_contract C, class In>
    [[nodiscard]] run_handle<C> start(const In& input, const start_options& options) const {
        return run_handle<C>(start_untyped(C::name, encode_input<C>(input), options));
    }
    template <detail::any_contract C>
    [[nodiscard]] run_handle<C> start(const start_options& options) const {
        static_assert(std::is_void_v<typename C::input>, "perdure: this workflow takes an input; pass it before the options");
        return run_handle<C>(start_untyped(C::name, {}, options));
    }

    /// Starts a workflow and waits for its end: `start` and `result` in one exchange with the server when the end comes within
    /// seconds. Throws what either of them throws; deadline_error when `limit` is over first (0 waits for ever). A connection
    /// that breaks meanwhile does no harm: the start is repeated with the same request id, which starts nothing twice.
    template <detail::any_contract C, class In>
    typename C::result execute(const In& input, const start_options& options, std::chrono::milliseconds limit = {}) const {
        return detail::decode_arguments<typename C::result>(execute_untyped(C::name, encode_input<C>(input), options, limit));
    }
    template <detail::any_contract C>
    typename C::result execute(const start_options& options, std::chrono::milliseconds limit = {}) const {
        static_assert(std::is_void_v<typename C::input>, "perdure: this workflow takes an input; pass it before the options");
        return detail::decode_arguments<typename C::result>(execute_untyped(C::name, {}, options, limit));
    }

    /// Starts the workflow if it is not running, and sends it the signal in the same step.
    template <detail::any_contract C, class In, detail::any_signal S, class SignalIn>
    [[nodiscard]] run_handle<C> signal_with_start(const In& input, S, const SignalIn& message,
                                                  const start_options& options) const {
        static_assert(std::is_same_v<typename S::owner, C>, "perdure: this signal belongs to another contract");
        const typename S::input& exact = message;
        return run_handle<C>(
            signal_with_start_untyped(C::name, encode_input<C>(input), S::name, detail::encode_arguments(exact), options));
    }

    /// A handle on a workflow that exists; nothing is sent. Without a run id it follows the current run.
    template <detail::any_contract C>
    [[nodiscard]] run_handle<C> attach(std::string workflow_id, std::string run_id = {}) const {
        return run_handle<C>(attach_untyped(std::move(workflow_id), std::move(run_id)));
    }

    // The same for contracts that are known only at run time.
    [[nodiscard]] untyped_run start_untyped(std::string_view workflow_type, std::vector<raw_payload> input,
                                            const start_options& options) const;
    [[nodiscard]] std::vector<raw_payload> execute_untyped(std::string_view workflow_type, std::vector<raw_payload> input,
                                                           const start_options& options,
                                                           std::chrono::milliseconds limit = {}) const;
    [[nodiscard]] untyped_run signal_with_start_untyped(std::string_view workflow_type, std::vector<raw_payload> input,
                                                        std::string_view signal, std::vector<raw_payload> message,
                                                        const start_options& options) const;
    [[nodiscard]] untyped_run attach_untyped(std::string workflow_id, std::string run_id = {}) const;

    /// Ends an activity that said `complete_later`, by its task token.
    template <payload T>
    void complete_activity(const std::string& task_token, const T& result) const {
        std::vector<raw_payload> list;
        list.push_back(encode(result));
        complete_activity_untyped(task_token, std::move(list));
    }
    void complete_activity(const std::string& task_token) const { complete_activity_untyped(task_token, {}); }
    void complete_activity_untyped(const std::string& task_token, std::vector<raw_payload> result) const;
    void fail_activity(const std::string& task_token, const failure& why) const;

    /// The server's version. Throws unavailable_error when no server answers within the endpoint's patience.
    std::string server_version() const;

    [[nodiscard]] const std::string& space() const noexcept;
    [[nodiscard]] const std::string& identity() const noexcept;
    [[nodiscard]] const std::shared_ptr<detail::connection>& via() const noexcept { return via_; }

    // The asynchronous twins; defined in <perdure/client_async.hpp>.
    template <detail::any_contract C, class In, class Token>
    auto async_start(const In& input, const start_options& options, Token&& token) const;
    template <detail::any_contract C, class In, class Token>
    auto async_execute(const In& input, const start_options& options, Token&& token) const;

  private:
    template <class C, class In>
    static std::vector<raw_payload> encode_input(const In& input) {
        static_assert(!std::is_void_v<typename C::input>, "perdure: this workflow takes no input");
        if constexpr (!std::is_void_v<typename C::input>) {
            static_assert(std::is_convertible_v<const In&, typename C::input>,
                          "perdure: this is not what the workflow takes; see the contract");
            const typename C::input& exact = input;
            return detail::encode_arguments(exact);
        } else {
            return {};
        }
    }

    std::shared_ptr<detail::connection> via_;
};

}  // namespace perdure
