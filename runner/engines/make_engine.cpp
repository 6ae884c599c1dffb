#include "runner/engines/make_engine.h"

namespace perftrend::runner {

const std::vector<std::string>& engine_names() {
  static const std::vector<std::string> names{"mock", "reference", "llama-server", "openai",
                                              std::string(command_engine_name)};
  return names;
}

std::unique_ptr<Engine> make_engine(std::string_view name, const EngineOptions& options, Clock& clock) {
  if (name == "mock") return std::make_unique<MockEngine>(options.mock, clock);
  if (name == "reference") return std::make_unique<ReferenceEngine>(options.reference, clock);
  if (name == "llama-server") return std::make_unique<LlamaServerEngine>(options.llama_server, clock);
  if (name == "openai") return std::make_unique<OpenAiEngine>(options.openai, clock);
  return nullptr;
}

}  // namespace perftrend::runner
