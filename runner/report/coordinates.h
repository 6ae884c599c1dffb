#pragma once
// Coordinates of a run: branch, commit, times, testbed, link to the CI job. The command line has priority, then the
// CI's variables, then git in the working directory. Unknown values are empty.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/junit/suite_report.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// Limit of a branch, a commit and a testbed, as on the server (schema/openapi).
inline constexpr std::size_t coordinate_bytes_max = 500;

struct RunCoordinates {
  std::string branch;
  std::string commit;
  std::string commit_time;  ///< RFC 3339 in UTC
  std::string testbed;
  std::string ci_url;
  std::string started_at;                    ///< RFC 3339 in UTC
  std::string purpose{};                     ///< trend, confirm, bisect or calibration
  std::string run_key{};                     ///< what the parts of one run have in common
  std::string shard{};                       ///< which part of a matrix this is
  std::string parts{};                       ///< number of the run's parts
  std::string base_branch{}, base_commit{};  ///< what a branch or pull request is judged against
};

/// The checked-out commit and branch of a git repository.
struct GitHead {
  std::string commit;
  std::string branch;  ///< "" when detached
};
using AskGit = std::function<std::optional<GitHead>()>;

/// The repository of the working directory; nullopt without a repository or without git.
std::optional<GitHead> ask_git();

/// For reports that do not belong to the repository of the working directory.
inline std::optional<GitHead> ask_no_git() {
  return std::nullopt;
}

/// Fills the empty values of `stated`, except the times, purpose, shard and number of parts. A pull request of GitHub
/// has its head commit and base commit from the event's file, which GITHUB_EVENT_PATH names.
/// `host` is the testbed where nothing else names one. A commit
/// time is never filled in: it is the position of the run in the trend, and repeated runs of one commit would all get
/// the same position (docs/adr/0012).
RunCoordinates complete_coordinates(RunCoordinates stated, const Variables& variables, const AskGit& ask_git,
                                    const std::string& host);

/// Conversion to suite properties "perftrend.NAME" (schema/junit.md) and back. A report contains its coordinates, so
/// that the server recognises a later delivery as the same run.
junit::Properties to_properties(const RunCoordinates& coordinates);
RunCoordinates coordinates_in(const junit::Properties& properties);

}  // namespace perftrend::runner
