#pragma once

// Short names for the packages of the contract. Only the package is shortened: pb::enums::EVENT_TYPE_TIMER_FIRED.

#include "perdure/worker.pb.h"
#include "temporal/command.pb.h"
#include "temporal/common.pb.h"
#include "temporal/enums.pb.h"
#include "temporal/failure.pb.h"
#include "temporal/history.pb.h"
#include "temporal/query.pb.h"
#include "temporal/sdk.pb.h"
#include "temporal/taskqueue.pb.h"
#include "temporal/workflow.pb.h"
#include "temporal/workflowservice.pb.h"

namespace perdure::pb {

namespace activity = temporal::api::activity::v1;
namespace command = temporal::api::command::v1;
namespace common = temporal::api::common::v1;
namespace enums = temporal::api::enums::v1;
namespace failure = temporal::api::failure::v1;
namespace history = temporal::api::history::v1;
namespace query = temporal::api::query::v1;
namespace sdk = temporal::api::sdk::v1;
namespace service = temporal::api::workflowservice::v1;
namespace taskqueue = temporal::api::taskqueue::v1;
namespace worker = perdure::worker_pb::v1;
namespace workflow = temporal::api::workflow::v1;

}  // namespace perdure::pb
