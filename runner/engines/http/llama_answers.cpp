#include "runner/engines/http/llama_answers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>

#include "runner/engines/answer_checks.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;
using nlohmann::json;

auto error(Kind kind, std::string message) {
  return tl::unexpected(EngineError{kind, std::move(message)});
}

EngineResult<json> whole_object(const HttpAnswer& answer) {
  if (answer.status != 200) return tl::unexpected(refusal(answer.status, answer.body));
  json object = json::parse(answer.body, nullptr, false);
  if (object.is_discarded()) return error(Kind::bad_answer, "the answer is not JSON or is incomplete");
  if (!object.is_object()) return error(Kind::bad_answer, "the answer is not a JSON object");
  return object;
}

/// Why the counts are not the requested ones.
std::optional<EngineError> wrong_counts(const json& answer, const json& timings, const RequestedCounts& requested) {
  const auto truncated = answer.find("truncated");
  if (truncated == answer.end() || !truncated->is_boolean())
    return EngineError{Kind::bad_answer, "truncated is missing"};
  const auto evaluated = count(answer, "tokens_evaluated");
  const auto prompt_n = count(timings, "prompt_n");
  const auto predicted_n = count(timings, "predicted_n");
  if (!evaluated || !prompt_n || !predicted_n) {
    return EngineError{Kind::bad_answer, "tokens_evaluated, prompt_n or predicted_n is missing"};
  }
  if (truncated->get<bool>()) {
    return EngineError{Kind::truncated,
                       fmt::format("only {} of {} prompt tokens were used", *evaluated, requested.prompt_tokens)};
  }
  if (*evaluated != requested.prompt_tokens) {
    return EngineError{Kind::wrong_count,
                       fmt::format("tokens_evaluated is {}, {} were sent", *evaluated, requested.prompt_tokens)};
  }
  const std::int64_t cached = count(timings, "cache_n").value_or(0);
  if (cached > 0 || *prompt_n < requested.prompt_tokens) {
    return EngineError{Kind::cached, fmt::format("prompt_n is {} of {} tokens: the others came from a cache", *prompt_n,
                                                 requested.prompt_tokens)};
  }
  if (*prompt_n != requested.prompt_tokens) {
    return EngineError{Kind::wrong_count,
                       fmt::format("prompt_n is {}, {} were sent", *prompt_n, requested.prompt_tokens)};
  }
  if (*predicted_n != requested.generate_tokens) {
    return EngineError{Kind::wrong_count,
                       fmt::format("predicted_n is {}, {} were requested", *predicted_n, requested.generate_tokens)};
  }
  return std::nullopt;
}

void add_text(const json& object, const char* key, const char* name, EngineInfo& info) {
  const auto found = object.find(key);
  if (found != object.end() && found->is_string() && !found->get<std::string>().empty()) {
    info.parameters.emplace_back(name, found->get<std::string>());
  }
}

void add_count(const json& object, const char* key, const char* name, EngineInfo& info) {
  if (const auto value = count(object, key)) info.parameters.emplace_back(name, std::to_string(*value));
}

const json& member(const json& object, const char* key) {
  static const json nothing = json::object();
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : nothing;
}

json object_in(std::string_view text) {
  json object = json::parse(text, nullptr, false);
  return object.is_object() ? object : json::object();
}

}  // namespace

EngineResult<std::vector<TokenId>> read_tokenized(const HttpAnswer& answer) {
  const auto object = whole_object(answer);
  if (!object) return tl::unexpected(object.error());
  const auto tokens = object->find("tokens");
  if (tokens == object->end() || !tokens->is_array()) return error(Kind::bad_answer, "tokens is missing or not a list");
  std::vector<TokenId> ids;
  ids.reserve(tokens->size());
  for (const json& token : *tokens) {
    if (!token.is_number_integer()) return error(Kind::bad_answer, "a token is not a whole number");
    const auto id = token.get<std::int64_t>();
    if (id < 0 || id > std::numeric_limits<TokenId>::max()) return error(Kind::bad_answer, fmt::format("token {}", id));
    ids.push_back(static_cast<TokenId>(id));
  }
  return ids;
}

EngineResult<Completion> read_completion(const HttpAnswer& answer, const RequestedCounts& requested) {
  const auto object = whole_object(answer);
  if (!object) return tl::unexpected(object.error());
  const auto timings = object->find("timings");
  if (timings == object->end() || !timings->is_object()) return error(Kind::bad_answer, "timings is missing");
  if (auto wrong = wrong_counts(*object, *timings, requested)) return tl::unexpected(std::move(*wrong));
  const auto prefill_ms = stated_ms(*timings, "prompt_ms");
  if (!prefill_ms) return tl::unexpected(prefill_ms.error());
  const auto generate_ms = stated_ms(*timings, "predicted_ms");
  if (!generate_ms) return tl::unexpected(generate_ms.error());
  if (*prefill_ms + *generate_ms > answer.total_ms + rounding_ms) {
    return error(Kind::bad_answer, fmt::format("prompt_ms {} and predicted_ms {} exceed the {:.3f} ms of the request",
                                               *prefill_ms, *generate_ms, answer.total_ms));
  }
  Completion completion;
  completion.prefill_ms = *prefill_ms;
  completion.generate_ms = *generate_ms;
  completion.prompt_tokens = requested.prompt_tokens;
  completion.generated_tokens = requested.generate_tokens;
  const auto content = object->find("content");
  if (content != object->end() && content->is_string()) completion.text = content->get<std::string>();
  return completion;
}

void describe_llama_server(std::string_view props, std::string_view models, EngineInfo& info) {
  const json properties = object_in(props);
  const json listed = object_in(models);
  json model = json::object();
  if (const auto data = listed.find("data"); data != listed.end() && data->is_array() && !data->empty()) {
    if (data->front().is_object()) model = data->front();
  }
  const json& meta = member(model, "meta");
  const auto build = properties.find("build_info");
  if (build != properties.end() && build->is_string()) info.build = build->get<std::string>();
  // The path differs between machines, the file name does not.
  if (const auto path = properties.find("model_path"); path != properties.end() && path->is_string()) {
    const auto text = path->get<std::string>();
    info.parameters.emplace_back("model", text.substr(text.find_last_of('/') + 1));
  } else {
    add_text(model, "id", "model", info);
  }
  add_text(properties.contains("model_ftype") ? properties : meta,
           properties.contains("model_ftype") ? "model_ftype" : "ftype", "quantisation", info);
  add_count(meta, "n_params", "model_parameters", info);
  add_count(meta, "size", "model_bytes", info);
  add_count(member(properties, "default_generation_settings"), "n_ctx", "context", info);
  add_count(properties, "total_slots", "slots", info);
  info.vocabulary_size = count(meta, "n_vocab").value_or(0);
  info.can.vocabulary = info.vocabulary_size > 0;
}

}  // namespace perftrend::runner
