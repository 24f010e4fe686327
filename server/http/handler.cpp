#include "server/http/handler.hpp"

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "api/ids.hpp"
#include "api/json.hpp"
#include "api/media_type.hpp"
#include "server/http/error_body.hpp"
#include "server/http/message_fields.hpp"
#include "server/http/operation.hpp"
#include "server/http/route.hpp"
#include "server/http/uri.hpp"
#include "server/stream/worker_stream_path.hpp"

namespace perdure::server {
namespace {

using respond_function = std::function<void(http_response)>;

const service_failure shutting_down{status_code::unavailable, "the server is shutting down; ask again in a moment"};

// How the asker wants its answer: JSON as Temporal's API is told, by query parameters or by the media type, or binary.
struct answer_form {
    bool binary = false;
    bool pretty = false;
    bool shorthand = true;
};

answer_form form_of(const http_request& request, const request_target& target) {
    const auto accepts = [&](std::string_view part) { return request.accept.find(part) != std::string::npos; };
    answer_form made;
    made.binary = accepts(protobuf_media_type);
    made.pretty = target.has_query("pretty") || accepts("+pretty");
    made.shorthand = !target.has_query("noPayloadShorthand") && !accepts("+no-payload-shorthand");
    return made;
}

std::string joined(const std::vector<std::string>& path) {
    std::string text;
    for (const std::string& segment : path) text += "/" + segment;
    return text.size() > 200 ? text.substr(0, 200) + "..." : text;
}

http_response no_such_path(const std::vector<std::string>& path) {
    const std::string shown = is_valid_utf8(joined(path)) ? joined(path) : "that path";
    return refusal(
        {status_code::not_found, "nothing is served at " + shown +
                                     "; workflows are below /api/v1/namespaces/{namespace}/workflows, and docs/protocol.md "
                                     "lists every path"});
}

http_response not_with_this_verb(const std::string& verb, const std::vector<std::string>& path, std::string allowed) {
    http_response response = refusal({status_code::invalid_argument, joined(path) + " is not for " + verb + "; use " + allowed});
    response.status = 405;
    response.allow = std::move(allowed);
    return response;
}

// Fills a request from the path, the query and the body. With a body the query is not the message's, as in Temporal's API.
result<done> fill(google::protobuf::Message& request, const http_request& from, const request_target& target,
                  const route_match& match, bool shorthand) {
    if (from.verb == "POST") {
        const bool binary = from.content_type == protobuf_media_type;
        if (binary && !request.ParseFromString(from.body))
            return service_failure{status_code::invalid_argument, "the body is no " + request.GetDescriptor()->full_name() +
                                                                      " in protobuf's binary form; send one, or JSON with the "
                                                                      "Content-Type application/json"};
        if (!binary && !from.body.empty())
            if (auto ok = parse_message(from.body, request, {.payload_shorthand = shorthand}); !ok) return ok;
    } else {
        auto json = query_as_json(*request.GetDescriptor(), target.query);
        if (!json) return std::move(json.error());
        if (auto ok = parse_message(*json, request); !ok) return ok;
    }
    for (const auto& [field, value] : match.fields) set_text_field(request, field, value);
    return done{};
}

// A start that waits for its run's end says nothing of other starts.
std::string_view timed_as(std::string_view operation_name, bool long_poll) {
    return long_poll && operation_name == "StartWorkflowExecution" ? "ExecuteWorkflow" : operation_name;
}

}  // namespace

http_response refusal(const service_failure& failure, bool pretty, std::chrono::milliseconds retry_after) {
    if (failure.code != status_code::resource_exhausted) retry_after = {};
    return {.status = http_status(failure.code), .body = error_body(failure, pretty, retry_after), .retry_after = retry_after};
}

struct http_handler::implementation : std::enable_shared_from_this<implementation> {
    struct waiting {
        respond_function respond;
        std::string_view operation;
        std::chrono::steady_clock::time_point since;
        answer_form form;
        bool long_poll = false;
    };

    implementation(node_door door, metrics& numbers, logger& lines, readiness_check ready, retry_delay delay)
        : enter(std::move(door)),
          measured(numbers),
          log(lines),
          why_not_ready(std::move(ready)),
          come_back_after(std::move(delay)) {}

    node_door enter;
    metrics& measured;
    logger& log;
    readiness_check why_not_ready;
    retry_delay come_back_after;
    std::unordered_map<std::uint64_t, waiting> waits{};
    std::uint64_t last = 0;
    bool draining = false;

