#pragma once
// The documents of one run, from bytes to one report: what an upload and a reprocess have in common.

#include <tl/expected.hpp>

#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/intake/intake.h"

namespace perftrend::intake {

/// Unpacks and reads every document, as `content_type` where that is not empty, into one report; the files' bytes are
/// let go of on the way. One that is refused refuses all. `packed`, where given, gets the documents as they are kept.
tl::expected<Report, Refusal> read_files(std::vector<formats::SentFile> files, const Options& options,
                                         std::string_view content_type, std::vector<store::Document>* packed);

}  // namespace perftrend::intake
