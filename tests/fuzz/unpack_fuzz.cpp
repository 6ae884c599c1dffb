// Any bytes as an archive or as compressed bytes: refused with a cause, or documents within the limits.

#include <string>

#include "core/formats/unpack.h"
#include "tests/fuzz/sound.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perftrend;
  formats::UnpackLimits limits;
  limits.unpacked_bytes_max = 64 * 1024;
  limits.archive_entries_max = 20;
  limits.file_name_bytes_max = 100;
  const auto unpacked = formats::unpack({"report.xml", "", std::string(fuzz::text_of(data, size))}, limits);
  if (!unpacked) {
    fuzz::require_sound(unpacked.error());
    return 0;
  }
  const auto& documents = unpacked->documents;
  fuzz::require(!documents.empty() && documents.size() + unpacked->skipped.size() <= limits.archive_entries_max);
  std::size_t total = 0;
  for (const auto& document : documents) {
    total += document.bytes.size();
    fuzz::require(document.name.size() <= limits.file_name_bytes_max);
  }
  // What is not packed stays as it is, however long. The files of Criterion are joined by a line end.
  fuzz::require(total <= limits.unpacked_bytes_max + limits.archive_entries_max ||
                (documents.size() == 1 && total == size));
  return 0;
}
