#pragma once
// Unpacking of uploads: an archive (zip, tar, cpio, 7z) or compressed bytes (gzip, zstd, xz, bzip2) become the files in
// them. Other bytes stay one document. Pure: bytes in, bytes out.

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "core/junit/junit_reader.h"

namespace perftrend::formats {

/// One document as the client named it. `name` is shown to people and never opened as a path.
struct SentFile {
  std::string name;
  std::string content_type;
  std::string bytes;
};

struct UnpackLimits {
  /// Bytes of all documents together after decompression: the limit for decompression bombs.
  std::size_t unpacked_bytes_max = std::size_t{64} << 20U;

  /// Entries of an archive, documents or not. A monorepo's nightly build writes some thousand reports.
  std::size_t archive_entries_max = 10'000;

  /// Bytes of the name of a document; longer names are cut.
  std::size_t file_name_bytes_max = 500;
};

/// What a file consists of.
struct Unpacked {
  std::vector<SentFile> documents;   ///< sorted by name
  bool is_archive = false;           ///< then a document may turn out to be another file, and is skipped
  std::vector<std::string> skipped;  ///< names of the other files of the archive: logs, images
};

/// Returns the documents in `file`. In an archive those are *.xml, *.json and *.jsonl, and text files with results of
/// benchmarks; the files in which Criterion saved one benchmark are one document (criterion_files.h). Archives inside
/// archives are not opened. Refuses broken or encrypted archives, archives without documents, and what exceeds a limit.
tl::expected<Unpacked, junit::ReadError> unpack(SentFile file, const UnpackLimits& limits = {});

/// "2 files: a.log, b.png"; of many the first.
std::string list_files(const std::vector<std::string>& names);

}  // namespace perftrend::formats
