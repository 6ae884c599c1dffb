#include "runner/engines/http/openai_stream.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runner/engines/answer_checks.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;
using nlohmann::json;

constexpr int ok = 200;
constexpr const char* end_mark = "[DONE]";

/// The text of one choice: of a completion, or of a chat's delta with its reasoning.
std::string text_of(const json& choice) {
  std::string text;
  const auto add = [&](const json& object, const char* key) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) text += found->get<std::string>();
  };
  add(choice, "text");
  const auto delta = choice.find("delta");
  if (delta != choice.end() && delta->is_object()) {
    // The older and the newer name of the reasoning; a server may send the same text under both.
    add(*delta, delta->contains("reasoning_content") ? "reasoning_content" : "reasoning");
    add(*delta, "content");
  }
  return text;
}

void store_object(const json& event, const char* key, json& out) {
  const auto found = event.find(key);
  if (found != event.end() && found->is_object()) out = *found;
}

/// Cached tokens of the prompt; 0 where the server does not report any.
std::int64_t cached_tokens(const json& usage, const json& timings) {
  std::int64_t cached = count(timings, "cache_n").value_or(0);
  const auto details = usage.find("prompt_tokens_details");
  if (details != usage.end() && details->is_object()) {
    cached = std::max(cached, count(*details, "cached_tokens").value_or(0));
  }
  const auto computed = count(timings, "prompt_n");
  const auto whole = count(usage, "prompt_tokens");
  if (computed && whole) cached = std::max(cached, *whole - *computed);
  return cached;
}

}  // namespace

/// Token counts and times that the server reports; null where it reports none.
struct OpenAiStream::ServerFigures {
  json usage, timings, metrics;
};

OpenAiStream::OpenAiStream() : figures_(std::make_unique<ServerFigures>()) {}
OpenAiStream::~OpenAiStream() = default;

void OpenAiStream::feed(std::string_view bytes, double since_ms) {
  events_.feed(bytes, [&](const ServerEvent& event) { take(event, since_ms); });
}

void OpenAiStream::take(const ServerEvent& event, double since_ms) {
  if (error_ || done_) return;
  if (event.data == end_mark) {
    done_ = true;
    return;
  }
  const json object = json::parse(event.data, nullptr, false);
  if (!object.is_object()) {
    error_ = EngineError{Kind::bad_answer, "an event is not a JSON object"};
    return;
  }
  if (const auto error = object.find("error"); error != object.end() && !error->is_null()) {
    const auto code = error->is_object() ? count(*error, "code").value_or(500) : 500;
    error_ = refusal_in(static_cast<int>(code), *error);
    return;
  }
  store_object(object, "usage", figures_->usage);
  store_object(object, "timings", figures_->timings);
  store_object(object, "metrics", figures_->metrics);
  const auto choices = object.find("choices");
  if (choices == object.end() || !choices->is_array() || choices->empty() || !choices->front().is_object()) return;
  const std::string text = text_of(choices->front());
  if (!text.empty() && !first_text_ms_) first_text_ms_ = since_ms;
  text_ += text;
}

std::optional<EngineError> OpenAiStream::wrong_counts(const RequestedStreamCounts& requested,
                                                      Completion& completion) const {
  const json none = json::object();
  const json& usage = figures_->usage.is_object() ? figures_->usage : none;
  const json& timings = figures_->timings.is_object() ? figures_->timings : none;
  const std::int64_t cached = cached_tokens(usage, timings);
  if (cached > 0) return EngineError{Kind::cached, fmt::format("{} tokens of the prompt came from a cache", cached)};
  auto prompt_tokens = count(usage, "prompt_tokens");
  if (!prompt_tokens) prompt_tokens = count(timings, "prompt_n");
  auto generated = count(usage, "completion_tokens");
  if (!generated) generated = count(timings, "predicted_n");
  if (!prompt_tokens || !generated) {
    return EngineError{Kind::wrong_count, "the server reports no token counts (usage or timings)"};
  }
  if (*prompt_tokens < 1 || (requested.prompt_tokens && *prompt_tokens != *requested.prompt_tokens)) {
    const bool fewer = requested.prompt_tokens && *prompt_tokens < *requested.prompt_tokens;
    return EngineError{
        fewer ? Kind::truncated : Kind::wrong_count,
        fmt::format("{} prompt tokens, the text has {}", *prompt_tokens, requested.prompt_tokens.value_or(0))};
  }
  if (*generated != requested.generate_tokens) {
    return EngineError{Kind::wrong_count,
                       fmt::format("{} tokens generated, {} were requested", *generated, requested.generate_tokens)};
  }
  completion.prompt_tokens = *prompt_tokens;
  completion.generated_tokens = *generated;
  return std::nullopt;
}

/// Checks the times that the engine reports, if any: they must not exceed the times of the client.
std::optional<EngineError> OpenAiStream::wrong_times(double total_ms) const {
  const auto beyond = [](const char* what, double part_ms, double whole_ms) {
    return EngineError{Kind::bad_answer,
                       fmt::format("{} of {} ms exceeds the client's {:.3f} ms", what, part_ms, whole_ms)};
  };
  const json& timings = figures_->timings;
  if (timings.is_object()) {
    const auto prompt_ms = stated_ms(timings, "prompt_ms");
    if (!prompt_ms) return prompt_ms.error();
    const auto predicted_ms = stated_ms(timings, "predicted_ms");
    if (!predicted_ms) return predicted_ms.error();
    if (*prompt_ms > *first_text_ms_ + rounding_ms) return beyond("prompt_ms", *prompt_ms, *first_text_ms_);
    if (*prompt_ms + *predicted_ms > total_ms + rounding_ms) {
      return beyond("the sum of prompt_ms and predicted_ms", *prompt_ms + *predicted_ms, total_ms);
    }
  }
  const json& metrics = figures_->metrics;
  if (metrics.is_object() && metrics.contains("time_to_first_token_ms")) {
    const auto first_ms = stated_ms(metrics, "time_to_first_token_ms");
    if (!first_ms) return first_ms.error();
    if (*first_ms > *first_text_ms_ + rounding_ms) return beyond("time_to_first_token_ms", *first_ms, *first_text_ms_);
  }
  return std::nullopt;
}

EngineResult<Completion> OpenAiStream::finish(const HttpAnswer& answer, const RequestedStreamCounts& requested) const {
  const auto error = [](Kind kind, const char* message) { return tl::unexpected(EngineError{kind, message}); };
  if (answer.status != ok) return tl::unexpected(refusal(answer.status, answer.body));
  if (!answer.content_type.starts_with("text/event-stream")) {
    return error(Kind::bad_answer, "the answer is not an event stream");
  }
  if (error_) return tl::unexpected(*error_);
  // Some servers end the answer directly after the mark, without the blank line.
  if (!done_ && events_.rest() != end_mark)
    return error(Kind::bad_answer, "the stream is incomplete: [DONE] is missing");
  if (!first_text_ms_)
    return error(Kind::bad_answer, "no event contains text, so the time to the first text is unknown");
  Completion completion;
  if (auto wrong = wrong_counts(requested, completion)) return tl::unexpected(std::move(*wrong));
  if (auto wrong = wrong_times(answer.total_ms)) return tl::unexpected(std::move(*wrong));
  completion.prefill_ms = first_text_ms_;
  completion.text = text_;
  return completion;
}

}  // namespace perftrend::runner
