#include "tests/unit/store/conformance/suite.hpp"

namespace perdure::history::conformance {
run_key key_of(run_number run) { return {"default", "order-" + std::to_string(run), "run-" + std::to_string(run)}; }

visibility_row row_of(run_number run) {
    visibility_row row;
    row.run = run;
    const run_key key = key_of(run);
    row.namespace_name = key.namespace_name;
    row.workflow_id = key.workflow_id;
    row.run_id = key.run_id;
    row.workflow_type = "order.fulfil";
    row.task_queue = "orders";
    row.status = 1;
    row.start_time = row.execution_time = at(1'000 + run);
    row.history_length = 2;
    row.info = std::string("info\0bytes", 10);
    return row;
}

run_write new_run(run_number run) {
    run_write write = next_record(run, 0, 1, 2);
    write.created = key_of(run);
    write.visibility = row_of(run);
    return write;
}

run_write next_record(run_number run, std::int64_t previous, std::int64_t first_event, std::int64_t events, std::string bytes) {
    run_write write;
    write.run = run;
    write.previous_sequence = previous;
    write.records.push_back({previous + 1, first_event, events, std::move(bytes)});
    return write;
}

task_row task_of(run_number run, std::int64_t event, std::int64_t second, const std::string& queue) {
    return {{"default", queue, task_kind::activity, false}, {at(second), run, event}, 1};
}

std::vector<task_row> tasks(const std::vector<stored_task>& stored) {
    std::vector<task_row> rows;
    for (const stored_task& task : stored) {
        EXPECT_EQ(task.key, key_of(task.row.position.run));
        rows.push_back(task.row);
    }
    return rows;
}

commit_batch batch_of(std::vector<run_write> runs) {
    commit_batch batch;
    batch.runs = std::move(runs);
    return batch;
}

}  // namespace perdure::history::conformance
