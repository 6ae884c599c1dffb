#pragma once
// Coordinates of a run from the variables of a CI system (ci_systems.h lists them). The only copy: the server applies
// it to the properties of a report, the runner to its own environment. Pure functions; any thread.

#include <functional>
#include <string>
#include <string_view>

namespace perftrend::metrics {

/// What a CI system says of the run; empty text means "not stated".
struct CiCoordinates {
  std::string branch;  ///< in one spelling; "pull/12" for a pull request, "tags/v1" for a tag
  std::string commit;  ///< the head commit of a pull request where the system states it, else what was checked out
  std::string base_branch, base_commit;  ///< of a pull request, or of an entry of a merge queue
  std::string run_key;                   ///< the system's name, the id of the run and the number of its attempt
  std::string ci_url;
  std::string default_branch;  ///< of the repository
};

/// Returns the value of a variable, "" where it is not set. All values are without surrounding blanks.
using FindVariable = std::function<std::string(std::string_view name)>;

/// Reads the variables of each system. Where several systems state a coordinate, the first one in the list above wins.
/// A pull request is never filed under the name of its source branch, which its author chose; the exception is a merge
/// request of GitLab whose source branch lies in the same project and is neither its target nor the default branch.
CiCoordinates read_ci_variables(const FindVariable& find);

/// The one spelling of a branch: "refs/heads/x", "refs/remotes/origin/x" and "origin/x" are "x"; "refs/tags/x" is
/// "tags/x"; "refs/pull/12/merge", "refs/merge-requests/12/head" and GitHub's "12/merge" are "pull/12".
/// "HEAD", the name of a detached checkout, is "".
std::string plain_branch(std::string_view branch);

}  // namespace perftrend::metrics
