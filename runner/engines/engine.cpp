#include "runner/engines/engine.h"

#include <fmt/format.h>

namespace perftrend::runner {

std::string_view to_string(EngineError::Kind kind) {
  switch (kind) {
    case EngineError::Kind::unavailable:
      return "unavailable";
    case EngineError::Kind::unsupported:
      return "unsupported";
    case EngineError::Kind::token_out_of_vocabulary:
      return "token_out_of_vocabulary";
    case EngineError::Kind::context_exceeded:
      return "context_exceeded";
    case EngineError::Kind::bad_request:
      return "bad_request";
    case EngineError::Kind::bad_answer:
      return "bad_answer";
    case EngineError::Kind::wrong_count:
      return "wrong_count";
    case EngineError::Kind::cached:
      return "cached";
    case EngineError::Kind::truncated:
      return "truncated";
    case EngineError::Kind::timed_out:
      return "timed_out";
    case EngineError::Kind::failed:
      return "failed";
    case EngineError::Kind::died:
      return "died";
  }
  return "unknown";
}

std::optional<EngineError> out_of_vocabulary(std::span<const TokenId> ids, std::int64_t vocabulary_size) {
  for (const TokenId id : ids) {
    if (id < 0 || id >= vocabulary_size) {
      return EngineError{EngineError::Kind::token_out_of_vocabulary,
                         fmt::format("token id {} is outside the vocabulary of {}", id, vocabulary_size)};
    }
  }
  return std::nullopt;
}

}  // namespace perftrend::runner
