#include "sdk/vocabulary/payload_visitor.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "api/frontend.hpp"
#include "api/payload.hpp"
#include "sdk/vocabulary/payload_conversion.hpp"
#include "temporal/protocol.pb.h"
#include "temporal/update.pb.h"
#include "tests/unit/vocabulary/example_codecs.hpp"

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using perdure::detail::payload_conversion;
namespace pb = perdure::pb;
using path = std::vector<const FieldDescriptor*>;

std::unique_ptr<Message> empty(const Descriptor* type) {
    return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string text_of(const Descriptor* root, const path& way) {
    std::string text = root->name();
    for (const auto* field : way) text += "." + field->name();
    return text;
}

/// Sets everything on the way to one payload, and the payload.
std::unique_ptr<Message> holding(const Descriptor* root, const path& way) {
    auto whole = empty(root);
    Message* at = whole.get();
    for (const auto* field : way)
        at = field->is_repeated() ? at->GetReflection()->AddMessage(at, field) : at->GetReflection()->MutableMessage(at, field);
    static_cast<pb::common::Payload&>(*at) = perdure::to_payload(std::string("clear text"));
    return whole;
}

/// Calls for every way from a type to a payload on which no type comes twice.
void each_way(const Descriptor* type, path& way, std::set<const Descriptor*>& above,
              const std::function<void(const path&)>& call) {
    if (type == pb::common::Payload::descriptor()) return call(way);
    if (!above.insert(type).second) return;
    for (int i = 0; i < type->field_count(); ++i) {
        if (type->field(i)->message_type() == nullptr) continue;
        way.push_back(type->field(i));
        each_way(type->field(i)->message_type(), way, above, call);
        way.pop_back();
    }
    above.erase(type);
}

std::vector<const Descriptor*> roots() {
    std::vector<const Descriptor*> all{pb::worker::FromWorker::descriptor(), pb::worker::FromServer::descriptor(),
                                       pb::history::History::descriptor()};
#define PERDURE_TEST_ROOTS(function, Name)                   \
    all.push_back(pb::service::Name##Request::descriptor()); \
    all.push_back(pb::service::Name##Response::descriptor());
    PERDURE_FRONTEND_OPERATIONS(PERDURE_TEST_ROOTS)
#undef PERDURE_TEST_ROOTS
    return all;
}

bool is_read_by_the_server(const path& way) {
    for (const auto* field : way) {
        if (field->containing_type() == pb::common::SearchAttributes::descriptor()) return true;
        if (field->containing_type()->name() == "AggregationGroup") return true;
    }
    return false;
}

TEST(PayloadVisitor, FindsEveryPlaceOfEveryMessageAndLeavesWhatTheServerReads) {
    const auto conversion = payload_conversion::of({.codecs = {std::make_shared<perdure::example::xor_codec>()}});
    std::size_t encoded = 0;
    std::size_t left = 0;
    for (const Descriptor* root : roots()) {
        path way;
        std::set<const Descriptor*> above;
        each_way(root, way, above, [&](const path& found) {
            const auto clear = holding(root, found);
            const auto message = holding(root, found);
            ASSERT_EQ(conversion->encode(*message), std::nullopt);
            const bool same = MessageDifferencer::Equals(*clear, *message);
            ASSERT_EQ(same, is_read_by_the_server(found)) << text_of(root, found);
            ++(same ? left : encoded);
            ASSERT_EQ(conversion->decode(*message), std::nullopt);
            ASSERT_TRUE(MessageDifferencer::Equals(*clear, *message)) << text_of(root, found);
        });
    }
    EXPECT_GT(encoded, 500U);
    EXPECT_GT(left, 5U);
}

class counting_visitor final : public perdure::detail::payload_visitor {
  public:
    void visit_list(google::protobuf::RepeatedPtrField<pb::common::Payload>& values) override {
        seen += " list of " + std::to_string(values.size());
    }
    void visit_one(pb::common::Payload&) override { seen += " one"; }
    void enter(pb::failure::Failure& failure) override { seen += " <" + failure.message(); }
    void leave(pb::failure::Failure&) override { seen += ">"; }

    std::string seen;
};

std::string visit(Message& message) {
    counting_visitor visitor;
    perdure::detail::visit_payloads(message, visitor);
    return visitor.seen;
}

TEST(PayloadVisitor, TellsListsFromSingleValues) {
    pb::service::StartWorkflowExecutionRequest request;
    request.mutable_input()->add_payloads();
    request.mutable_input()->add_payloads();
    (*request.mutable_memo()->mutable_fields())["a"];
    EXPECT_EQ(visit(request), " list of 2 one");
    request.mutable_input()->clear_payloads();
    EXPECT_EQ(visit(request), " one");
}

TEST(PayloadVisitor, MapsKeepTheirKeys) {
    pb::common::Memo memo;
    (*memo.mutable_fields())["a"] = perdure::to_payload(1);
    (*memo.mutable_fields())["b"] = perdure::to_payload(2);
    const pb::common::Memo before = memo;
    EXPECT_EQ(visit(memo), " one one");
    EXPECT_TRUE(MessageDifferencer::Equals(memo, before));
    EXPECT_EQ(perdure::from_payload<int>(memo.fields().at("b")), 2);
}

TEST(PayloadVisitor, FailuresAreEnteredFromTheOutsideWithTheirCauses) {
    pb::failure::Failure outer;
    outer.set_message("outer");
    outer.mutable_cause()->set_message("inner");
    outer.mutable_cause()->mutable_application_failure_info()->mutable_details()->add_payloads();
    pb::service::RespondActivityTaskFailedRequest request;
    *request.mutable_failure() = outer;
    EXPECT_EQ(visit(request), " <outer <inner list of 1>>");
}

TEST(PayloadVisitor, LooksIntoAnAnyThatHoldsAMessageOfTheContract) {
    temporal::api::update::v1::Request update;
    *update.mutable_input()->mutable_args() = perdure::to_payloads(std::string("clear text"));
    temporal::api::protocol::v1::Message envelope;
    envelope.mutable_body()->PackFrom(update);
    EXPECT_EQ(visit(envelope), " list of 1");

    const auto conversion = payload_conversion::of({.codecs = {std::make_shared<perdure::example::xor_codec>()}});
    ASSERT_EQ(conversion->encode(envelope), std::nullopt);
    EXPECT_THAT(envelope.SerializeAsString(), ::testing::Not(::testing::HasSubstr("clear text")));
    ASSERT_EQ(conversion->decode(envelope), std::nullopt);
    temporal::api::update::v1::Request back;
    ASSERT_TRUE(envelope.body().UnpackTo(&back));
    EXPECT_TRUE(MessageDifferencer::Equals(update, back));

    envelope.mutable_body()->set_type_url("type.googleapis.com/somebody.else.Type");
    EXPECT_EQ(visit(envelope), "");
}

}  // namespace
