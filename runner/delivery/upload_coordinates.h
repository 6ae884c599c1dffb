#pragma once
// Coordinates and content type of reports on disk that are uploaded.

#include <string>
#include <string_view>
#include <vector>

#include "runner/delivery/upload.h"
#include "runner/report/coordinates.h"
#include "runner/system/variables.h"

namespace perftrend::runner {

/// The coordinates of a run: `stated` first, then what the reports say. Where neither has a branch or a commit, the
/// CI's environment fills the gaps, unless `stated_only`.
RunCoordinates coordinates_of(const std::vector<FormFile>& reports, const RunCoordinates& stated, bool stated_only,
                              const Variables& variables);

/// The Content-Type for a report, from its first byte. The server decides by the bytes too, so a wrong guess is
/// harmless.
std::string content_type_of(std::string_view bytes);

}  // namespace perftrend::runner
