#pragma once
// What a person is told of deliveries: where a report went, or where it is kept and what delivers it later. The way
// itself is upload.h and spool.h.

#include <string>
#include <vector>

#include "runner/command_line.h"
#include "runner/progress.h"
#include "runner/upload.h"

namespace perftrend::runner {

/// Delivers `xml`, which lies in `file`, and what waited in `spool` for the same server. Tells of it in one line;
/// findings of the server are warnings. False: not delivered, and said where it is kept.
bool deliver_and_tell(const Delivery& delivery, const std::string& xml, const std::string& file,
                      const std::string& spool, Progress& progress);

/// The command `upload`: every file with the coordinates that it states.
ExitCode upload_files(const UploadOptions& options);

}  // namespace perftrend::runner
