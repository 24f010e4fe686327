#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <set>

#include "api/base64.hpp"
#include "api/json.hpp"
#include "api/json_enum.hpp"
#include "api/json_message.hpp"
#include "api/json_reader.hpp"
#include "api/json_shape.hpp"
#include "api/json_shorthand.hpp"
#include "api/json_time.hpp"

namespace perdure {
namespace {

using detail::json_position;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// Ends the reading; never leaves this file.
struct refusal {
    std::string message;
};

[[noreturn]] void refuse(const json_position& at, const std::string& reason) {
    const std::string path = at.path();
    throw refusal{path.empty() ? "the message " + reason : "field \"" + path + "\" " + reason};
}

[[noreturn]] void refuse_value(const json_position& at, std::string_view expected, const json_value& found) {
    refuse(at, "must be " + std::string(expected) + ", but is " + found.describe());
}

const std::string& text_of(const json_position& at, std::string_view expected, const json_value& in) {
    if (in.if_text() == nullptr) refuse_value(at, expected, in);
    return *in.if_text();
}

/// A whole number, also one in quotes, as JSON writes 64 bits.
template <class Number>
Number read_integer(const json_value& in, const json_position& at) {
    constexpr std::string_view expected = std::is_signed_v<Number> ? "an integer" : "an integer of 0 or more";
    const auto too_large = [&] { refuse(at, "is out of range: " + in.describe() + " does not fit the field"); };
    if (const auto* whole = in.if_signed()) {
        if (!std::in_range<Number>(*whole)) too_large();
        return static_cast<Number>(*whole);
    }
    if (const auto* natural = in.if_unsigned()) {
        if (!std::in_range<Number>(*natural)) too_large();
        return static_cast<Number>(*natural);
    }
    if (const double* real = in.if_real()) {
        if (std::trunc(*real) != *real) refuse_value(at, expected, in);
        if (std::abs(*real) > 9.0e15 || !std::in_range<Number>(static_cast<std::int64_t>(*real))) too_large();
        return static_cast<Number>(*real);
    }
    const std::string& text = text_of(at, expected, in);
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) too_large();
    if (error != std::errc() || end != text.data() + text.size()) refuse_value(at, expected, in);
    return value;
}

double read_real(const json_value& in, const json_position& at) {
    if (const double* real = in.if_real()) return *real;
    if (const auto* whole = in.if_signed()) return static_cast<double>(*whole);
    if (const auto* natural = in.if_unsigned()) return static_cast<double>(*natural);
    const std::string& text = text_of(at, "a number", in);
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) refuse_value(at, "a number", in);
    return value;
}

float read_float(const json_value& in, const json_position& at) {
    const double value = read_real(in, at);
    if (std::isfinite(value) && std::abs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
        refuse(at, "is out of range: " + in.describe() + " does not fit the field");
    }
    return static_cast<float>(value);
}

bool read_bool(const json_value& in, const json_position& at) {
    if (in.if_bool() == nullptr) refuse_value(at, "true or false", in);
    return *in.if_bool();
}

std::string read_bytes(const json_value& in, const json_position& at) {
    auto bytes = from_base64(text_of(at, "bytes in base64", in));
    if (!bytes) refuse_value(at, "bytes in base64", in);
    return std::move(*bytes);
}

class reader {
  public:
    explicit reader(const json_parse_options& options) : options_(options) {}

    void read(const json_value& in, Message& into, const json_position& at) const;

  private:
    void read_fields(const json_value::object& members, Message& into, const json_position& at) const;
    void read_field(const json_value& in, Message& into, const FieldDescriptor* field, const json_position& at) const;
    void read_map(const json_value& in, Message& into, const FieldDescriptor* field, const json_position& at) const;
    void read_any(const json_value& in, google::protobuf::Any& into, const json_position& at) const;
    /// Sets the field, or adds to it when it is repeated.
    void put(const json_value& in, Message& into, const FieldDescriptor* field, const json_position& at) const;

    const json_parse_options& options_;
};

std::string names_of(const Descriptor* type) {
    std::string names;
    for (int i = 0; i < type->field_count(); ++i) names += (i == 0 ? "" : ", ") + type->field(i)->json_name();
    return names.empty() ? "It has no fields." : "Its fields are " + names + '.';
}

