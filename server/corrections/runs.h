#pragma once
// Corrections of one run: exclude it and include it again, mark it suspect, delete it.

#include <cstdint>
#include <optional>
#include <string>

#include "server/corrections/correction.h"
#include "server/store/corrections.h"

namespace perftrend::corrections {

/// What a person says of a run.
struct RunChange {
  /// Why the run is excluded: it has no points in any trend. Empty: it is included again.
  std::optional<std::string> excluded{};
  /// Why the run is not judged. Empty: it is fit to be judged, whatever the report says.
  std::optional<std::string> suspect{};
  bool suspect_as_reported = false;  ///< the person's word on `suspect` is taken back
};

/// Applies the change to a run (all of its parts) and judges its series again. A change that says what holds already
/// changes nothing. not_found: the project has no such run.
Result<store::RunStatements> change_run(const Site& site, const ProjectRef& project, Id run, const RunChange& change,
                                        const Person& person);

/// Deletes a run with its points, cases and documents, and judges its series again. Series without points are deleted
/// with it. The same upload is stored again afterwards.
Result<store::DeletedRows> delete_run(const Site& site, const ProjectRef& project, Id run, const Person& person);

}  // namespace perftrend::corrections
