// Any bytes through the reader: refused with a cause and a place, or a sound report whose metrics are sound.

#include "core/junit/junit_reader.h"
#include "tests/fuzz/sound.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perftrend;
  fuzz::require_sound(junit::read_junit(fuzz::text_of(data, size), fuzz::small_limits()));
  return 0;
}