void reader::read(const json_value& in, Message& into, const json_position& at) const {
    if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(&into)) {
        constexpr std::string_view expected = "a time such as \"2026-01-31T08:30:00Z\", in the years 1 to 9999";
        const bool read = google::protobuf::util::TimeUtil::FromString(text_of(at, expected, in), time);
        if (!read || !detail::has_json_form(*time)) refuse_value(at, expected, in);
        return;
    }
    if (auto* span = dynamic_cast<google::protobuf::Duration*>(&into)) {
        constexpr std::string_view expected = "a duration in seconds such as \"1.5s\", of at most 10,000 years";
        using google::protobuf::util::TimeUtil;
        const bool read = TimeUtil::FromString(text_of(at, expected, in), span);
        if (!read || std::abs(span->seconds()) > TimeUtil::kDurationMaxSeconds) refuse_value(at, expected, in);
        return;
    }
    if (auto* any = dynamic_cast<google::protobuf::Any*>(&into)) return read_any(in, *any, at);
    if (options_.payload_shorthand) {
        auto* payload = dynamic_cast<pb::common::Payload*>(&into);
        if (payload != nullptr && !detail::is_full_payload(in)) return detail::read_shorthand(in, *payload);
        auto* payloads = dynamic_cast<pb::common::Payloads*>(&into);
        if (payloads != nullptr && in.if_list() != nullptr) {
            std::size_t index = 0;
            for (const json_value& item : *in.if_list()) read(item, *payloads->add_payloads(), at.item(index++));
            return;
        }
    }
    if (in.if_object() == nullptr) refuse_value(at, "an object", in);
    read_fields(*in.if_object(), into, at);
}

void reader::read_fields(const json_value::object& members, Message& into, const json_position& at) const {
    std::vector<const FieldDescriptor*> seen;
    const Descriptor* type = into.GetDescriptor();
    for (const json_member& member : members) {
        const json_position here = at.member(member.name);
        const FieldDescriptor* field = detail::find_json_field(*type, member.name);
        if (field == nullptr) {
            if (options_.unknown == unknown_fields::ignore) continue;
            refuse(here, "is not known to " + type->name() + ". " + names_of(type));
        }
        if (std::find(seen.begin(), seen.end(), field) != seen.end()) refuse(here, "is given twice; keep one");
        seen.push_back(field);
        const bool null_payload = options_.payload_shorthand && field->message_type() == pb::common::Payload::descriptor();
        if (member.value.is_null() && (!null_payload || field->is_repeated())) continue;  // as if it were absent
        if (const auto* oneof = field->real_containing_oneof(); oneof != nullptr && into.GetReflection()->HasOneof(into, oneof)) {
            const auto* other = into.GetReflection()->GetOneofFieldDescriptor(into, oneof);
            refuse(here, "cannot be set together with \"" + other->json_name() + "\"; keep one of them");
        }
        read_field(member.value, into, field, here);
    }
}

void reader::read_field(const json_value& in, Message& into, const FieldDescriptor* field, const json_position& at) const {
    if (field->is_map()) return read_map(in, into, field, at);
    if (!field->is_repeated()) return put(in, into, field, at);
    if (in.if_list() == nullptr) refuse_value(at, "a list", in);
    std::size_t index = 0;
    for (const json_value& item : *in.if_list()) put(item, into, field, at.item(index++));
}

void reader::read_map(const json_value& in, Message& into, const FieldDescriptor* field, const json_position& at) const {
    if (in.if_object() == nullptr) refuse_value(at, "an object", in);
    const FieldDescriptor* key = field->message_type()->map_key();
    const FieldDescriptor* value = field->message_type()->map_value();
    std::set<std::string_view> seen;
    for (const json_member& member : *in.if_object()) {
        const json_position here = at.member(member.name);
        if (!seen.insert(member.name).second) refuse(here, "is given twice; keep one");
        Message* entry = into.GetReflection()->AddMessage(&into, field);
        // Every key type is written in quotes; a bool is the only one that put() would not read so.
        if (key->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
            put(json_value(member.name == "true"), *entry, key, here);
        } else {
            put(json_value(member.name), *entry, key, here);
        }
        put(member.value, *entry, value, here);
    }
}

void reader::read_any(const json_value& in, google::protobuf::Any& into, const json_position& at) const {
    if (in.if_object() == nullptr) refuse_value(at, "an object with \"@type\"", in);
    if (in.if_object()->empty()) return;
    const json_value* type = in.find("@type");
    if (type == nullptr || type->if_text() == nullptr) refuse(at, "needs the member \"@type\", the URL of a message type");
    const std::string& url = *type->if_text();
    const Descriptor* known =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(url.substr(url.rfind('/') + 1));
    if (known == nullptr) refuse(at.member("@type"), "names a message type that is not part of the contract: " + url);
    const std::unique_ptr<Message> held(google::protobuf::MessageFactory::generated_factory()->GetPrototype(known)->New());
    if (known->file()->package() == "google.protobuf") {
        const json_value* value = in.find("value");
        if (value == nullptr) refuse(at, "needs the member \"value\"");
        read(*value, *held, at.member("value"));
    } else {
        json_value::object rest;
        for (const json_member& member : *in.if_object()) {
            if (member.name != "@type") rest.push_back(member);
        }
        read_fields(rest, *held, at);
    }
    into.set_type_url(url);
    if (!held->SerializeToString(into.mutable_value())) refuse(at, "cannot be written as bytes");
}

