// Any bytes through the reader of all formats: the first byte says whether they are sent as CTest's Test.xml.

#include <utility>

#include "core/formats/report_reader.h"
#include "tests/fuzz/sound.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perftrend;
  std::string_view bytes = fuzz::text_of(data, size);
  // Examples as they are begin with none of these.
  const bool as_ctest = bytes.starts_with('C') || bytes.find("<Site") != std::string_view::npos;
  if (bytes.starts_with('C')) bytes.remove_prefix(1);
  auto report = formats::read_report(bytes, as_ctest ? formats::ctest_content_type : "", "", fuzz::small_limits());
  if (!report) {
    fuzz::require_sound(report.error());
    return 0;
  }
  fuzz::require_sound(std::move(*report));
  return 0;
}
