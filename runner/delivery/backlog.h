#pragma once
// A backlog: report files on disk, grouped into the runs they are uploaded as, with the coordinates of each run.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runner/report/coordinates.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// The files of one run: a report or an archive of reports; several only where all files are one run.
using RunFiles = std::vector<std::filesystem::path>;

/// The runs in `paths`, in the given order: a file is one run; a directory is replaced by all reports and archives in
/// it and in its subdirectories, ordered by name. A directory that cannot be read is returned as if it were a file.
std::vector<RunFiles> find_runs(const std::vector<std::string>& paths, bool one_run);

/// The coordinates of a run: `stated` first, then what the reports say. Where neither has a branch or a commit, the
/// CI's environment fills the gaps, unless `stated_only`.
RunCoordinates coordinates_of(const std::vector<std::string>& reports, const RunCoordinates& stated, bool stated_only,
                              const Variables& variables);

/// The Content-Type for a report, from its first byte. The server decides by the bytes too, so a wrong guess is
/// harmless.
std::string content_type_of(std::string_view bytes);

}  // namespace perftrend::runner
