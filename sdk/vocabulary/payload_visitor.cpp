#include "sdk/vocabulary/payload_visitor.hpp"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "temporal/update.pb.h"

namespace perdure::detail {
namespace {

using google::protobuf::Any;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;

/// For each type of the contract that can hold payloads: the fields that lead to them.
class payload_map {
  public:
    static const payload_map& instance() {
        static const payload_map made;
        return made;
    }

    [[nodiscard]] const std::vector<const FieldDescriptor*>* find(const Descriptor* type) const {
        const auto found = fields_.find(type);
        return found == fields_.end() ? nullptr : &found->second;
    }

  private:
    payload_map() {
        std::set<const FileDescriptor*> files;
        add_file(pb::worker::FromWorker::descriptor()->file(), files);
        add_file(temporal::api::update::v1::Request::descriptor()->file(), files);
        std::vector<const Descriptor*> types;
        for (const FileDescriptor* file : files)
            for (int i = 0; i < file->message_type_count(); ++i) add_type(file->message_type(i), types);

        // Types hold each other and themselves, so this goes on until nothing new is found.
        std::set<const Descriptor*> leading{pb::common::Payload::descriptor(), Any::descriptor()};
        const auto leads = [&](const FieldDescriptor* field) {
            return field->message_type() != nullptr && leading.contains(field->message_type());
        };
        for (bool found = true; found;) {
            found = false;
            for (const Descriptor* type : types) {
                if (leading.contains(type) || is_read_by_the_server(type)) continue;
                for (int i = 0; i < type->field_count() && !leading.contains(type); ++i)
                    if (leads(type->field(i))) found = leading.insert(type).second;
            }
        }
        for (const Descriptor* type : types) {
            if (!leading.contains(type) || type == pb::common::Payload::descriptor()) continue;
            for (int i = 0; i < type->field_count(); ++i)
                if (leads(type->field(i))) fields_[type].push_back(type->field(i));
        }
    }

    static void add_file(const FileDescriptor* file, std::set<const FileDescriptor*>& files) {
        if (!files.insert(file).second) return;
        for (int i = 0; i < file->dependency_count(); ++i) add_file(file->dependency(i), files);
    }
    static void add_type(const Descriptor* type, std::vector<const Descriptor*>& types) {
        types.push_back(type);
        for (int i = 0; i < type->nested_type_count(); ++i) add_type(type->nested_type(i), types);
    }

    static bool is_read_by_the_server(const Descriptor* type) {
        // The values by which a count was grouped are those of search attributes.
        return type == pb::common::SearchAttributes::descriptor() ||
               type == pb::service::CountWorkflowExecutionsResponse::AggregationGroup::descriptor();
    }

    std::unordered_map<const Descriptor*, std::vector<const FieldDescriptor*>> fields_;
};

void walk(Message& message, payload_visitor& visitor);

void walk_any(Any& packed, payload_visitor& visitor) {
    const std::string& url = packed.type_url();
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    const Descriptor* type = pool->FindMessageTypeByName(url.substr(url.rfind('/') + 1));
    if (type == nullptr || payload_map::instance().find(type) == nullptr) return;
    const std::unique_ptr<Message> held(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    if (!held->ParseFromString(packed.value())) return;
    walk(*held, visitor);
    packed.set_value(held->SerializeAsString());
}

template <class Entered>
void walk_inside(Entered& message, payload_visitor& visitor) {
    visitor.enter(message);
    walk(message, visitor);
    visitor.leave(message);
}

void walk_message(Message& message, payload_visitor& visitor) {
    const Descriptor* type = message.GetDescriptor();
    if (type == pb::common::Payload::descriptor()) return visitor.visit_one(static_cast<pb::common::Payload&>(message));
    if (type == pb::common::Payloads::descriptor()) {
        auto& values = *static_cast<pb::common::Payloads&>(message).mutable_payloads();
        if (!values.empty()) visitor.visit_list(values);
        return;
    }
    if (type == Any::descriptor()) return walk_any(static_cast<Any&>(message), visitor);
    if (type == pb::failure::Failure::descriptor()) return walk_inside(static_cast<pb::failure::Failure&>(message), visitor);
    if (type == pb::sdk::UserMetadata::descriptor()) return walk_inside(static_cast<pb::sdk::UserMetadata&>(message), visitor);
    walk(message, visitor);
}

void walk(Message& message, payload_visitor& visitor) {
    const auto* fields = payload_map::instance().find(message.GetDescriptor());
    if (fields == nullptr) return;
    const auto* reflection = message.GetReflection();
    for (const FieldDescriptor* field : *fields) {
        if (!field->is_repeated()) {
            if (reflection->HasField(message, field)) walk_message(*reflection->MutableMessage(&message, field), visitor);
            continue;
        }
        // The entries of a map come here too, as messages with a key and a value.
        const int size = reflection->FieldSize(message, field);
        for (int i = 0; i < size; ++i) walk_message(*reflection->MutableRepeatedMessage(&message, field, i), visitor);
    }
}

}  // namespace

void visit_payloads(Message& message, payload_visitor& visitor) { walk_message(message, visitor); }

}  // namespace perdure::detail
