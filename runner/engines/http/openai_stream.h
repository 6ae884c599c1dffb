#pragma once
// A streamed answer of an OpenAI-compatible server, read and checked. Pure: the caller passes the times of arrival.
// Reads /v1/completions and /v1/chat/completions, and the extensions `timings` (llama.cpp), `metrics` (vLLM) and
// `usage.prompt_tokens_details`.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runner/engines/engine.h"
#include "runner/engines/http/event_stream.h"
#include "runner/engines/http/http_exchange.h"

namespace perftrend::runner {

/// Token counts of a request. Not every server can count the tokens of the prompt beforehand.
struct RequestedStreamCounts {
  std::optional<std::int64_t> prompt_tokens;
  std::int64_t generate_tokens = 0;
};

class OpenAiStream {
 public:
  OpenAiStream();
  ~OpenAiStream();
  OpenAiStream(const OpenAiStream&) = delete;
  OpenAiStream& operator=(const OpenAiStream&) = delete;

  /// Bytes of the body of a 200 in the order of arrival, `since_ms` after the connection was opened.
  void feed(std::string_view bytes, double since_ms);
  /// A valid completion: an event stream up to [DONE], without an error event, with text, nothing cached, the requested
  /// counts, and times of the engine (if any) within the client's. prefill_ms is the time to the first event with text.
  /// Everything else is an error.
  [[nodiscard]] EngineResult<Completion> finish(const HttpAnswer& answer, const RequestedStreamCounts& requested) const;

 private:
  void take(const ServerEvent& event, double since_ms);
  [[nodiscard]] std::optional<EngineError> wrong_counts(const RequestedStreamCounts& requested,
                                                        Completion& completion) const;
  [[nodiscard]] std::optional<EngineError> wrong_times(double total_ms) const;

  EventStream events_;
  std::optional<double> first_text_ms_;
  std::string text_;
  bool done_ = false;
  std::optional<EngineError> error_;  ///< the first error event, or the first error of reading
  struct ServerFigures;
  std::unique_ptr<ServerFigures> figures_;  ///< the last of each kind that the stream contained
};

}  // namespace perftrend::runner
