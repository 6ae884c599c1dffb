#pragma once
// One series as columns, with what judging and drawing need to know of its runs.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/detect/environment_shift.h"
#include "core/model.h"

namespace perftrend::points {

/// The points of one series as columns of equal length, oldest first.
struct TrendColumns {
  std::vector<std::int64_t> at_us;
  std::vector<Id> run;  ///< the run, which is its first part
  std::vector<std::string> commit;
  std::vector<double> value, min, mad;
  std::vector<std::int64_t> samples;
  std::vector<Id> environment;
  std::vector<char> suspect;                      ///< 1: measured while the machine was not fit
  std::vector<char> restart;                      ///< 1: a person restarted the baseline at this run
  std::map<Id, detect::EnvironmentShift> shifts;  ///< common shifts of environments, of this series; by environment
};

}  // namespace perftrend::points
