#pragma once
// Files of target/criterion in an archive. Criterion saves a benchmark as several files in one folder: benchmark.json
// (its name), sample.json (its measurements) and estimates.json.

#include "core/formats/unpack.h"

namespace perftrend::formats {

/// Replaces the files of each folder of Criterion among the documents by one document, which has the name of the folder
/// and holds them one after the other. Folders of earlier results (`base` and others next to `new`, `change`) are
/// skipped.
void join_criterion_files(Unpacked& unpacked);

}  // namespace perftrend::formats
