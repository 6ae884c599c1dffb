#pragma once
// Any server with OpenAI's streaming API: vLLM, SGLang, TGI, ollama, llama-server. Its prefill is the time to the first
// event with text (prefill_source=ttft in the fingerprint). It includes HTTP, queueing, tokenizing and sampling, so it
// is not comparable with times that an engine reports itself.

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

#include "runner/engines/http/http_exchange.h"
#include "runner/engines/http/server_start.h"

namespace perftrend::runner {

struct OpenAiOptions {
  enum class Endpoint { completions, chat };
  std::string url = "http://127.0.0.1:8000";  ///< with or without /v1 at the end
  std::string model;                          ///< "" is the first one in /v1/models, if any
  Endpoint endpoint = Endpoint::completions;
  double timeout_ms = 60'000;  ///< of one request
  std::string api_key;         ///< "" for none
  std::string body = "{}";     ///< a JSON object of additional keys for every request; they override others
  std::optional<StartOptions> start;
};

class OpenAiEngine final : public Engine {
 public:
  /// `options.url` must be one that parse_engine_url takes, `options.body` a JSON object. `clock` must outlive this.
  OpenAiEngine(OpenAiOptions options, Clock& clock);
  ~OpenAiEngine() override { server_.stop(); }

  EngineResult<EngineInfo> open(double deadline_ms) override;
  /// Requires llama.cpp's or vLLM's /tokenize and the endpoint `completions`; otherwise unsupported.
  EngineResult<TokenizedText> tokenize(std::string_view text) override;
  /// Sends the text. If ids are given, the server must have prefilled as many tokens.
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
