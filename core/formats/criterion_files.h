#pragma once
// Files of target/criterion in an archive, a form or a folder. Criterion saves a benchmark as several files in one
// folder: benchmark.json (its name), sample.json (its measurements) and estimates.json.

#include <string_view>

#include "core/formats/unpack.h"

namespace perftrend::formats {

/// Replaces the files of each folder of Criterion among the documents by one document, which has the name of the folder
/// and holds them one after the other. Folders of earlier results (`base` and others next to `new`, `change`) are
/// skipped.
void join_criterion_files(Unpacked& unpacked);

/// True for the name or path of a file of estimates; it lies in every folder that Criterion saves results in.
bool is_criterion_estimates(std::string_view path);

}  // namespace perftrend::formats
