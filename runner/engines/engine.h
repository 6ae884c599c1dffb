#pragma once
// The seam between the runner and whatever runs a prompt.
//
// An engine answers one prompt at a time, in the order asked: open → (tokenize, complete, decode)* → close. It says for
// itself how long its parts took, because only it knows where prefill ends (an engine in this process reads the
// injected clock; a server states its own timings). A part that it cannot tell is left out, never 0. The caller times
// the whole.
//
// Errors are values: an engine that refuses, fails or answers nonsense says so with a kind, and unless the kind is
// `unavailable` the next call must work. Engines are used by one thread.

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
    unavailable,              ///< cannot be opened, or is gone
    unsupported,              ///< this engine has no such operation
    token_out_of_vocabulary,  ///< an id that is negative or >= vocabulary_size
    context_exceeded,         ///< prompt and tokens to generate do not fit
    bad_request,              ///< an empty prompt, a count below one
    bad_answer,               ///< an answer that is not whole, no number or contradicts itself
    wrong_count,              ///< other numbers of tokens than were sent or asked for
    cached,                   ///< part of the prompt came from a cache, so its time is none of a prefill
    truncated,                ///< part of the prompt was dropped
    timed_out,                ///< no whole answer within its time
    failed,                   ///< it says itself that it failed, or ended with an exit code other than 0
    died,                     ///< its process was killed by a signal
  };
  Kind kind = Kind::unavailable;
  std::string message;
};

/// The kind's name as reports show it: "token_out_of_vocabulary".
std::string_view to_string(EngineError::Kind kind);

template <typename T>
using EngineResult = tl::expected<T, EngineError>;

/// What an engine can tell. What it cannot is no measure of its report.
struct Capabilities {
  bool tokenize = true;        ///< tokenize() works and takes its time alone
  bool decode = true;          ///< decode() works and restores what tokenize() was given
  bool prefill_time = true;    ///< complete() states prefill_ms
  bool generate_time = true;   ///< complete() states generate_ms
  bool vocabulary = true;      ///< token ids are checked; an unknown one is an error
  bool deterministic = false;  ///< the same prompt gives the same tokens
  /// May answer from what it kept of an earlier prompt: measured prompts then begin with a varying word
  /// (schema/scenario.md, `nonce`), unless the scenario says otherwise.
  bool prefix_cache = false;
};

struct EngineInfo {
  std::string name;     ///< "mock", "llama-server"
  std::string build;    ///< what was compiled, of which version; a change starts a new baseline
  std::string summary;  ///< one line for a person
  /// Further parts of the fingerprint (name, value): model, seed, threads. Not what an operator turns on purpose to see
  /// a change, as the mock's sleeps.
  std::vector<std::pair<std::string, std::string>> parameters;
  std::int64_t vocabulary_size = 0;
  Capabilities can;
};

struct Tokens {
  std::vector<TokenId> ids;
  std::optional<double> tokenize_ms;
};

/// Text and, where the engine tokenizes, its ids. An engine that takes ids uses the ids alone.
struct Prompt {
  std::string text;
  std::vector<TokenId> ids;
};

struct Completion {
  std::vector<TokenId> generated;
  std::optional<double> prefill_ms;   ///< from the prompt's ids to the first token chosen
  std::optional<double> generate_ms;  ///< from there to the last token
  std::int64_t prompt_tokens = 0;     ///< as the engine counted them
  /// Of an engine that counts what it generated but does not give ids; else the size of `generated`.
  std::optional<std::int64_t> generated_tokens = std::nullopt;
  std::optional<std::string> text = std::nullopt;  ///< of what was generated, from an engine that decodes by itself
  std::int64_t cached_tokens = 0;                  ///< of these, not computed anew; a sample with any is refused
};

class Engine {
 public:
  Engine() = default;
  virtual ~Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Waits until the engine is ready, at most `deadline_ms`. Called once, before all else.
  virtual EngineResult<EngineInfo> open(double deadline_ms) = 0;
  virtual EngineResult<Tokens> tokenize(std::string_view text) = 0;
  /// Prefills the prompt in an empty context (nothing of an earlier call is reused) and generates exactly
  /// `generate_tokens` tokens (>= 1).
  virtual EngineResult<Completion> complete(const Prompt& prompt, int generate_tokens) = 0;
  /// The ids' text: bytes, not always whole UTF-8 characters.
  virtual EngineResult<std::string> decode(std::span<const TokenId> ids) = 0;
  /// Idempotent; nothing may be called afterwards.
  virtual void close() = 0;
};

/// The first id outside of [0, vocabulary_size), as the error that every engine answers.
std::optional<EngineError> out_of_vocabulary(std::span<const TokenId> ids, std::int64_t vocabulary_size);

}  // namespace perftrend::runner
