#include "runner/engines/http/llama_server.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;

/// JSON is UTF-8: invalid bytes are replaced by U+FFFD.
std::string to_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

LlamaServerEngine::LlamaServerEngine(const LlamaServerOptions& options, Clock& clock)
    : http_(parse_engine_url(options.url).value(), options.api_key, clock),
      server_(options.start, clock),
      timeout_ms_(options.timeout_ms) {}

template <typename T>
EngineResult<T> LlamaServerEngine::explained(EngineResult<T> result) {
  if (!result) return tl::unexpected(server_.explained(std::move(result.error())));
  return result;
}

EngineResult<EngineInfo> LlamaServerEngine::open(double deadline_ms) {
  const auto ready = server_.await_ready(http_, "/health", deadline_ms);
  if (!ready) return tl::unexpected(ready.error());
  const auto props = http_.get("/props", timeout_ms_);
  if (props && props->status == 401)
    return tl::unexpected(EngineError{Kind::bad_request, "the server requires an API key"});
  const auto models = http_.get("/v1/models", timeout_ms_);
  EngineInfo info;
  info.name = "llama-server";
  info.can.decode = false;  // /detokenize drops the tokens that add_special adds
  info.can.prefix_cache = true;
  info.parameters = {{"prefill_source", "engine"}};
  describe_llama_server(props && props->status == 200 ? props->body : "",
                        models && models->status == 200 ? models->body : "", info);
  vocabulary_size_ = info.vocabulary_size;
  info.summary = fmt::format("llama-server {} on {}, prefill timed by the server", info.build, to_string(http_.url()));
  return info;
}

EngineResult<TokenizedText> LlamaServerEngine::tokenize(std::string_view text) {
  // add_special: /completion with a text would add it too. The default is without.
  const auto answer =
      explained(http_.post("/tokenize", to_json({{"content", text}, {"add_special", true}}), timeout_ms_));
  if (!answer) return tl::unexpected(answer.error());
  auto ids = read_tokenized(*answer);
  if (!ids) return tl::unexpected(std::move(ids.error()));
  return TokenizedText{std::move(*ids), answer->total_ms};
}

EngineResult<Completion> LlamaServerEngine::complete(const Prompt& prompt, int generate_tokens) {
  // An old server answers an empty list with the times of the last request.
  if (prompt.ids.empty())
    return tl::unexpected(EngineError{Kind::bad_request, "a prompt of at least one token is required"});
  if (generate_tokens < llama_generate_tokens_min) {
    return tl::unexpected(EngineError{
        Kind::bad_request,
        fmt::format("llama-server reports times only from {} generated tokens on", llama_generate_tokens_min)});
  }
  const nlohmann::json request{
      {"prompt", prompt.ids},
      {"n_predict", generate_tokens},
      {"cache_prompt", false},
      {"temperature", 0},
      {"ignore_eos", true},
      {"seed", 1},
      {"response_fields", {"content", "timings", "tokens_evaluated", "truncated", "stop_type"}}};
  const auto answer = explained(http_.post("/completion", to_json(request), timeout_ms_));
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status != 200 && vocabulary_size_ > 0) {
    // Servers of 2025 report an unknown id as a prompt that is too big.
    if (auto unknown = out_of_vocabulary(prompt.ids, vocabulary_size_)) return tl::unexpected(std::move(*unknown));
  }
  return read_completion(*answer, {static_cast<std::int64_t>(prompt.ids.size()), generate_tokens});
}

EngineResult<std::string> LlamaServerEngine::decode(std::span<const TokenId> /*ids*/) {
  return tl::unexpected(EngineError{Kind::unsupported, "llama-server cannot restore a prompt from its ids"});
}

}  // namespace perftrend::runner
