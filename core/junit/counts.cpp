#include "core/junit/counts.h"

namespace perftrend::junit {

namespace {

std::int64_t& count_of(CaseStatus status, Counts& counts) {
  switch (status) {
    case CaseStatus::failed:
      return counts.failed;
    case CaseStatus::errored:
      return counts.errored;
    case CaseStatus::skipped:
      return counts.skipped;
    case CaseStatus::notrun:
      return counts.notrun;
    case CaseStatus::passed:
      break;
  }
  return counts.passed;
}

}  // namespace

void count_case(CaseStatus status, std::optional<double> time_seconds, Counts& counts) {
  ++counts.cases;
  ++count_of(status, counts);
  counts.time_seconds += time_seconds.value_or(0);
}

}  // namespace perftrend::junit
