#pragma once
// Any server with OpenAI's streaming API: vLLM, SGLang, TGI, ollama, llama-server. Its prefill is the time to the first
// event with text (prefill_source=ttft in the fingerprint): with HTTP, queueing, tokenizing and sampling in it, so no
// number to compare with an engine's own.

#include <string>

#include "runner/engines/http/openai_stream.h"
#include "runner/engines/http/server_start.h"

namespace perftrend::runner {

struct OpenAiOptions {
  enum class Endpoint { completions, chat };
  std::string url = "http://127.0.0.1:8000";  ///< with or without /v1 at its end
  std::string model;                          ///< "" is the first that /v1/models lists, if it does
  Endpoint endpoint = Endpoint::completions;
  double timeout_ms = 60'000;  ///< of one request
  std::string api_key;         ///< "" for none
  std::string body = "{}";     ///< a JSON object of further keys for every request; they win
  std::optional<StartOptions> start;
};

class OpenAiEngine final : public Engine {
 public:
  /// `options.url` must be one that parse_engine_url takes, `options.body` a JSON object. `clock` must outlive this.
  OpenAiEngine(OpenAiOptions options, Clock& clock);
  ~OpenAiEngine() override { server_.stop(); }

  EngineResult<EngineInfo> open(double deadline_ms) override;
  /// Where the server has llama.cpp's or vLLM's /tokenize and the endpoint is completions; else unsupported.
  EngineResult<Tokens> tokenize(std::string_view text) override;
  /// Uses the text; ids, where given, are the count that the server must have prefilled.
  EngineResult<Completion> complete(const Prompt& prompt, int generate_tokens) override;
  EngineResult<std::string> decode(std::span<const TokenId> ids) override;
  void close() override { server_.stop(); }

 private:
  enum class Tokenizing { none, llama, vllm };
  [[nodiscard]] nlohmann::json tokenize_request(Tokenizing how, std::string_view text) const;
  [[nodiscard]] Tokenizing find_tokenizing() const;
  [[nodiscard]] nlohmann::json completion_request(const std::string& text, int generate_tokens) const;

  OpenAiOptions options_;
  HttpExchange http_;
  StartedServer server_;
  Tokenizing tokenizing_ = Tokenizing::none;
};

}  // namespace perftrend::runner
