#pragma once

// What every mutant includes, compiled once; and what edits use that the workflows themselves do not.

#include <boost/describe.hpp>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <perdure/replayer.hpp>
#include <perdure/workflow.hpp>
#include <random>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>
