#pragma once

#include <memory>
#include <vector>

#include <perdure/payload.hpp>

namespace perdure {

/// Changes whole payloads where they leave and enter this process: encrypts them, compresses them, keeps them elsewhere. The
/// server and its store see only what `encode` made; workflows, activities and the callers of a client see only clear values.
///
/// What is passed in: inputs, results, signals, queries with their answers, heartbeats, details of failures and markers, memos,
/// headers. Search attributes never are, because the server reads them.
///
/// A codec says in the metadata what it did, and `decode` returns payloads that it does not know as they came: some were stored
/// before the codec was there, others come from the command line. Its encoding ("binary/encrypted") replaces that of the value,
/// which has to come back with it.
///
/// Thread safety: both functions may be called on several threads at once: on the one that calls a client, and on the I/O
/// threads of clients, workers and an embedded server, which do nothing else meanwhile. They are never called on the thread of
/// a workflow. They must not call a client that uses the codec.
///
/// Errors: what `encode` throws fails the call of the client (service_error, FailedPrecondition), the activity, the query or the
/// workflow task; what `decode` throws fails the call (DataLoss), the activity, the query or the workflow task that came. The
/// failure names the codec's class and what() of the exception, in clear text. Activities and tasks are tried again as ever.
///
/// Lifetime: shared by whatever was made with it.
class payload_codec {
  public:
    payload_codec() = default;
    payload_codec(const payload_codec&) = delete;
    payload_codec& operator=(const payload_codec&) = delete;
    virtual ~payload_codec() = default;

    /// The values of one place, at least one: the arguments of a call, say. Most places hold exactly one and take exactly one
    /// back; lists of arguments and results may come back longer or shorter, but not empty.
    virtual std::vector<raw_payload> encode(std::vector<raw_payload> values) = 0;
    /// The values that `encode` was given.
    virtual std::vector<raw_payload> decode(std::vector<raw_payload> values) = 0;
};

/// What is done to values outside of workflows and activities. The default does nothing, and costs nothing.
///
/// Every client and worker of an application needs the same.
struct data_conversion {
    /// As in Temporal's SDKs the last codec is the first to encode, and the last to decode: {encrypt, compress} compresses and
    /// then encrypts. Throws std::invalid_argument, where it is used, for a null pointer.
    std::vector<std::shared_ptr<payload_codec>> codecs{};
    /// Moves message and stack trace of each failure, causes included, into a payload that goes through the codecs; the server
    /// shows "Encoded failure" instead. Names of error types stay readable, since retry policies compare them. Failures that
    /// came so are restored wherever anything of this struct is set.
    bool encode_failures = false;
};

}  // namespace perdure
