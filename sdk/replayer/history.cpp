#include <utility>

#include <perdure/replayer.hpp>

#include "api/json.hpp"
#include "api/proto_bytes.hpp"
#include "sdk/replayer/history_content.hpp"
#include "sdk/replayer/mapped_file.hpp"

namespace perdure {

namespace detail {

history_content::history_content(event_source& source, std::string name) : name_(std::move(name)) {
    event_order order(name_);
    while (source.next(*events_.add_events())) order.check(*events_.events().rbegin());
    events_.mutable_events()->RemoveLast();
    order.finish();
}

}  // namespace detail

history history::from_json_file(const std::filesystem::path& file) {
    const detail::mapped_file mapped(file);
    return from_json(mapped.bytes(), file.string());
}

history history::from_json(std::string_view json, std::string name) {
    const auto source = detail::json_events(json, name);
    return history(std::make_shared<const detail::history_content>(*source, std::move(name)));
}

history history::from_file(const std::filesystem::path& file) {
    const detail::mapped_file mapped(file);
    const auto source = detail::any_events(mapped.bytes(), file.string());
    return history(std::make_shared<const detail::history_content>(*source, file.string()));
}

history history::from_binary(std::string_view bytes, std::string name) {
    const auto source = detail::binary_events(bytes, name);
    return history(std::make_shared<const detail::history_content>(*source, std::move(name)));
}

const std::string& history::name() const noexcept { return held_->name(); }
const std::string& history::workflow_type() const noexcept { return held_->workflow_type(); }
std::size_t history::size() const noexcept { return static_cast<std::size_t>(held_->events().events_size()); }

std::string history::to_json() const {
    auto text = print_history(held_->events());
    if (!text) throw history_error(history_trouble::malformed, name() + " cannot be written as JSON: " + text.error().message);
    return *std::move(text);
}

std::string history::to_binary() const { return deterministic_bytes(held_->events()); }

}  // namespace perdure
