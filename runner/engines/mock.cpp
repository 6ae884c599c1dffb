#include "runner/engines/mock.h"

#include <fmt/format.h>

#include <numeric>

namespace perftrend::runner {
namespace {

constexpr std::int64_t vocabulary_size = 256;
constexpr TokenId first_letter = 'a';
constexpr TokenId letters = 26;

EngineError unavailable(const char* message) {
  return {EngineError::Kind::unavailable, message};
}

}  // namespace

EngineResult<EngineInfo> MockEngine::open(double /*deadline_ms*/) {
  if (options_.fault == MockFault::unavailable) return tl::unexpected(unavailable("the mock engine is set to fail"));
  EngineInfo info;
  info.name = "mock";
  info.build = "perftrend " PERFTREND_VERSION;
  info.summary =
      fmt::format("mock: sleeps {} ms to tokenize and {} ms to prefill", options_.tokenize_ms, options_.prefill_ms);
  info.parameters = {{"threads", "1"}};
  info.vocabulary_size = vocabulary_size;
  info.can.deterministic = true;
  return info;
}

EngineResult<TokenizedText> MockEngine::tokenize(std::string_view text) {
  if (broken_) return tl::unexpected(unavailable("the mock engine did not recover"));
  const std::int64_t from_ns = clock_.now_ns();
  sleep_ms(options_.tokenize_ms);
  TokenizedText tokens;
  tokens.ids.reserve(text.size());
  for (const char byte : text)
    tokens.ids.push_back(static_cast<unsigned char>(byte));
  tokens.tokenize_ms = elapsed_ms(from_ns, clock_.now_ns());
  return tokens;
}

EngineResult<Completion> MockEngine::complete(const Prompt& prompt, int generate_tokens) {
  if (broken_) return tl::unexpected(unavailable("the mock engine did not recover"));
  if (options_.fault == MockFault::dies_measuring && completions_ >= mock_dies_after) {
    return tl::unexpected(unavailable("the mock engine died while measuring"));
  }
  if (options_.fault != MockFault::accepts_unknown_tokens) {
    if (auto error = out_of_vocabulary(prompt.ids, vocabulary_size)) {
      broken_ = options_.fault == MockFault::no_recovery;
      return tl::unexpected(std::move(*error));
    }
  }
  if (prompt.ids.empty() || generate_tokens < 1) {
    return tl::unexpected(
        EngineError{EngineError::Kind::bad_request, "a prompt and a token count of at least 1 are required"});
  }
  Completion completion;
  const std::int64_t start_ns = clock_.now_ns();
  sleep_ms(options_.prefill_ms);
  const std::int64_t prefilled_ns = clock_.now_ns();
  sleep_ms(options_.generate_ms_per_token * generate_tokens);
  completion.prefill_ms = elapsed_ms(start_ns, prefilled_ns);
  completion.generate_ms = elapsed_ms(prefilled_ns, clock_.now_ns());
  if (options_.fault == MockFault::prefill_beyond_total) *completion.prefill_ms += 1000;
  completion.prompt_tokens = static_cast<std::int64_t>(prompt.ids.size());
  completion.generated = generate(prompt, generate_tokens);
  ++completions_;
  return completion;
}

EngineResult<std::string> MockEngine::decode(std::span<const TokenId> ids) {
  if (auto error = out_of_vocabulary(ids, vocabulary_size)) return tl::unexpected(std::move(*error));
  std::string text;
  if (options_.fault == MockFault::empty_text) return text;
  for (const TokenId id : ids)
    text.push_back(static_cast<char>(id));
  if (options_.fault == MockFault::lossy_decode && !text.empty()) text.pop_back();
  return text;
}

void MockEngine::sleep_ms(double duration_ms) {
  clock_.sleep_ns(static_cast<std::int64_t>(duration_ms * ns_per_ms));
}

/// Letters that depend on the prompt.
std::vector<TokenId> MockEngine::generate(const Prompt& prompt, int generate_tokens) const {
  if (options_.fault == MockFault::no_tokens) return {};
  TokenId state = std::accumulate(prompt.ids.begin(), prompt.ids.end(), TokenId{0},
                                  [](TokenId sum, TokenId id) { return (sum * 31 + id) % letters; });
  if (options_.fault == MockFault::not_deterministic) state += completions_;
  std::vector<TokenId> generated;
  generated.reserve(static_cast<std::size_t>(generate_tokens));
  for (int i = 0; i < generate_tokens; ++i)
    generated.push_back(first_letter + (state + i) % letters);
  return generated;
}

}  // namespace perftrend::runner
