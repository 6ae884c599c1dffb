#include "runner/engines/make_engine.h"

namespace perftrend::runner {

const std::vector<std::string>& engine_names() {
  static const std::vector<std::string> names{"mock", "reference"};
  return names;
}

std::unique_ptr<Engine> make_engine(std::string_view name, const EngineOptions& options, Clock& clock) {
  if (name == "mock") return std::make_unique<MockEngine>(options.mock, clock);
  if (name == "reference") return std::make_unique<ReferenceEngine>(options.reference, clock);
  return nullptr;
}

}  // namespace perftrend::runner
