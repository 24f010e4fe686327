#pragma once

#include <string>

#include "api/proto.hpp"

namespace perdure {

/// Puts a history into a task as the bytes that it has on the wire. They are sent as they are; the message's own `history` stays
/// empty, so whoever reads the task in this process calls `unpack_history` first. Nothing happens for no bytes.
void carry_history(pb::service::PollWorkflowTaskQueueResponse& task, std::string history);

/// Makes a history that was carried as bytes a message again; does nothing for a task without one. The bytes are a history, or
/// this aborts: they come from `carry_history` in this process.
void unpack_history(pb::service::PollWorkflowTaskQueueResponse& task);
/// The same for every task in a message.
void unpack_histories(pb::worker::ServerMessage& message);

}  // namespace perdure
