// The field numbers, names and types of the contract against a table that was taken from the public definitions, in both
// directions: what we declare is in the table, and what the table has of our messages is declared.

#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "api/proto.hpp"
#include "temporal/activity.pb.h"
#include "temporal/deployment.pb.h"
#include "temporal/protocol.pb.h"
#include "temporal/update.pb.h"

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

/// "message<tab>field" to "number<tab>type".
using table = std::map<std::string, std::string>;

std::string type_text(const FieldDescriptor* field) {
    switch (field->type()) {
        case FieldDescriptor::TYPE_MESSAGE:
            return field->message_type()->full_name();
        case FieldDescriptor::TYPE_ENUM:
            return field->enum_type()->full_name();
        default:
            return field->type_name();
    }
}

std::string full_type(const FieldDescriptor* field) {
    if (field->is_map()) {
        const Descriptor* entry = field->message_type();
        return "map<" + type_text(entry->map_key()) + ',' + type_text(entry->map_value()) + '>';
    }
    return (field->is_repeated() ? "repeated " : "") + type_text(field);
}

void add(const EnumDescriptor* type, table& rows) {
    for (int i = 0; i < type->value_count(); ++i) {
        rows[type->full_name() + '\t' + type->value(i)->name()] = std::to_string(type->value(i)->number()) + "\tenum";
    }
}

void add(const Descriptor* type, table& rows) {
    if (type->options().map_entry()) return;
    for (int i = 0; i < type->field_count(); ++i) {
        const FieldDescriptor* field = type->field(i);
        rows[type->full_name() + '\t' + field->name()] = std::to_string(field->number()) + '\t' + full_type(field);
    }
    for (int i = 0; i < type->nested_type_count(); ++i) add(type->nested_type(i), rows);
    for (int i = 0; i < type->enum_type_count(); ++i) add(type->enum_type(i), rows);
}

void add(const FileDescriptor* file, std::set<const FileDescriptor*>& seen, table& rows) {
    if (!file->package().starts_with("temporal.") || !seen.insert(file).second) return;
    for (int i = 0; i < file->message_type_count(); ++i) add(file->message_type(i), rows);
    for (int i = 0; i < file->enum_type_count(); ++i) add(file->enum_type(i), rows);
    for (int i = 0; i < file->dependency_count(); ++i) add(file->dependency(i), seen, rows);
}

table declared() {
    table rows;
    std::set<const FileDescriptor*> seen;
    namespace pb = perdure::pb;
    for (const FileDescriptor* file :
         {pb::service::StartWorkflowExecutionRequest::descriptor()->file(), pb::history::HistoryEvent::descriptor()->file(),
          pb::command::Command::descriptor()->file(), temporal::api::update::v1::Request::descriptor()->file(),
          temporal::api::protocol::v1::Message::descriptor()->file(),
          temporal::api::deployment::v1::Deployment::descriptor()->file(), pb::activity::ActivityOptions::descriptor()->file()}) {
        add(file, seen, rows);
    }
    return rows;
}

table expected() {
    std::ifstream in(PERDURE_SOURCE_DIR "/tests/unit/api/wire_table.tsv");
    table rows;
    for (std::string line; std::getline(in, line);) {
        std::istringstream cells(line);
        std::string message;
        std::string field;
        std::string rest;
        std::getline(cells, message, '\t');
        std::getline(cells, field, '\t');
        std::getline(cells, rest);
        rows[message + '\t' + field] = rest;
    }
    return rows;
}

TEST(WireTable, WhatIsDeclaredIsWhatThePublicDefinitionsSay) {
    const table rows = expected();
    ASSERT_GT(rows.size(), 1000U);
    for (const auto& [name, ours] : declared()) {
        // Our own additions are named so, and far from the numbers that the public definitions use.
        if (name.find("\tperdure_") != std::string::npos) {
            EXPECT_EQ(ours.substr(0, 5), "1000\t") << name;
            continue;
        }
        if (name.find(".v1.Perdure") != std::string::npos) continue;
        const auto row = rows.find(name);
        ASSERT_NE(row, rows.end()) << name << " is not in the table";
        EXPECT_EQ(ours, row->second) << name;
    }
}

TEST(WireTable, NothingOfTheTableIsMissing) {
    const table ours = declared();
    for (const auto& [name, row] : expected()) EXPECT_TRUE(ours.contains(name)) << name << " (" << row << ") is not declared";
}

TEST(WireTable, AllSixtyEventTypesHaveAttributes) {
    const auto* type = perdure::pb::history::HistoryEvent::descriptor();
    EXPECT_EQ(type->FindOneofByName("attributes")->field_count(), 60);
    EXPECT_EQ(perdure::pb::enums::EventType_descriptor()->value_count(), 61);
}

}  // namespace
