#pragma once
// Reading and checking of llama-server's answers (native API). Pure functions of the request and the answer. The fields
// are those of its server-context.cpp. Servers of 2025 lack cache_n, and some answer 200 to requests they did not
// perform.

#include <cstdint>
#include <string_view>

#include "runner/engines/engine.h"
#include "runner/engines/http/http_exchange.h"

namespace perftrend::runner {

/// predicted_ms begins at the first token, so it is meaningless for a single token.
constexpr int llama_generate_tokens_min = 2;

EngineResult<std::vector<TokenId>> read_tokenized(const HttpAnswer& answer);

/// Token counts of a completion request.
struct RequestedCounts {
  std::int64_t prompt_tokens = 0;
  std::int64_t generate_tokens = 0;
};

/// A valid completion: status 200, complete JSON, not truncated, not cached, with the requested counts and times that
/// are finite, above 0 and in total at most `answer.total_ms`. Everything else is an error.
EngineResult<Completion> read_completion(const HttpAnswer& answer, const RequestedCounts& requested);

/// Sets build, model, quantisation, context and slots from the answers of /props and /v1/models. Either may be empty.
void describe_llama_server(std::string_view props, std::string_view models, EngineInfo& info);

}  // namespace perftrend::runner
