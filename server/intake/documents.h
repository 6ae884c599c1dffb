#pragma once
// Documents of one run, from bytes to one report. Used by uploads and by reprocessing.

#include <tl/expected.hpp>

#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/intake/intake.h"

namespace perftrend::intake {

/// Unpacks and reads every document, as `content_type` where that is not empty, into one report; frees the files' bytes
/// on the way. If one document is refused, all are. Files of an archive that are not reports are skipped with a
/// warning. `packed`, if given, receives the documents as they are stored.
tl::expected<Report, Refusal> read_files(std::vector<formats::SentFile> files, const Options& options,
                                         std::string_view content_type, std::vector<store::Document>* packed);

}  // namespace perftrend::intake
