#include "tests/unit/histories/event_maker.hpp"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <cctype>

namespace perdure {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Failures have causes that have causes.
constexpr int deepest = 6;

void fill(Message& message, int depth);

void set_single(Message& message, const FieldDescriptor* field, int depth, int which) {
    const auto* to = message.GetReflection();
    const bool add = field->is_repeated();
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32:
            return add ? to->AddInt32(&message, field, 7 + which) : to->SetInt32(&message, field, 7 + which);
        case FieldDescriptor::CPPTYPE_INT64:
            return add ? to->AddInt64(&message, field, 5'000'000'000 + which)
                       : to->SetInt64(&message, field, 5'000'000'000 + which);
        case FieldDescriptor::CPPTYPE_UINT32:
            return add ? to->AddUInt32(&message, field, 3 + which) : to->SetUInt32(&message, field, 3 + which);
        case FieldDescriptor::CPPTYPE_UINT64:
            return add ? to->AddUInt64(&message, field, ~0ULL - which) : to->SetUInt64(&message, field, ~0ULL - which);
        case FieldDescriptor::CPPTYPE_DOUBLE:
            return add ? to->AddDouble(&message, field, 0.1) : to->SetDouble(&message, field, 0.1);
        case FieldDescriptor::CPPTYPE_FLOAT:
            return add ? to->AddFloat(&message, field, 0.1F) : to->SetFloat(&message, field, 0.1F);
        case FieldDescriptor::CPPTYPE_BOOL:
            return add ? to->AddBool(&message, field, true) : to->SetBool(&message, field, true);
        case FieldDescriptor::CPPTYPE_ENUM: {
            const auto* type = field->enum_type();
            const int value = type->value(std::min(1 + which, type->value_count() - 1))->number();
            return add ? to->AddEnumValue(&message, field, value) : to->SetEnumValue(&message, field, value);
        }
        case FieldDescriptor::CPPTYPE_STRING: {
            const bool bytes = field->type() == FieldDescriptor::TYPE_BYTES;
            std::string value = bytes ? std::string("\0\xFF<", 3) : "ö \"" + field->name() + "\"\n" + std::to_string(which);
            return add ? to->AddString(&message, field, std::move(value)) : to->SetString(&message, field, std::move(value));
        }
        case FieldDescriptor::CPPTYPE_MESSAGE:
            if (depth < deepest) fill(add ? *to->AddMessage(&message, field) : *to->MutableMessage(&message, field), depth + 1);
            return;
    }
}

void fill_map(Message& message, const FieldDescriptor* field, int depth) {
    for (int i = 0; i < 2; ++i) {
        Message* entry = message.GetReflection()->AddMessage(&message, field);
        set_single(*entry, field->message_type()->map_key(), depth, i);
        set_single(*entry, field->message_type()->map_value(), depth, i);
    }
}

void fill(Message& message, int depth) {
    if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(&message)) {
        time->set_seconds(1'700'000'000);
        time->set_nanos(123'456'789);
        return;
    }
    if (auto* span = dynamic_cast<google::protobuf::Duration*>(&message)) {
        span->set_seconds(90);
        span->set_nanos(500'000'000);
        return;
    }
    if (auto* payload = dynamic_cast<pb::common::Payload*>(&message)) {
        (*payload->mutable_metadata())["encoding"] = "json/plain";
        (*payload->mutable_metadata())["other"] = std::string("\xFF\0", 2);
        payload->set_data("{\"a\": [1, 2]}");
        return;
    }
    if (dynamic_cast<google::protobuf::Any*>(&message) != nullptr) return;
    const auto* type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
        const FieldDescriptor* field = type->field(i);
        const auto* choice = field->real_containing_oneof();
        if (choice != nullptr && message.GetReflection()->HasOneof(message, choice)) continue;
        if (field->is_map()) {
            fill_map(message, field, depth);
        } else {
            for (int which = 0; which < (field->is_repeated() ? 2 : 1); ++which) set_single(message, field, depth, which);
        }
    }
}

}  // namespace

std::vector<pb::enums::EventType> event_types() {
    std::vector<pb::enums::EventType> types;
    const auto* all = pb::enums::EventType_descriptor();
    for (int i = 0; i < all->value_count(); ++i) {
        const auto type = static_cast<pb::enums::EventType>(all->value(i)->number());
        if (type != pb::enums::EVENT_TYPE_UNSPECIFIED) types.push_back(type);
    }
    return types;
}

pb::history::HistoryEvent filled_event(pb::enums::EventType type) {
    pb::history::HistoryEvent event;
    std::string attributes = pb::enums::EventType_Name(type).substr(std::string_view("EVENT_TYPE_").size()) + "_event_attributes";
    std::ranges::transform(attributes, attributes.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto* field = event.GetDescriptor()->FindFieldByName(attributes);
    if (field == nullptr) return event;
    fill(*event.GetReflection()->MutableMessage(&event, field), 0);
    fill(event, 0);  // the rest; one of the attributes is there
    event.set_event_type(type);
    event.set_worker_may_ignore(false);
    return event;
}

pb::history::History history_around(pb::history::HistoryEvent event, bool more) {
    using namespace pb::enums;
    pb::history::History history;
    const auto add = [&](EventType type) {
        auto& added = *history.add_events();
        added.set_event_type(type);
        added.mutable_event_time()->set_seconds(1'700'000'000);
    };
    const auto add_task = [&] {
        add(EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
        add(EVENT_TYPE_WORKFLOW_TASK_STARTED);
        add(EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
    };
    add(EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
    auto& started = *history.mutable_events(0)->mutable_workflow_execution_started_event_attributes();
    started.mutable_workflow_type()->set_name("probe");
    started.set_workflow_id("p-1");
    started.set_original_execution_run_id("r-1");
    add_task();
    *history.add_events() = std::move(event);
    if (more) add_task();
    for (int i = 0; i < history.events_size(); ++i) history.mutable_events(i)->set_event_id(i + 1);
    return history;
}

}  // namespace perdure
