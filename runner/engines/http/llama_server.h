#pragma once
// llama-server through its native API: tokenize on the client's clock, prefill and generate from the engine's own
// `timings`, the total on the client's clock.

#include <string>

#include "runner/engines/http/llama_answers.h"
#include "runner/engines/http/server_start.h"

namespace perftrend::runner {

struct LlamaServerOptions {
  std::string url = "http://127.0.0.1:8080";
  double timeout_ms = 60'000;  ///< of one request
  std::string api_key;         ///< "" for none
  std::optional<StartOptions> start;
};

class LlamaServerEngine final : public Engine {
 public:
  /// `options.url` must be one that parse_engine_url takes. `clock` must outlive the engine.
  LlamaServerEngine(const LlamaServerOptions& options, Clock& clock);
  ~LlamaServerEngine() override { stop(); }

  EngineResult<EngineInfo> open(double deadline_ms) override;
  EngineResult<TokenizedText> tokenize(std::string_view text) override;
  /// At least llama_generate_tokens_min tokens.
  EngineResult<Completion> complete(const Prompt& prompt, int generate_tokens) override;
  EngineResult<std::string> decode(std::span<const TokenId> ids) override;
  void close() override { stop(); }

 private:
  void stop() { server_.stop(); }
  template <typename T>
  EngineResult<T> explained(EngineResult<T> result);

  HttpExchange http_;
  StartedServer server_;
  double timeout_ms_;
  std::int64_t vocabulary_size_ = 0;  ///< 0: the server does not report it
};

}  // namespace perftrend::runner
