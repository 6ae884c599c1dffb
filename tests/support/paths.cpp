#include "tests/support/paths.h"

namespace perftrend::tests {

std::string source_dir() {
  return PERFTREND_SOURCE_DIR;
}

std::string bin_dir() {
  return PERFTREND_BIN_DIR;
}

std::string shared_dir() {
  return PERFTREND_SOURCE_DIR "/../shared";
}

}  // namespace perftrend::tests
