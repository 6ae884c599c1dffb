#pragma once
// The command `upload`: reports that are on disk, one or thousands, to the server.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "runner/commands/command_line.h"
#include "runner/report/coordinates.h"
#include "runner/system/exit_codes.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// Up to so many runs each is told of in a line; of more only how far it is.
inline constexpr std::size_t told_runs_max = 20;
/// So many in a row that nobody took although they may be right: the server is away, or does not know the token.
inline constexpr std::size_t failures_in_a_row_max = 3;

/// The files of one run: a report, or an archive of reports; several only where all were asked to be one run.
using RunFiles = std::vector<std::filesystem::path>;

/// The paths as runs: a directory stands for every report and archive in it and below, in order of name.
std::vector<RunFiles> find_runs(const std::vector<std::string>& paths, bool one_run);

/// What the report states of itself, but for what `stated` says; where neither knows branch or commit, what the CI's
/// environment says, unless `stated_only`.
RunCoordinates coordinates_of(const std::vector<std::string>& reports, const RunCoordinates& stated, bool stated_only,
                              const Variables& variables);

/// "[####......] 1200 of 3000, 21 s left".
std::string bar_text(std::size_t done, std::size_t total, double seconds);

/// Sends them one after the other, so that each is judged by those before it. A bar on a terminal, else a line for each
/// or, of many, for each tenth. What was not delivered is listed at the end. The same again stores nothing twice.
ExitCode upload_files(const UploadOptions& options, const Variables& variables);

}  // namespace perftrend::runner
