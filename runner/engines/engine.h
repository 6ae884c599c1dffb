#pragma once
// Interface between the runner and an inference engine.
//
// An engine processes one prompt at a time: open → (tokenize, complete, decode)* → close. It reports how long its parts
// took, because only the engine knows where prefill ends (an engine in this process reads the injected clock; a server
// reports its own timings). A part that it cannot time is missing, never 0. The caller times the total.
//
// Errors are values with a kind. Unless the kind is `unavailable`, the next call must work. An engine is used by one
// thread.

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace perftrend::runner {

using TokenId = std::int32_t;

struct EngineError {
  enum class Kind {
    unavailable,              ///< cannot be opened, or has ended
    unsupported,              ///< the engine does not have the operation
    token_out_of_vocabulary,  ///< an id that is negative or >= vocabulary_size
    context_exceeded,         ///< prompt and tokens to generate do not fit
    bad_request,              ///< an empty prompt, a count below one
    bad_answer,               ///< an answer that is incomplete, not a number, or contradicts itself
    wrong_count,              ///< another number of tokens than was sent or requested
    cached,                   ///< part of the prompt came from a cache, so the time is not a prefill time
    truncated,                ///< part of the prompt was dropped
    timed_out,                ///< no complete answer within the time limit
    failed,                   ///< it reported a failure, or ended with an exit code other than 0
    died,                     ///< its process was killed by a signal
  };
  Kind kind = Kind::unavailable;
  std::string message;
};

/// The kind's name in reports: "token_out_of_vocabulary".
std::string_view to_string(EngineError::Kind kind);

template <typename T>
using EngineResult = tl::expected<T, EngineError>;

/// What an engine supports. Reports have no metrics for what it does not support.
struct Capabilities {
  bool tokenize = true;        ///< tokenize() works and is timed separately
  bool decode = true;          ///< decode() restores the text given to tokenize()
  bool prefill_time = true;    ///< complete() reports prefill_ms
  bool generate_time = true;   ///< complete() reports generate_ms
  bool vocabulary = true;      ///< token ids are checked; an unknown one is an error
  bool deterministic = false;  ///< the same prompt gives the same tokens
  /// May reuse the cached beginning of an earlier prompt. Measured prompts then begin with a varying word
  /// (schema/scenario.md, `nonce`), unless the scenario says otherwise.
  bool prefix_cache = false;
};

struct EngineInfo {
  std::string name;     ///< "mock", "llama-server"
  std::string build;    ///< version and build; part of the fingerprint
  std::string summary;  ///< one line for a person
  /// Other parts of the fingerprint (name, value): model, seed, threads. Settings that are changed in order to see
  /// their effect, such as the mock's sleeps, are not included.
  std::vector<std::pair<std::string, std::string>> parameters;
  std::int64_t vocabulary_size = 0;
  Capabilities can;
};

struct TokenizedText {
  std::vector<TokenId> ids;
  std::optional<double> tokenize_ms;
};

/// Text and, where the engine tokenizes, its ids. An engine that takes ids uses only the ids.
struct Prompt {
  std::string text;
  std::vector<TokenId> ids;
};

struct Completion {
  std::vector<TokenId> generated;
  std::optional<double> prefill_ms;   ///< from the prompt's ids to the first token chosen
  std::optional<double> generate_ms;  ///< from there to the last token
  std::int64_t prompt_tokens = 0;     ///< as the engine counted them
  /// From an engine that counts generated tokens but does not return ids; otherwise the size of `generated`.
  std::optional<std::int64_t> generated_tokens = std::nullopt;
  std::optional<std::string> text = std::nullopt;  ///< the generated text, from an engine that decodes by itself
  std::int64_t cached_tokens = 0;                  ///< prompt tokens taken from a cache; a sample with any is refused
};

class Engine {
 public:
  Engine() = default;
  virtual ~Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Waits until the engine is ready, at most `deadline_ms`. Called once, before any other call.
  virtual EngineResult<EngineInfo> open(double deadline_ms) = 0;
  virtual EngineResult<TokenizedText> tokenize(std::string_view text) = 0;
  /// Prefills the prompt in an empty context (nothing of an earlier call is reused) and generates exactly
  /// `generate_tokens` tokens (>= 1).
  virtual EngineResult<Completion> complete(const Prompt& prompt, int generate_tokens) = 0;
  /// The text of the ids: bytes, which may end within a UTF-8 character.
  virtual EngineResult<std::string> decode(std::span<const TokenId> ids) = 0;
  /// Idempotent; no other call may follow.
  virtual void close() = 0;
};

/// An error for the first id outside [0, vocabulary_size); nullopt if all ids are inside.
std::optional<EngineError> out_of_vocabulary(std::span<const TokenId> ids, std::int64_t vocabulary_size);

}  // namespace perftrend::runner
