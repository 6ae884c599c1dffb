#pragma once
// The reference engine: byte-level BPE and a small ternary transformer in this process. It needs no model file, its
// cost grows with the prompt as a real engine's does, and the same seed gives the same tokens. Its speed says nothing
// about real engines; it exists so that examples and tests measure real computation.

#include <cstdint>
#include <memory>

#include "runner/engines/engine.h"
#include "runner/engines/reference/tokenizer.h"
#include "runner/engines/reference/transformer.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

constexpr std::uint64_t default_seed = 42;

struct ReferenceOptions {
  std::uint64_t seed = default_seed;  ///< seed of the weights; from BITNET_SEED
  ModelShape shape;                   ///< `vocabulary` is ignored; the tokenizer's is used
};

class ReferenceEngine final : public Engine {
 public:
  /// `clock` must outlive the engine.
  ReferenceEngine(ReferenceOptions options, Clock& clock);

  EngineResult<EngineInfo> open(double deadline_ms) override;
  EngineResult<TokenizedText> tokenize(std::string_view text) override;
  EngineResult<Completion> complete(const Prompt& prompt, int generate_tokens) override;
  EngineResult<std::string> decode(std::span<const TokenId> ids) override;
  void close() override { transformer_ = nullptr; }

 private:
  ReferenceOptions options_;
  Clock& clock_;
  Tokenizer tokenizer_;
  std::unique_ptr<Transformer> transformer_;  ///< from open() to close()
};

}  // namespace perftrend::runner
