#include "runner/engines/reference/reference.h"

#include <fmt/format.h>

#include <array>

namespace perftrend::runner {
namespace {

#ifdef __OPTIMIZE__
constexpr const char* optimisation = "optimised";
#else
constexpr const char* optimisation = "not optimised";
#endif
#if defined(__clang__)
constexpr const char* compiler = "clang " __clang_version__;
#else
constexpr const char* compiler = "gcc " __VERSION__;
#endif

EngineError closed() {
  return {EngineError::Kind::unavailable, "the reference engine is not open"};
}

}  // namespace

ReferenceEngine::ReferenceEngine(ReferenceOptions options, Clock& clock)
    : options_(options), clock_(clock), tokenizer_(Tokenizer::built_in()) {
  options_.shape.vocabulary = static_cast<std::size_t>(tokenizer_.vocabulary_size());
}

EngineResult<EngineInfo> ReferenceEngine::open(double /*deadline_ms*/) {
  const ModelShape& shape = options_.shape;
  transformer_ = std::make_unique<Transformer>(Weights::from_seed(shape, options_.seed));
  EngineInfo info;
  info.name = "reference";
  info.build = fmt::format("perftrend {}, {}, {}", PERFTREND_VERSION, compiler, optimisation);
  info.summary = fmt::format("reference: a ternary transformer of {} layers x {} in this process, seed {}",
                             shape.layers, shape.width, options_.seed);
  info.parameters = {
      {"model", fmt::format("ternary {}x{}x{}, {} heads, vocabulary {}", shape.layers, shape.width, shape.hidden,
                            shape.heads, shape.vocabulary)},
      {"seed", fmt::format("{}", options_.seed)},
      {"threads", "1"},
  };
  info.vocabulary_size = tokenizer_.vocabulary_size();
  info.can.deterministic = true;
  return info;
}

EngineResult<TokenizedText> ReferenceEngine::tokenize(std::string_view text) {
  TokenizedText tokens;
  const std::int64_t from_ns = clock_.now_ns();
  tokens.ids = tokenizer_.encode(text);
  tokens.tokenize_ms = elapsed_ms(from_ns, clock_.now_ns());
  return tokens;
}

EngineResult<Completion> ReferenceEngine::complete(const Prompt& prompt, int generate_tokens) {
  if (!transformer_) return tl::unexpected(closed());
  if (auto error = out_of_vocabulary(prompt.ids, tokenizer_.vocabulary_size()))
    return tl::unexpected(std::move(*error));
  if (prompt.ids.empty() || generate_tokens < 1) {
    return tl::unexpected(
        EngineError{EngineError::Kind::bad_request, "a prompt and a token count of at least 1 are required"});
  }
  const std::size_t needed = prompt.ids.size() + static_cast<std::size_t>(generate_tokens);
  if (needed > options_.shape.context) {
    return tl::unexpected(EngineError{EngineError::Kind::context_exceeded,
                                      fmt::format("prompt and generated tokens are {} in total, the context holds {}",
                                                  needed, options_.shape.context)});
  }
  Completion completion;
  completion.generated.reserve(static_cast<std::size_t>(generate_tokens));
  completion.prompt_tokens = static_cast<std::int64_t>(prompt.ids.size());
  transformer_->reset();
  const std::int64_t start_ns = clock_.now_ns();
  completion.generated.push_back(argmax(transformer_->prefill(prompt.ids)));
  const std::int64_t prefilled_ns = clock_.now_ns();
  while (completion.generated.size() < static_cast<std::size_t>(generate_tokens)) {
    const std::array<TokenId, 1> last{completion.generated.back()};
    completion.generated.push_back(argmax(transformer_->prefill(last)));
  }
  completion.prefill_ms = elapsed_ms(start_ns, prefilled_ns);
  completion.generate_ms = elapsed_ms(prefilled_ns, clock_.now_ns());
  return completion;
}

EngineResult<std::string> ReferenceEngine::decode(std::span<const TokenId> ids) {
  if (auto error = out_of_vocabulary(ids, tokenizer_.vocabulary_size())) return tl::unexpected(std::move(*error));
  return tokenizer_.decode(ids);
}

}  // namespace perftrend::runner
