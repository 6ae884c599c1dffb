#pragma once
// An engine that only sleeps: by default 1 ms to tokenize and 10 ms to prefill, independent of the prompt. It shows
// what the harness and the scheduler add to a known duration. A longer sleep simulates a regression.

#include "runner/engines/engine.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// Deliberate defects for tests; a functional check or the check of samples must detect each of them.
enum class MockFault {
  none,
  empty_text,              ///< decode answers ""
  no_tokens,               ///< nothing is generated
  lossy_decode,            ///< decode drops the last byte
  accepts_unknown_tokens,  ///< an id outside the vocabulary is not an error
  no_recovery,             ///< after such an error every call fails
  prefill_beyond_total,    ///< reports a prefill longer than the whole call
  not_deterministic,       ///< the same prompt gives other tokens each time
  unavailable,             ///< cannot be opened
  dies_measuring,          ///< fails permanently after mock_dies_after completions
};

/// Completions before the mock with dies_measuring fails: more than the functional case of three prompts needs, fewer
/// than a measurement.
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
  EngineResult<TokenizedText> tokenize(std::string_view text) override;
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
