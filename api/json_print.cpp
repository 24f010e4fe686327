#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "api/json.hpp"
#include "api/json_moment.hpp"
#include "api/json_shorthand.hpp"
#include "api/json_time.hpp"
#include "api/payload_error.hpp"

namespace perdure {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// The message as its generated class, if it is one. Cheaper than a dynamic_cast, which most messages would pay for in vain.
template <class Generated>
const Generated* as(const Message& message) {
    if (message.GetDescriptor() != Generated::descriptor()) return nullptr;
    return dynamic_cast<const Generated*>(&message);
}

class printer {
  public:
    printer(std::string& out, const json_print_options& options) : out_(out, options.style), options_(options) {}

    void print(const Message& message);

  private:
    void print_fields(const Message& message);
    void print_any(const google::protobuf::Any& any);
    void print_map(const Message& message, const FieldDescriptor* field);
    void print_single(const Message& message, const FieldDescriptor* field);
    void print_item(const Message& message, const FieldDescriptor* field, int index);
    void print_enum(const FieldDescriptor* field, int number);
    void print_text(const FieldDescriptor* field, const std::string& text);
    void print_real(double value);

    json_writer out_;
    const json_print_options& options_;
    std::size_t depth_ = 0;
};

void printer::print(const Message& message) {
    if (const auto* time = as<google::protobuf::Timestamp>(message)) {
        if (!detail::has_json_form(*time)) throw payload_error("a time lies outside of the years 1 to 9999");
        return out_.text(detail::write_time({time->seconds(), time->nanos()}));
    }
    if (const auto* span = as<google::protobuf::Duration>(message)) {
        if (!detail::has_json_form(*span)) throw payload_error("a duration is longer than 10,000 years, or of two signs");
        return out_.text(detail::write_span({span->seconds(), span->nanos()}));
    }
    if (++depth_ > json_max_depth) throw payload_error("the message is nested deeper than 100 levels");
    if (const auto* any = as<google::protobuf::Any>(message)) {
        print_any(*any);
    } else {
        const auto* payload = options_.payload_shorthand ? as<pb::common::Payload>(message) : nullptr;
        const auto* payloads = options_.payload_shorthand ? as<pb::common::Payloads>(message) : nullptr;
        if (payloads != nullptr) {
            out_.begin_list();
            for (const auto& each : payloads->payloads()) print(each);
            out_.end_list();
        } else if (payload == nullptr || !detail::write_shorthand(*payload, out_)) {
            out_.begin_object();
            print_fields(message);
            out_.end_object();
        }
    }
    --depth_;
}

void printer::print_fields(const Message& message) {
    const Reflection* from = message.GetReflection();
    const auto* type = message.GetDescriptor();
    const google::protobuf::OneofDescriptor* oneof = nullptr;
    const FieldDescriptor* chosen = nullptr;
    for (int i = 0; i < type->field_count(); ++i) {
        const FieldDescriptor* field = type->field(i);
        if (const auto* around = field->real_containing_oneof()) {  // asked once for all of its fields: an event has sixty
            if (around != oneof) chosen = from->GetOneofFieldDescriptor(message, around);
            oneof = around;
            if (field != chosen) continue;
        }
        const int size = field->is_repeated() ? from->FieldSize(message, field) : 0;
        if (field->is_repeated() ? size == 0 : !from->HasField(message, field)) continue;
        out_.key(field->json_name());
        if (field->is_map()) {
            print_map(message, field);
        } else if (field->is_repeated()) {
            out_.begin_list();
            for (int index = 0; index < size; ++index) print_item(message, field, index);
            out_.end_list();
        } else {
            print_single(message, field);
        }
    }
}

void printer::print_any(const google::protobuf::Any& any) {
    out_.begin_object();
    if (!any.type_url().empty()) {
        out_.key("@type");
        out_.text(any.type_url());
        const std::string name = any.type_url().substr(any.type_url().rfind('/') + 1);
        const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
        if (type == nullptr) throw payload_error("the message type " + any.type_url() + " is not part of the contract");
        const std::unique_ptr<Message> held(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
        if (!held->ParseFromString(any.value())) throw payload_error("the bytes of a " + any.type_url() + " are damaged");
        if (type->file()->package() == "google.protobuf") {
            out_.key("value");
            print(*held);
        } else {
            print_fields(*held);
        }
    }
    out_.end_object();
}

std::string map_key(const Message& entry, const FieldDescriptor* key) {
    const Reflection* from = entry.GetReflection();
    switch (key->cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING:
            return from->GetString(entry, key);
        case FieldDescriptor::CPPTYPE_INT32:
            return std::to_string(from->GetInt32(entry, key));
        case FieldDescriptor::CPPTYPE_INT64:
            return std::to_string(from->GetInt64(entry, key));
        case FieldDescriptor::CPPTYPE_UINT32:
            return std::to_string(from->GetUInt32(entry, key));
        case FieldDescriptor::CPPTYPE_UINT64:
            return std::to_string(from->GetUInt64(entry, key));
        default:
            return from->GetBool(entry, key) ? "true" : "false";
    }
}

void printer::print_map(const Message& message, const FieldDescriptor* field) {
    const Reflection* from = message.GetReflection();
    std::vector<std::pair<std::string, const Message*>> entries;
    for (int index = 0; index < from->FieldSize(message, field); ++index) {
        const Message& entry = from->GetRepeatedMessage(message, field, index);
        entries.emplace_back(map_key(entry, field->message_type()->map_key()), &entry);
    }
    std::sort(entries.begin(), entries.end());  // maps have no order of their own
    out_.begin_object();
    for (const auto& [key, entry] : entries) {
        out_.key(key);
        print_single(*entry, field->message_type()->map_value());
    }
    out_.end_object();
}

void printer::print_enum(const FieldDescriptor* field, int number) {
    const auto* value = field->enum_type()->FindValueByNumber(number);
    value == nullptr ? out_.number(number) : out_.text(value->name());
}

void printer::print_text(const FieldDescriptor* field, const std::string& text) {
    field->type() == FieldDescriptor::TYPE_BYTES ? out_.bytes(text) : out_.text(text);
}

void printer::print_real(double value) {
    if (std::isnan(value)) return out_.text("NaN");
    if (std::isinf(value)) return out_.text(value > 0 ? "Infinity" : "-Infinity");
    out_.number(value);
}

void printer::print_single(const Message& message, const FieldDescriptor* field) {
    const Reflection* from = message.GetReflection();
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32:
            return out_.number(from->GetInt32(message, field));
        case FieldDescriptor::CPPTYPE_INT64:
            return out_.text(std::to_string(from->GetInt64(message, field)));
        case FieldDescriptor::CPPTYPE_UINT32:
            return out_.number(from->GetUInt32(message, field));
        case FieldDescriptor::CPPTYPE_UINT64:
            return out_.text(std::to_string(from->GetUInt64(message, field)));
        case FieldDescriptor::CPPTYPE_DOUBLE:
            return print_real(from->GetDouble(message, field));
        case FieldDescriptor::CPPTYPE_FLOAT: {
            const float value = from->GetFloat(message, field);
            return std::isfinite(value) ? out_.number(value) : print_real(static_cast<double>(value));
        }
        case FieldDescriptor::CPPTYPE_BOOL:
            return out_.boolean(from->GetBool(message, field));
        case FieldDescriptor::CPPTYPE_ENUM:
            return print_enum(field, from->GetEnumValue(message, field));
        case FieldDescriptor::CPPTYPE_STRING:
            return print_text(field, from->GetString(message, field));
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return print(from->GetMessage(message, field));
    }
}

void printer::print_item(const Message& message, const FieldDescriptor* field, int index) {
    const Reflection* from = message.GetReflection();
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32:
            return out_.number(from->GetRepeatedInt32(message, field, index));
        case FieldDescriptor::CPPTYPE_INT64:
            return out_.text(std::to_string(from->GetRepeatedInt64(message, field, index)));
        case FieldDescriptor::CPPTYPE_UINT32:
            return out_.number(from->GetRepeatedUInt32(message, field, index));
        case FieldDescriptor::CPPTYPE_UINT64:
            return out_.text(std::to_string(from->GetRepeatedUInt64(message, field, index)));
        case FieldDescriptor::CPPTYPE_DOUBLE:
            return print_real(from->GetRepeatedDouble(message, field, index));
        case FieldDescriptor::CPPTYPE_FLOAT:
            return print_real(static_cast<double>(from->GetRepeatedFloat(message, field, index)));
        case FieldDescriptor::CPPTYPE_BOOL:
            return out_.boolean(from->GetRepeatedBool(message, field, index));
        case FieldDescriptor::CPPTYPE_ENUM:
            return print_enum(field, from->GetRepeatedEnumValue(message, field, index));
        case FieldDescriptor::CPPTYPE_STRING:
            return print_text(field, from->GetRepeatedString(message, field, index));
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return print(from->GetRepeatedMessage(message, field, index));
    }
}

}  // namespace

result<std::string> print_message(const Message& message, const json_print_options& options) {
    std::string text;
    try {
        printer(text, options).print(message);
    } catch (const payload_error& e) {
        return service_failure{status_code::invalid_argument,
                               message.GetDescriptor()->name() + " has no JSON form: " + std::string(e.what())};
    }
    return text;
}

}  // namespace perdure
