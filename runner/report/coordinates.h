#pragma once
// Where a run belongs: branch, commit and when it was made, machine, link to the CI job. What the command line states
// wins, then the CI's variables, then git in the working directory. What nobody knows stays empty.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/junit/suite_report.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// Of a branch, a commit and a testbed: what the server takes (schema/openapi/).
inline constexpr std::size_t coordinate_bytes_max = 500;

struct RunCoordinates {
  std::string branch;
  std::string commit;
  std::string commit_time;  ///< RFC 3339 in UTC
  std::string testbed;
  std::string ci_url;
  std::string started_at;  ///< RFC 3339 in UTC
};

/// What git says of the working directory.
struct GitHead {
  std::string commit;
  std::string branch;  ///< "" when detached
};
using AskGit = std::function<std::optional<GitHead>()>;

/// Of the repository that the working directory is in; nullopt where there is none or no git.
std::optional<GitHead> ask_git();

/// For what is not of the repository that the working directory is in.
inline std::optional<GitHead> ask_no_git() {
  return std::nullopt;
}

/// Fills what `stated` leaves empty but the times. `host` names the testbed where nobody else does. A commit time is
/// nobody's but the caller's: it places a run in the trend, and the nights in which a commit is measured again would
/// all fall onto one spot (docs/adr/0012).
RunCoordinates complete_coordinates(RunCoordinates stated, const Variables& variables, const AskGit& ask_git,
                                    const std::string& host);

/// As properties of the suite, "perftrend.NAME" (schema/junit.md), and back. A report that is delivered later states
/// what it would have stated at once, so that the server knows both deliveries as one.
junit::Properties to_properties(const RunCoordinates& coordinates);
RunCoordinates coordinates_in(const junit::Properties& properties);

/// "2026-11-23T02:00:00Z", "2026-11-23T03:00:00.5+01:00", "2026-11-23 02:00:00Z"; nullopt for anything else.
std::optional<times::Time> parse_rfc3339(std::string_view text);

}  // namespace perftrend::runner
