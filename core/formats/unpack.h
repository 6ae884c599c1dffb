#pragma once
// What a client sent, as the documents in it: an archive (zip, tar, cpio, 7z) or compressed bytes (gzip, zstd, xz,
// bzip2) become their files; anything else stays the one document it is. Pure: bytes in, bytes out.

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "core/junit/junit_reader.h"

namespace perftrend::formats {

/// One document as a client named it. `name` is for people (a warning, a list), never a path to be opened.
struct SentFile {
  std::string name;
  std::string content_type;
  std::string bytes;
};

struct UnpackLimits {
  /// Bytes of all documents together, after decompression: what a bomb runs into.
  std::size_t unpacked_bytes_max = std::size_t{64} << 20U;

  /// Entries of an archive, documents or not. A monorepo's nightly build writes some thousand reports.
  std::size_t archive_entries_max = 10'000;

  /// Bytes of a document's name that are kept.
  std::size_t file_name_bytes_max = 500;
};

/// Takes the documents out of `file`: of an archive those named *.xml, *.json or *.jsonl, in order of name; archives
/// inside are not opened. Refuses a broken or encrypted archive, one without documents, and what is over a limit.
tl::expected<std::vector<SentFile>, junit::ReadError> unpack(SentFile file, const UnpackLimits& limits = {});

}  // namespace perftrend::formats