void reader::put(const json_value& in, Message& into, const FieldDescriptor* field, const json_position& at) const {
    const Reflection* to = into.GetReflection();
    const bool repeated = field->is_repeated();
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32: {
            const auto value = read_integer<std::int32_t>(in, at);
            return repeated ? to->AddInt32(&into, field, value) : to->SetInt32(&into, field, value);
        }
        case FieldDescriptor::CPPTYPE_INT64: {
            const auto value = read_integer<std::int64_t>(in, at);
            return repeated ? to->AddInt64(&into, field, value) : to->SetInt64(&into, field, value);
        }
        case FieldDescriptor::CPPTYPE_UINT32: {
            const auto value = read_integer<std::uint32_t>(in, at);
            return repeated ? to->AddUInt32(&into, field, value) : to->SetUInt32(&into, field, value);
        }
        case FieldDescriptor::CPPTYPE_UINT64: {
            const auto value = read_integer<std::uint64_t>(in, at);
            return repeated ? to->AddUInt64(&into, field, value) : to->SetUInt64(&into, field, value);
        }
        case FieldDescriptor::CPPTYPE_DOUBLE: {
            const double value = read_real(in, at);
            return repeated ? to->AddDouble(&into, field, value) : to->SetDouble(&into, field, value);
        }
        case FieldDescriptor::CPPTYPE_FLOAT: {
            const float value = read_float(in, at);
            return repeated ? to->AddFloat(&into, field, value) : to->SetFloat(&into, field, value);
        }
        case FieldDescriptor::CPPTYPE_BOOL: {
            const bool value = read_bool(in, at);
            return repeated ? to->AddBool(&into, field, value) : to->SetBool(&into, field, value);
        }
        case FieldDescriptor::CPPTYPE_ENUM: {
            const detail::enum_reading found = detail::read_enum_value(*field->enum_type(), in);
            if (!found.known && options_.unknown == unknown_fields::refuse) {
                refuse_value(at, detail::enum_choices(*field->enum_type()), in);
            }
            if (!found.number) return;  // an unknown name: left at its default
            return repeated ? to->AddEnumValue(&into, field, *found.number) : to->SetEnumValue(&into, field, *found.number);
        }
        case FieldDescriptor::CPPTYPE_STRING: {
            std::string value = field->type() == FieldDescriptor::TYPE_BYTES ? read_bytes(in, at) : text_of(at, "a text", in);
            return repeated ? to->AddString(&into, field, std::move(value)) : to->SetString(&into, field, std::move(value));
        }
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return read(in, repeated ? *to->AddMessage(&into, field) : *to->MutableMessage(&into, field), at);
    }
}

/// What is read in one pass is not built up as a json_value; the reader above is for all else, and for what to say about it.
bool reads_whole(std::string_view json, Message& into, const json_parse_options& options) {
    constexpr std::string_view spaces = " \n\r\t";
    json.remove_prefix(std::min(json.find_first_not_of(spaces), json.size()));
    const std::size_t read = detail::read_quickly(json, into, options);
    return read != 0 && json.find_first_not_of(spaces, read) == std::string_view::npos;
}

}  // namespace

result<done> parse_message(const json_value& json, Message& into, const json_parse_options& options) {
    into.Clear();
    try {
        reader(options).read(json, into, json_position(nullptr));
        return done{};
    } catch (const refusal& e) {
        return service_failure{status_code::invalid_argument, e.message};
    } catch (const payload_error& e) {  // a shorthand payload that cannot be written as JSON again
        return service_failure{status_code::invalid_argument, e.what()};
    }
}

result<done> parse_message(std::string_view json, Message& into, const json_parse_options& options) {
    if (options.max_bytes != 0 && json.size() > options.max_bytes) {
        return service_failure{status_code::invalid_argument, "the JSON has " + std::to_string(json.size()) +
                                                                  " bytes; the limit is " + std::to_string(options.max_bytes)};
    }
    if (reads_whole(json, into, options)) return done{};
    const result<json_value> value = parse_json(json);
    if (!value) return value.error();
    return parse_message(*value, into, options);
}

}  // namespace perdure
