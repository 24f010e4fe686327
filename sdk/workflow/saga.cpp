#include "perdure/saga.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <perdure/errors.hpp>

#include "sdk/vocabulary/failure_conversion.hpp"
#include "sdk/workflow/activity_command.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure {

saga::saga() {
    if (detail::run* here = detail::current_run(); here != nullptr && here->adopt_saga(*this)) owner_ = here;
}

saga::~saga() {
    if (owner_ != nullptr) owner_->disown_saga(*this);
}

saga::added saga::push(std::string_view name, arguments input, const activity_options& options, const detail::site& at) {
    entries_.push_back({.key = std::string(name),
                        .activity = std::string(name),
                        .group = {},
                        .call = detail::prepare_activity(name, std::move(input), options),
                        .at = at});
    return {*this, entries_.size() - 1};
}

saga::added saga::added::key(std::string name) const {
    owner_->entries_.at(index_).key = std::move(name);
    return *this;
}

saga::added saga::added::parallel_group(std::string name) const {
    owner_->entries_.at(index_).group = std::move(name);
    return *this;
}

void saga::forget(std::string_view key) {
    std::erase_if(entries_, [key](const saga_entry& entry) { return entry.key == key; });
}

std::string undo_report::text() const {
    std::string line;
    for (const std::string& key : undone) line += (line.empty() ? "undone: " : ", ") + key;
    if (undone.empty()) line = "nothing undone";
    for (std::size_t i = 0; i < failed.size(); ++i) {
        line += (i == 0 ? "; not undone: " : ", ") + failed[i].key + " (" + detail::describe_exception(failed[i].error) + ")";
    }
    return line;
}

namespace detail {
namespace {

// A copy of the chain whose last member has `cause` below it. Copying goes by throwing: only an exception knows its own type.
std::shared_ptr<const failure> with_last_cause(const failure& top, const std::shared_ptr<const failure>& cause) {
    try {
        top.raise();
    } catch (failure& copy) {
        copy.set_cause(top.cause() == nullptr ? cause : with_last_cause(*top.cause(), cause));
        auto holder = std::make_shared<std::exception_ptr>(std::current_exception());
        return {holder, &copy};
    }
}

}  // namespace

std::string prepare_activity(std::string_view name, arguments input, const activity_options& options) {
    pb::command::ScheduleActivityTaskCommandAttributes attributes;
    fill_activity(attributes, name, std::move(input), options);
    return attributes.SerializeAsString();
}

task<undo_report> compensate(shielded_context ctx, borrowed<saga> undo) {
    undo_report report;
    std::vector<saga_entry>& entries = undo->entries_;
    while (!entries.empty()) {
        // A group is a run of neighbours with the same name; everything else is a group of one.
        std::size_t begin = entries.size() - 1;
        while (begin > 0 && !entries[begin].group.empty() && entries[begin - 1].group == entries[begin].group) --begin;
        std::vector<saga_entry> group(std::make_move_iterator(entries.begin() + static_cast<std::ptrdiff_t>(begin)),
                                      std::make_move_iterator(entries.end()));
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(begin), entries.end());
        std::reverse(group.begin(), group.end());

        std::vector<op<void>> calls;
        for (const saga_entry& entry : group) {
            const site unknown = make_site(__FILE__, __LINE__, "saga::compensate");
            calls.push_back(access::make<op<void>>(
                issue_prepared(access::ref(ctx.ctx()), entry.call, entry.at.line == 0 ? unknown : entry.at)));
        }
        for (std::size_t i = 0; i < group.size(); ++i) {
            const outcome<void> done = co_await outcome_of(calls[i]);
            if (done) {
                report.undone.push_back(group[i].key);
            } else {
                report.failed.push_back({.key = group[i].key, .activity = group[i].activity, .error = done.exception()});
            }
        }
    }
    co_return report;
}

void rethrow_with_undo(const std::exception_ptr& error, const undo_report& undone) {
    const std::shared_ptr<const failure> original = as_failure(error);
    if (undone.complete() || original == nullptr) std::rethrow_exception(error);
    auto left = std::make_shared<application_error>("the undo is incomplete: " + undone.text(), "UndoIncomplete", true);
    left->set_cause(as_failure(undone.failed.front().error));
    with_last_cause(*original, left)->raise();
}

void refuse_outcome_access(bool has_value) {
    throw misuse_error(has_value ? "the outcome holds a value: there is no failure to throw"
                                 : "the outcome holds a failure: there is no value to take");
}

}  // namespace detail
}  // namespace perdure
