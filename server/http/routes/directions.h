#pragma once

#include <string>
#include <vector>

#include "server/http/routes/project_access.h"
#include "server/store/regressions.h"
#include "server/store/runs.h"
#include "server/store/series.h"
#include "server/triage/policies.h"

namespace perftrend::http {

/// The directions by which a project is judged. A policy's direction takes precedence over that of a series, so answers
/// say what the policy says.
class Directions {
 public:
  Directions(const Context& context, const ProjectAccess& project);

  void apply(store::SeriesKey& series) const;
  void apply(std::vector<store::Regression>& regressions) const;
  void apply(std::vector<store::RunPoint>& points) const;

 private:
  triage::Policies policies_;
  const std::string& project_;
};

}  // namespace perftrend::http
