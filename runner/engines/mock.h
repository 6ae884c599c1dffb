#pragma once
// An engine that only sleeps: 1 ms to tokenize, 10 ms to prefill whatever the prompt. It shows what the harness and the
// machine's scheduler add to a known duration, and a slower sleep is a regression to try things with.

#include "runner/engines/engine.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// Deliberate defects, each of which one functional check (or the reader of a sample) must notice. For tests.
enum class MockFault {
  none,
  empty_text,              ///< decode answers ""
  no_tokens,               ///< nothing is generated
  lossy_decode,            ///< decode drops the last byte
  accepts_unknown_tokens,  ///< an id beyond the vocabulary is no error
  no_recovery,             ///< after such an error every call fails
  prefill_beyond_total,    ///< states a prefill longer than the whole call
  not_deterministic,       ///< the same prompt gives other tokens each time
  unavailable,             ///< cannot be opened
  dies_measuring,          ///< fails for good after some completions (mock_dies_after)
};

/// Completions that a dying mock answers: more than the functional case needs of three prompts, fewer than a
/// measurement takes.
constexpr int mock_dies_after = 8;

struct MockOptions {
  double tokenize_ms = 1.0;
  double prefill_ms = 10.0;
  double generate_ms_per_token = 1.0;
  MockFault fault = MockFault::none;
};

/// A token is a byte: the vocabulary has 256 ids, and decode restores the text.
class MockEngine final : public Engine {
 public:
  /// `clock` must outlive the engine.
  MockEngine(MockOptions options, Clock& clock) : options_(options), clock_(clock) {}

  EngineResult<EngineInfo> open(double deadline_ms) override;
  EngineResult<Tokens> tokenize(std::string_view text) override;
  EngineResult<Completion> complete(const Prompt& prompt, int generate_tokens) override;
  EngineResult<std::string> decode(std::span<const TokenId> ids) override;
  void close() override {}

 private:
  void sleep_ms(double duration_ms);
  [[nodiscard]] std::vector<TokenId> generate(const Prompt& prompt, int generate_tokens) const;

  MockOptions options_;
  Clock& clock_;
  int completions_ = 0;
  bool broken_ = false;
};

}  // namespace perftrend::runner
