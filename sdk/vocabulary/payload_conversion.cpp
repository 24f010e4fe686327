#include "sdk/vocabulary/payload_conversion.hpp"

#include <algorithm>
#include <exception>
#include <ranges>
#include <stdexcept>
#include <typeinfo>
#include <utility>
#include <vector>

#include "api/failure.hpp"
#include "api/payload.hpp"
#include "sdk/vocabulary/failure_attributes.hpp"
#include "sdk/vocabulary/failure_conversion.hpp"
#include "sdk/vocabulary/hidden_site.hpp"
#include "sdk/vocabulary/payload_visitor.hpp"

namespace perdure::detail {
namespace {

using google::protobuf::RepeatedPtrField;
using codec_list = std::vector<std::shared_ptr<payload_codec>>;

/// The sentence for a user's codec that failed.
class codec_trouble : public std::runtime_error {
  public:
    codec_trouble(const payload_codec& which, const std::string& what)
        : std::runtime_error("the payload codec " + demangled(typeid(which).name()) + " " + what) {}
};

/// One call of a codec, with its mistakes told: `verb` is "encode" or "decode".
template <class Call>
std::vector<raw_payload> told(const payload_codec& codec, const std::string& verb, bool exactly_one, const Call& call) {
    std::vector<raw_payload> made;
    try {
        made = call();
    } catch (const std::exception& thrown) {
        throw codec_trouble(codec, "could not " + verb + " a value: " + thrown.what());
    } catch (...) {
        throw codec_trouble(codec, "could not " + verb + " a value: " + describe_exception(std::current_exception()));
    }
    if (made.empty() || (exactly_one && made.size() != 1))
        throw codec_trouble(codec, "was to " + verb + (exactly_one ? " one value" : " a list of values") + " and returned " +
                                       std::to_string(made.size()));
    return made;
}

/// Takes lists of payloads through all codecs, whatever the direction.
class chain_visitor : public payload_visitor {
  public:
    explicit chain_visitor(const codec_list& codecs) : codecs_(codecs) {}

    void visit_list(RepeatedPtrField<pb::common::Payload>& values) override {
        if (codecs_.empty()) return;
        std::vector<raw_payload> list;
        list.reserve(static_cast<std::size_t>(values.size()));
        for (auto& value : values) list.push_back(perdure::from_proto(std::move(value)));
        list = convert_values(std::move(list), false);
        values.Clear();
        for (auto& value : list) *values.Add() = perdure::to_proto(std::move(value));
    }
    void visit_one(pb::common::Payload& value) override {
        if (codecs_.empty()) return;
        std::vector<raw_payload> list;
        list.push_back(perdure::from_proto(std::move(value)));
        value = perdure::to_proto(std::move(convert_values(std::move(list), true).front()));
    }

  protected:
    [[nodiscard]] const codec_list& codecs() const noexcept { return codecs_; }

  private:
    virtual std::vector<raw_payload> convert_values(std::vector<raw_payload> values, bool exactly_one) = 0;

    const codec_list& codecs_;
};

class encoding_visitor final : public chain_visitor {
  public:
    encoding_visitor(const codec_list& codecs, bool failures) : chain_visitor(codecs), failures_(failures) {}
    void enter(pb::failure::Failure& failure) override {
        // Whoever looks for the missing key has none to read this with.
        const bool told_in_clear = failure.application_failure_info().type() == payload_codec_failed;
        if (failures_ && !told_in_clear) hide_attributes(failure);
    }
    void enter(pb::sdk::UserMetadata& metadata) override {
        if (!codecs().empty()) hide_site(metadata);
    }

  private:
    std::vector<raw_payload> convert_values(std::vector<raw_payload> values, bool exactly_one) override {
        for (const auto& codec : std::views::reverse(codecs()))
            values = told(*codec, "encode", exactly_one, [&] { return codec->encode(std::move(values)); });
        return values;
    }

    bool failures_;
};

class decoding_visitor final : public chain_visitor {
  public:
    using chain_visitor::chain_visitor;
    void leave(pb::failure::Failure& failure) override { restore_attributes(failure); }
    void leave(pb::sdk::UserMetadata& metadata) override { restore_site(metadata); }

  private:
    std::vector<raw_payload> convert_values(std::vector<raw_payload> values, bool exactly_one) override {
        for (const auto& codec : codecs())
            values = told(*codec, "decode", exactly_one, [&] { return codec->decode(std::move(values)); });
        return values;
    }
};

std::optional<std::string> trouble_of(google::protobuf::Message& message, payload_visitor& visitor) {
    try {
        visit_payloads(message, visitor);
        return std::nullopt;
    } catch (const codec_trouble& trouble) {
        return trouble.what();
    }
}

}  // namespace

payload_conversion::payload_conversion(data_conversion how) : how_(std::move(how)) {}

std::shared_ptr<const payload_conversion> payload_conversion::of(data_conversion how) {
    if (std::ranges::find(how.codecs, nullptr) != how.codecs.end())
        throw std::invalid_argument("data_conversion.codecs holds a null pointer");
    if (how.codecs.empty() && !how.encode_failures) return nullptr;
    return std::shared_ptr<const payload_conversion>(new payload_conversion(std::move(how)));
}

std::optional<std::string> payload_conversion::encode(google::protobuf::Message& message) const {
    encoding_visitor visitor(how_.codecs, how_.encode_failures);
    return trouble_of(message, visitor);
}

std::optional<std::string> payload_conversion::decode(google::protobuf::Message& message) const {
    decoding_visitor visitor(how_.codecs);
    return trouble_of(message, visitor);
}

pb::failure::Failure make_codec_failure(std::string sentence) {
    pb::failure::Failure failure =
        make_application_failure({.type = payload_codec_failed, .message = std::move(sentence), .non_retryable = false});
    failure.set_source("perdure-cpp");
    return failure;
}

}  // namespace perdure::detail
