#include "history_service/store/batch_codec.hpp"

#include <bit>
#include <limits>
#include <type_traits>

#include "api/varint.hpp"

namespace perdure::history {
namespace {

// What follows is one function a type for both directions: what `out` writes, `in` reads, as both run the same lines.
class out {
  public:
    explicit out(std::string& bytes) : bytes_(bytes) {}

    void number(const std::int64_t& value) { append_varint(bytes_, std::rotl(std::bit_cast<std::uint64_t>(value), 1)); }
    void text(const std::string& value) {
        append_varint(bytes_, value.size());
        bytes_ += value;
    }
    template <class Each>
    void optional(const auto& value, Each each) {
        number(value ? 1 : 0);
        if (value) each(*value);
    }
    template <class Each>
    void list(const auto& values, Each each) {
        append_varint(bytes_, values.size());
        for (const auto& value : values) each(value);
    }
    void alternative(const attribute_value& value) {
        number(static_cast<std::int64_t>(value.index()));
        if (const auto* whole = std::get_if<std::int64_t>(&value)) number(*whole);
        if (const auto* real = std::get_if<double>(&value)) number(std::bit_cast<std::int64_t>(*real));
        if (const auto* words = std::get_if<std::string>(&value)) text(*words);
    }
    template <class Number>
    void narrow(const Number& value) {
        number(static_cast<std::int64_t>(value));
    }
    void time(const wall_time& value) { number(value.time_since_epoch().count()); }

  private:
    std::string& bytes_;
};

class in {
  public:
    explicit in(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] bool ended() const { return sound_ && at_ == bytes_.size(); }

    void number(std::int64_t& value) { value = std::bit_cast<std::int64_t>(std::rotr(length(), 1)); }
    void text(std::string& value) {
        const std::uint64_t size = length();
        if (size > bytes_.size() - at_) return fail();
        value.assign(bytes_.substr(at_, size));
        at_ += size;
    }
    template <class Value, class Each>
    void optional(std::optional<Value>& value, Each each) {
        std::int64_t present = 0;
        narrow_to(present, 0, 1);
        if (present == 1) each(value.emplace());
    }
    template <class Value, class Each>
    void list(std::vector<Value>& values, Each each) {
        const std::uint64_t count = length();
        // Everything takes at least a byte, so that no count makes more than the bytes could hold.
        if (count > bytes_.size() - at_) return fail();
        for (std::uint64_t i = 0; i < count && sound_; ++i) each(values.emplace_back());
    }
    void alternative(attribute_value& value) {
        std::int64_t index = 0;
        narrow_to(index, 0, 2);
        if (index == 0) number(value.emplace<std::int64_t>());
        if (index == 1) {
            std::int64_t bits = 0;
            number(bits);
            value = std::bit_cast<double>(bits);
        }
        if (index == 2) text(value.emplace<std::string>());
    }
    template <class Number>
    void narrow(Number& value) {
        std::int64_t wide = 0;
        if constexpr (std::is_same_v<Number, bool>)
            narrow_to(wide, 0, 1);
        else if constexpr (std::is_same_v<Number, task_kind>)
            narrow_to(wide, 0, static_cast<std::int64_t>(task_kind::activity));
        else
            narrow_to(wide, std::numeric_limits<Number>::min(), std::numeric_limits<Number>::max());
        value = static_cast<Number>(wide);
    }
    void time(wall_time& value) {
        std::int64_t count = 0;
        number(count);
        value = wall_time{std::chrono::nanoseconds{count}};
    }

  private:
    void fail() { sound_ = false; }
    std::uint64_t length() {
        std::uint64_t value = 0;
        if (!sound_ || !read_varint(bytes_, at_, value)) {
            fail();
            return 0;
        }
        return value;
    }
    void narrow_to(std::int64_t& value, std::int64_t least, std::int64_t most) {
        number(value);
        if (value >= least && value <= most) return;
        fail();
        value = least;
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    bool sound_ = true;
};

void walk(auto& to, auto& key)
    requires requires { key.run_id; }
{
    to.text(key.namespace_name);
    to.text(key.workflow_id);
    to.text(key.run_id);
}

void walk_record(auto& to, auto& record) {
    to.number(record.sequence);
    to.number(record.first_event_id);
    to.number(record.event_count);
    to.text(record.bytes);
}

void walk_task(auto& to, auto& task) {
    to.text(task.queue.namespace_name);
    to.text(task.queue.name);
    to.narrow(task.queue.kind);
    to.narrow(task.queue.sticky);
    to.time(task.position.scheduled);
    to.number(task.position.run);
    to.number(task.position.event_id);
    to.narrow(task.attempt);
}

void walk_row(auto& to, auto& row) {
    const auto time = [&to](auto& value) { to.time(value); };
    to.number(row.run);
    walk(to, row);
    to.text(row.workflow_type);
    to.text(row.task_queue);
    to.narrow(row.status);
    to.time(row.start_time);
    to.time(row.execution_time);
    to.optional(row.close_time, time);
    to.number(row.history_length);
    to.list(row.attributes, [&to](auto& attribute) {
        to.text(attribute.first);
        to.alternative(attribute.second);
    });
    to.text(row.info);
}

void walk_run(auto& to, auto& write) {
    const auto task = [&to](auto& one) { walk_task(to, one); };
    to.number(write.run);
    to.optional(write.created, [&to](auto& key) { walk(to, key); });
    to.number(write.previous_sequence);
    to.list(write.records, [&to](auto& record) { walk_record(to, record); });
    to.optional(write.checkpoint, [&to](auto& checkpoint) {
        to.number(checkpoint.sequence);
        to.text(checkpoint.bytes);
    });
    to.optional(write.wakeup, [&to](auto& wakeup) { to.optional(wakeup, [&to](auto& due) { to.time(due); }); });
    to.list(write.tasks_added, task);
    to.list(write.tasks_removed, task);
    to.optional(write.visibility, [&to](auto& row) { walk_row(to, row); });
    to.number(write.history_bytes);
}

void walk_batch(auto& to, auto& batch) {
    to.number(batch.epoch);
    to.list(batch.runs, [&to](auto& write) { walk_run(to, write); });
    to.list(batch.current_runs, [&to](auto& write) {
        to.text(write.namespace_name);
        to.text(write.workflow_id);
        to.optional(write.run, [&to](auto& run) { to.number(run); });
    });
    to.list(batch.deleted, [&to](auto& run) { to.number(run); });
}

}  // namespace

std::string encode_batch(const commit_batch& batch) {
    std::string bytes;
    out to(bytes);
    walk_batch(to, batch);
    return bytes;
}

result<commit_batch> decode_batch(std::string_view bytes) {
    commit_batch batch;
    in from(bytes);
    walk_batch(from, batch);
    if (!from.ended()) return service_failure{status_code::data_loss, "a batch in the log of commits is malformed"};
    return batch;
}

}  // namespace perdure::history
