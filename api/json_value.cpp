#include "api/json_value.hpp"

#include <nlohmann/json.hpp>

#include "api/json_quick.hpp"
#include "api/json_writer.hpp"

namespace perdure {

bool operator==(const json_value& left, const json_value& right) noexcept { return left.held_ == right.held_; }

const json_value* json_value::find(std::string_view name) const noexcept {
    const object* members = if_object();
    if (members == nullptr) return nullptr;
    for (auto at = members->rbegin(); at != members->rend(); ++at) {
        if (at->name == name) return &at->value;
    }
    return nullptr;
}

std::string json_value::describe() const {
    if (is_null()) return "null";
    if (const bool* value = if_bool()) return *value ? "true" : "false";
    if (if_list() != nullptr) return "a list";
    if (if_object() != nullptr) return "an object";
    if (const std::string* value = if_text()) {
        constexpr std::size_t shown = 40;
        if (value->size() <= shown) return "the text \"" + *value + '"';
        std::size_t cut = shown;  // a character is not cut in two
        while (cut > 0 && (static_cast<unsigned char>((*value)[cut]) & 0xC0U) == 0x80U) --cut;
        return "the text \"" + value->substr(0, cut) + "...\"";
    }
    return "the number " + write_json(*this);
}

namespace {

/// Builds the value from nlohmann's events. The parser itself does not recurse; the depth is bounded here.
class builder : public nlohmann::json_sax<nlohmann::json> {
  public:
    explicit builder(std::size_t max_depth) : max_depth_(max_depth) {}

    bool null() override { return add(json_value{}); }
    bool boolean(bool value) override { return add(json_value{value}); }
    bool number_integer(std::int64_t value) override { return add(json_value{value}); }
    bool number_unsigned(std::uint64_t value) override { return add(json_value{value}); }
    bool number_float(double value, const std::string& /*text*/) override { return add(json_value{value}); }
    bool string(std::string& value) override { return add(json_value{std::move(value)}); }
    bool binary(nlohmann::json::binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*size*/) override { return open(json_value{json_value::object{}}); }
    bool start_array(std::size_t /*size*/) override { return open(json_value{json_value::list{}}); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(std::string& name) override {
        open_.back().if_object()->push_back({std::move(name), {}});
        return true;
    }
    bool parse_error(std::size_t position, const std::string& /*token*/, const nlohmann::json::exception& why) override {
        std::string_view text = why.what();
        if (const auto bracket = text.find("] "); bracket != std::string_view::npos) text.remove_prefix(bracket + 2);
        if (text.starts_with("parse error")) {
            if (const auto colon = text.find(": "); colon != std::string_view::npos) text.remove_prefix(colon + 2);
        }
        error_ = "malformed JSON at byte " + std::to_string(position) + ": " + std::string(text);
        return false;
    }

    [[nodiscard]] std::string error() && { return std::move(error_); }
    [[nodiscard]] json_value value() && { return std::move(root_); }

  private:
    bool add(json_value value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (json_value::list* items = open_.back().if_list()) {
            items->push_back(std::move(value));
        } else {
            open_.back().if_object()->back().value = std::move(value);
        }
        return true;
    }
    bool open(json_value value) {
        if (open_.size() >= max_depth_) {
            error_ = "JSON is nested deeper than " + std::to_string(max_depth_) + " levels; send a flatter value";
            return false;
        }
        open_.push_back(std::move(value));
        return true;
    }
    bool close() {
        json_value value = std::move(open_.back());
        open_.pop_back();
        return add(std::move(value));
    }

    std::size_t max_depth_;
    std::vector<json_value> open_;
    json_value root_;
    std::string error_;
};

}  // namespace

result<json_value> parse_json(std::string_view text, std::size_t max_depth) {
    if (auto plain = detail::quick_json(text, max_depth)) return *std::move(plain);
    builder build(max_depth);
    try {
        if (nlohmann::json::sax_parse(text, &build)) return std::move(build).value();
    } catch (const nlohmann::json::exception& e) {  // numbers out of range are thrown, not reported
        return service_failure{status_code::invalid_argument, std::string("malformed JSON: ") + e.what()};
    }
    return service_failure{status_code::invalid_argument, std::move(build).error()};
}

}  // namespace perdure
