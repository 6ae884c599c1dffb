#pragma once
// Creation of engines by name.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/engines/command/command.h"
#include "runner/engines/engine.h"
#include "runner/engines/http/llama_server.h"
#include "runner/engines/http/openai.h"
#include "runner/engines/mock.h"
#include "runner/engines/reference/reference.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// Programs that measure by themselves have no prompts; runner/measure/command_cases.h runs them.
inline constexpr std::string_view command_engine_name = "command";

struct EngineOptions {
  MockOptions mock;
  ReferenceOptions reference;
  LlamaServerOptions llama_server;
  OpenAiOptions openai;
  CommandOptions command;
};

/// Names that a scenario may use, in the order of messages and help.
const std::vector<std::string>& engine_names();

/// The engine, not yet open; nullptr for "command" and for an unknown name. `clock` must outlive it.
std::unique_ptr<Engine> make_engine(std::string_view name, const EngineOptions& options, Clock& clock);

}  // namespace perftrend::runner
