#pragma once
// llama-server's answers (native API), read and checked: pure functions of what was sent and what came back. Fields are
// those of its server-context.cpp; servers of 2025 lack cache_n, and some answer 200 to what they did not do.

#include <cstdint>
#include <string_view>

#include "runner/engines/engine.h"
#include "runner/engines/http/http_exchange.h"

namespace perftrend::runner {

/// predicted_ms begins at the first token, so that of one token alone is no time at all.
constexpr int llama_generate_tokens_min = 2;

EngineResult<std::vector<TokenId>> read_tokenized(const HttpAnswer& answer);

/// What a completion was asked for.
struct Asked {
  std::int64_t prompt_tokens = 0;
  std::int64_t generate_tokens = 0;
};

/// A completion that counts: 200, whole JSON, not truncated, not cached, the counts asked for, times finite and above 0
/// that together do not exceed `answer.total_ms`. Anything else is an error, however plausible its times are.
EngineResult<Completion> read_completion(const HttpAnswer& answer, const Asked& asked);

/// From /props and /v1/models, either of which may be empty or an error: build, model, quantisation, context, slots.
void describe_llama_server(std::string_view props, std::string_view models, EngineInfo& info);

}  // namespace perftrend::runner