    void handle(http_request request, respond_function respond) {
        auto target = parse_target(request.target);
        if (!target) return respond(refusal(target.error()));
        if (target->path.size() == 1 && serve_probe(request, target->path.front(), respond)) return;
        auto found = find_route(request.verb, target->path);
        if (const auto* other = std::get_if<wrong_verb>(&found))
            return respond(not_with_this_verb(request.verb, target->path, other->allowed));
        const auto* match = std::get_if<route_match>(&found);
        const operation* asked = match == nullptr ? nullptr : find_operation(match->operation);
        if (asked == nullptr)
            return respond(joined(target->path) == worker_stream_path ? upgrade_needed() : no_such_path(target->path));
        call(*asked, request, *target, *match, std::move(respond));
    }

    // What an operator or a probe asks for. True when it was that.
    bool serve_probe(const http_request& request, const std::string& name, const respond_function& respond) {
        if (name != "metrics" && name != "healthz" && name != "readyz") return false;
        if (request.verb != "GET")
            respond(not_with_this_verb(request.verb, {name}, "GET"));
        else if (name == "metrics")
            respond({.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = measured.text()});
        else if (const auto away = name == "readyz" ? not_ready() : std::nullopt)
            respond(refusal(*away));
        else
            respond({.body = R"({"status":"SERVING"})"});
        return true;
    }

    [[nodiscard]] std::optional<service_failure> not_ready() const {
        if (draining) return shutting_down;
        return why_not_ready ? why_not_ready() : std::nullopt;
    }

    static http_response upgrade_needed() {
        http_response response =
            refusal({status_code::invalid_argument, "this is the worker stream: connect to it as a WebSocket"});
        response.status = 426;
        return response;
    }

    void call(const operation& asked, const http_request& from, const request_target& target, const route_match& match,
              respond_function respond) {
        const std::string_view operation_name = asked.name;
        measured.count("service_requests", {{"operation", operation_name}});
        answer_form form = form_of(from, target);
        // gRPC's paths are for programs, which have the messages: payloads there are always written out.
        if (match.fields.empty() && target.path.front() == grpc_service) form.shorthand = false;
        if (draining) return refuse(operation_name, shutting_down, form, respond);
        message_ptr request = asked.make_request();
        if (auto ok = fill(*request, from, target, match, form.shorthand); !ok)
            return refuse(operation_name, ok.error(), form, respond);
        const std::uint64_t number = ++last;
        waits.emplace(number, waiting{.respond = std::move(respond),
                                      .operation = asked.name,
                                      .since = std::chrono::steady_clock::now(),
                                      .form = form,
                                      .long_poll = is_long_poll(*request)});
        asked.call(enter(), std::move(request), [self = weak_from_this(), number](result<message_ptr>&& answer) {
            if (const auto alive = self.lock()) alive->answered(number, std::move(answer));
        });
    }

    void answered(std::uint64_t number, result<message_ptr>&& answer) {
        const auto found = waits.find(number);
        if (found == waits.end()) return;
        const waiting one = std::move(found->second);
        waits.erase(found);
        const std::string_view operation_name = one.operation;
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - one.since;
        measured.observe("service_latency", {{"operation", timed_as(operation_name, one.long_poll)}}, took.count());
        if (!answer) return refuse(operation_name, answer.error(), one.form, one.respond);
        if (one.form.binary) return one.respond({.content_type = protobuf_media_type, .body = (*answer)->SerializeAsString()});
        auto body = print_message(**answer, {.payload_shorthand = one.form.shorthand,
                                             .style = one.form.pretty ? json_style::pretty : json_style::compact});
        if (!body) return refuse(operation_name, body.error(), one.form, one.respond);
        one.respond({.body = *std::move(body)});
    }

    void refuse(std::string_view operation_name, const service_failure& failure, const answer_form& form,
                const respond_function& respond) {
        measured.count("service_errors", {{"operation", operation_name}});
        measured.count("service_errors_with_type", {{"operation", operation_name}, {"error_type", to_string(failure.code)}});
        log.debug("request refused",
                  {{"operation", operation_name}, {"code", to_string(failure.code)}, {"message", failure.message}});
        respond(refusal(failure, form.pretty, come_back_after ? come_back_after() : usual_retry_delay));
    }

    void drain() {
        draining = true;
        std::vector<std::uint64_t> long_polls;
        for (const auto& [number, one] : waits)
            if (one.long_poll) long_polls.push_back(number);
        for (const std::uint64_t number : long_polls) answered(number, shutting_down);
    }
};

http_handler::http_handler(node_door enter, metrics& measured, logger& log, readiness_check why_not_ready, retry_delay delay)
    : implementation_(
          std::make_shared<implementation>(std::move(enter), measured, log, std::move(why_not_ready), std::move(delay))) {}
http_handler::~http_handler() = default;

void http_handler::handle(http_request request, std::function<void(http_response)> respond) {
    implementation_->handle(std::move(request), std::move(respond));
}

void http_handler::drain() { implementation_->drain(); }

std::size_t http_handler::pending() const noexcept { return implementation_->waits.size(); }

}  // namespace perdure::server
