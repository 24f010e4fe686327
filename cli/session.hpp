#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "api/frontend.hpp"
#include "cli/exit_code.hpp"
#include "cli/render/proto_json.hpp"
#include "cli/render/style.hpp"

namespace perdure::cli {

enum class output_format : std::uint8_t { text, json, jsonl, none };

/// Flags that every command takes.
struct settings {
    std::string address = "http://127.0.0.1:7243";
    std::string space = "default";
    std::string identity;
    output_format output = output_format::text;
    std::string colour = "auto";
    bool raw_payloads = false;
    /// Text with a unit; empty is no limit.
    std::string command_timeout;
};

/// How a command reaches the service; tests put a node in its place.
using connector = std::function<std::unique_ptr<frontend>(const settings&)>;

/// What one run of the program shares between the parser and the command that was chosen.
class session {
  public:
    session(std::ostream& out, std::ostream& err, connector connect, bool terminal);

    settings flags{};

    /// Set by the parser to the command that was chosen.
    std::function<exit_code()> action{};

    /// Called after parsing: reads the flags that have a meaning beyond their text. Throws command_error.
    void begin();

    [[nodiscard]] bool colour() const noexcept { return colour_; }
    [[nodiscard]] bool text() const noexcept { return flags.output == output_format::text; }
    [[nodiscard]] bool json() const noexcept {
        return flags.output == output_format::json || flags.output == output_format::jsonl;
    }
    [[nodiscard]] std::ostream& out() noexcept { return out_; }
    [[nodiscard]] std::ostream& err() noexcept { return err_; }

    /// A heading, a card or a table; only in text output.
    void print(const std::string& text);
    void heading(const std::string& text);
    /// One document: indented for json, on one line for jsonl; nothing in text output.
    void print_json(const ordered_json& document);
    /// A list of documents, one at a time, so that jsonl can stream.
    void begin_list();
    void list_item(const ordered_json& document);
    void end_list();

    [[nodiscard]] ordered_json as_json(const google::protobuf::Message& message) const {
        return proto_json(message, flags.raw_payloads ? payload_form::raw : payload_form::shorthand);
    }

    /// Sends a request and waits for its answer, at most until the command's deadline. Throws command_error.
    template <class Request, class Response>
    [[nodiscard]] Response call(void (frontend::*function)(Request, reply<Response>), std::type_identity_t<Request> request) {
        auto response = attempt(function, std::move(request));
        if (!response) throw to_command_error(response.error());
        return *std::move(response);
    }

    /// As `call`, with the refusal as a value.
    template <class Request, class Response>
    [[nodiscard]] result<Response> attempt(void (frontend::*function)(Request, reply<Response>),
                                           std::type_identity_t<Request> request) {
        // Shared, because an answer may come after the deadline has ended the wait.
        const auto answer = std::make_shared<std::promise<result<Response>>>();
        auto future = answer->get_future();
        (service().*function)(std::move(request),
                              [answer](result<Response> response) { answer->set_value(std::move(response)); });
        if (future.wait_for(remaining()) != std::future_status::ready) throw out_of_time();
        return future.get();
    }

    [[nodiscard]] frontend& service();

    /// How long the command may still take.
    [[nodiscard]] std::chrono::milliseconds remaining() const;

  private:
    [[nodiscard]] command_error out_of_time() const;

    std::ostream& out_;
    std::ostream& err_;
    connector connect_;
    std::unique_ptr<frontend> service_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    bool terminal_;
    bool colour_ = false;
    bool list_started_ = false;
};

}  // namespace perdure::cli
