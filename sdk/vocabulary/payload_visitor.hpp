#pragma once

#include "api/proto.hpp"

namespace perdure::detail {

/// What is done to the payloads, failures and user metadata of a message.
class payload_visitor {
  public:
    payload_visitor() = default;
    payload_visitor(const payload_visitor&) = delete;
    payload_visitor& operator=(const payload_visitor&) = delete;
    virtual ~payload_visitor() = default;

    /// A list, which may become longer or shorter. Never empty.
    virtual void visit_list(google::protobuf::RepeatedPtrField<pb::common::Payload>& values) = 0;
    /// A place that holds exactly one.
    virtual void visit_one(pb::common::Payload& value) = 0;
    /// Each failure, before and after the payloads and causes in it.
    virtual void enter(pb::failure::Failure&) {}
    virtual void leave(pb::failure::Failure&) {}
    /// What is noted with each command and event, likewise.
    virtual void enter(pb::sdk::UserMetadata&) {}
    virtual void leave(pb::sdk::UserMetadata&) {}
};

/// Visits every payload, failure and user metadata in a message of the contract, except for values that the server reads itself:
/// search attributes. What an Any holds is visited when it is a message of the contract. What the visitor throws is passed on,
/// and the message is half done then. A message of a type that cannot hold any costs one look into a table.
void visit_payloads(google::protobuf::Message& message, payload_visitor& visitor);

}  // namespace perdure::detail
