#include "runner/engines/http/openai_stream.h"

#include <fmt/format.h>

#include "runner/engines/answer_checks.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;
using nlohmann::json;

constexpr int ok = 200;
constexpr const char* end_mark = "[DONE]";

/// The text of one choice: of a completion, or of a chat's delta, thoughts included.
std::string text_of(const json& choice) {
  std::string text;
  const auto add = [&](const json& object, const char* key) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) text += found->get<std::string>();
  };
  add(choice, "text");
  const auto delta = choice.find("delta");
  if (delta != choice.end() && delta->is_object()) {
    // The thoughts' older name and their newer one; a server may send both of one text.
    add(*delta, delta->contains("reasoning_content") ? "reasoning_content" : "reasoning");
    add(*delta, "content");
  }
  return text;
}

void keep_object(const json& event, const char* key, json& out) {
  const auto found = event.find(key);
  if (found != event.end() && found->is_object()) out = *found;
}

/// Of the prompt, as far as anybody says: 0 where nobody does.
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
    error_ = EngineError{Kind::bad_answer, "an event is no JSON object"};
    return;
  }
  if (const auto error = object.find("error"); error != object.end() && !error->is_null()) {
    const auto code = error->is_object() ? count(*error, "code").value_or(500) : 500;
    error_ = refusal_in(static_cast<int>(code), *error);
    return;
  }
  keep_object(object, "usage", usage_);
  keep_object(object, "timings", timings_);
  keep_object(object, "metrics", metrics_);
  const auto choices = object.find("choices");
  if (choices == object.end() || !choices->is_array() || choices->empty() || !choices->front().is_object()) return;
  const std::string text = text_of(choices->front());
  if (!text.empty() && !first_text_ms_) first_text_ms_ = since_ms;
  text_ += text;
}

std::optional<EngineError> OpenAiStream::wrong_counts(const AskedOfStream& asked, Completion& completion) const {
  const json none = json::object();
  const json& usage = usage_.is_object() ? usage_ : none;
  const json& timings = timings_.is_object() ? timings_ : none;
  const std::int64_t cached = cached_tokens(usage, timings);
  if (cached > 0) return EngineError{Kind::cached, fmt::format("{} tokens of the prompt came from a cache", cached)};
  auto prompt_tokens = count(usage, "prompt_tokens");
  if (!prompt_tokens) prompt_tokens = count(timings, "prompt_n");
  auto generated = count(usage, "completion_tokens");
  if (!generated) generated = count(timings, "predicted_n");
  if (!prompt_tokens || !generated) {
    return EngineError{Kind::wrong_count, "the server tells no counts (usage or timings)"};
  }
  if (*prompt_tokens < 1 || (asked.prompt_tokens && *prompt_tokens != *asked.prompt_tokens)) {
    const bool fewer = asked.prompt_tokens && *prompt_tokens < *asked.prompt_tokens;
    return EngineError{
        fewer ? Kind::truncated : Kind::wrong_count,
        fmt::format("{} prompt tokens, the text has {}", *prompt_tokens, asked.prompt_tokens.value_or(0))};
  }
  if (*generated != asked.generate_tokens) {
    return EngineError{Kind::wrong_count,
                       fmt::format("{} tokens generated, {} were asked for", *generated, asked.generate_tokens)};
  }
  completion.prompt_tokens = *prompt_tokens;
  completion.generated_tokens = *generated;
  return std::nullopt;
}

/// The engine's own times, where there are any: they may be within what the client saw, never beyond it.
std::optional<EngineError> OpenAiStream::wrong_times(double total_ms) const {
  const auto beyond = [](const char* what, double part_ms, double whole_ms) {
    return EngineError{Kind::bad_answer,
                       fmt::format("{} of {} ms exceeds the client's {:.3f} ms", what, part_ms, whole_ms)};
  };
  if (timings_.is_object()) {
    const auto prompt_ms = stated_ms(timings_, "prompt_ms");
    if (!prompt_ms) return prompt_ms.error();
    const auto predicted_ms = stated_ms(timings_, "predicted_ms");
    if (!predicted_ms) return predicted_ms.error();
    if (*prompt_ms > *first_text_ms_ + rounding_ms) return beyond("prompt_ms", *prompt_ms, *first_text_ms_);
    if (*prompt_ms + *predicted_ms > total_ms + rounding_ms) {
      return beyond("the sum of prompt_ms and predicted_ms", *prompt_ms + *predicted_ms, total_ms);
    }
  }
  if (metrics_.is_object() && metrics_.contains("time_to_first_token_ms")) {
    const auto first_ms = stated_ms(metrics_, "time_to_first_token_ms");
    if (!first_ms) return first_ms.error();
    if (*first_ms > *first_text_ms_ + rounding_ms) return beyond("time_to_first_token_ms", *first_ms, *first_text_ms_);
  }
  return std::nullopt;
}

EngineResult<Completion> OpenAiStream::finish(const HttpAnswer& answer, const AskedOfStream& asked) const {
  const auto error = [](Kind kind, const char* message) { return tl::unexpected(EngineError{kind, message}); };
  if (answer.status != ok) return tl::unexpected(refusal(answer.status, answer.body));
  if (!answer.content_type.starts_with("text/event-stream")) {
    return error(Kind::bad_answer, "the answer is no event stream");
  }
  if (error_) return tl::unexpected(*error_);
  // Some servers end the answer right behind the mark, without the blank line.
  if (!done_ && events_.rest() != end_mark) return error(Kind::bad_answer, "the stream was cut: it has no [DONE]");
  if (!first_text_ms_) return error(Kind::bad_answer, "no event has text, so there is no time to the first");
  Completion completion;
  if (auto wrong = wrong_counts(asked, completion)) return tl::unexpected(std::move(*wrong));
  if (auto wrong = wrong_times(answer.total_ms)) return tl::unexpected(std::move(*wrong));
  completion.prefill_ms = first_text_ms_;
  completion.text = text_;
  return completion;
}

}  // namespace perftrend::runner
