#pragma once
// A streamed answer of an OpenAI-compatible server, read and checked: pure, with the times of arrival told from
// outside. Takes /v1/completions and /v1/chat/completions alike, and what servers add: `timings` (llama.cpp), `metrics`
// (vLLM), `usage.prompt_tokens_details`.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>

#include "runner/engines/engine.h"
#include "runner/engines/http/event_stream.h"
#include "runner/engines/http/http_exchange.h"

namespace perftrend::runner {

/// What a stream was asked for. The tokens of the prompt are not known of every server.
struct AskedOfStream {
  std::optional<std::int64_t> prompt_tokens;
  std::int64_t generate_tokens = 0;
};

class OpenAiStream {
 public:
  /// Bytes of a 200's body in the order of their arrival, `since_ms` after the connection was there.
  void feed(std::string_view bytes, double since_ms);
  /// A completion that counts: an event stream up to its [DONE], without an error event, with text, nothing cached, the
  /// counts asked for, the engine's own times (where stated) within the client's. prefill_ms is the time to the first
  /// event with text. Anything else is an error.
  [[nodiscard]] EngineResult<Completion> finish(const HttpAnswer& answer, const AskedOfStream& asked) const;

 private:
  void take(const ServerEvent& event, double since_ms);
  [[nodiscard]] std::optional<EngineError> wrong_counts(const AskedOfStream& asked, Completion& completion) const;
  [[nodiscard]] std::optional<EngineError> wrong_times(double total_ms) const;

  EventStream events_;
  std::optional<double> first_text_ms_;
  std::string text_;
  bool done_ = false;
  std::optional<EngineError> error_;  ///< the first that the stream told of itself, or that reading it met
  nlohmann::json usage_, timings_, metrics_;
};

}  // namespace perftrend::runner
