#pragma once
// The engines by name: the one place that knows them all.

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

/// Programs that measure by themselves are run by runner/measure/command_cases.h, not prompted.
inline constexpr std::string_view command_engine_name = "command";

struct EngineOptions {
  MockOptions mock;
  ReferenceOptions reference;
  LlamaServerOptions llama_server;
  OpenAiOptions openai;
  CommandOptions command;
};

/// Names that a scenario may state, in the order in which a person is shown them.
const std::vector<std::string>& engine_names();

/// The engine, not yet open; nullptr for "command" and when nobody has this name. `clock` must outlive it.
std::unique_ptr<Engine> make_engine(std::string_view name, const EngineOptions& options, Clock& clock);

}  // namespace perftrend::runner
