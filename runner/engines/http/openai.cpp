#include "runner/engines/http/openai.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runner/engines/http/llama_answers.h"
#include "runner/engines/http/openai_stream.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;
using nlohmann::json;

std::string to_json(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Clients usually get the URL with the version, which is part of every path here.
EngineUrl without_version(EngineUrl url) {
  constexpr std::string_view version = "/v1";
  if (url.prefix.ends_with(version)) url.prefix.resize(url.prefix.size() - version.size());
  return url;
}

/// The id of the first model listed; "" where nothing is.
std::string first_model(const std::string& models) {
  const json listed = json::parse(models, nullptr, false);
  if (!listed.is_object()) return "";
  const auto data = listed.find("data");
  if (data == listed.end() || !data->is_array() || data->empty() || !data->front().is_object()) return "";
  const auto id = data->front().find("id");
  return id != data->front().end() && id->is_string() ? id->get<std::string>() : "";
}

void set_parameter(EngineInfo& info, const std::string& name, const std::string& value) {
  for (auto& [known, of_known] : info.parameters) {
    if (known != name) continue;
    of_known = value;
    return;
  }
  info.parameters.emplace_back(name, value);
}

}  // namespace

OpenAiEngine::OpenAiEngine(OpenAiOptions options, Clock& clock)
    : options_(std::move(options)),
      http_(without_version(parse_engine_url(options_.url).value()), options_.api_key, clock),
      server_(options_.start, clock) {}

EngineResult<EngineInfo> OpenAiEngine::open(double deadline_ms) {
  // Almost all servers have this path; llama-server answers it with 503 while it loads. A server without it is ready as
  // soon as it answers.
  const auto models = server_.await_ready(http_, "/v1/models", deadline_ms);
  if (!models && models.error().kind != Kind::unsupported) return tl::unexpected(models.error());
  const std::string listed = models ? models->body : "";
  if (options_.model.empty()) options_.model = first_model(listed);
  tokenizing_ = find_tokenizing();
  EngineInfo info;
  info.name = "openai";
  info.can.tokenize = tokenizing_ != Tokenizing::none;
  info.can.decode = false;
  info.can.prefix_cache = true;
  info.can.generate_time = false;  // two tokens may arrive as one
  info.parameters = {{"prefill_source", "ttft"}};
  const auto props = http_.get("/props", options_.timeout_ms);
  describe_llama_server(props && props->status == 200 ? props->body : "", listed, info);
  info.can.vocabulary = false;  // the server gets text
  if (info.build.empty()) {
    const auto version = http_.get("/version", options_.timeout_ms);
    if (version && version->status == 200) info.build = version->body.substr(0, 200);
  }
  if (!options_.model.empty()) set_parameter(info, "model", options_.model);
  info.parameters.emplace_back("endpoint", options_.endpoint == OpenAiOptions::Endpoint::chat ? "chat" : "completions");
  info.summary =
      fmt::format("openai: {} on {}, prefill is the time to first text", options_.model, to_string(http_.url()));
  return info;
}

json OpenAiEngine::tokenize_request(Tokenizing how, std::string_view text) const {
  if (how == Tokenizing::llama) return {{"content", text}, {"add_special", true}};
  return {{"model", options_.model}, {"prompt", text}, {"add_special_tokens", true}};
}

/// The template of a chat adds tokens that the text does not show, so they cannot be counted beforehand.
OpenAiEngine::Tokenizing OpenAiEngine::find_tokenizing() const {
  if (options_.endpoint == OpenAiOptions::Endpoint::chat) return Tokenizing::none;
  for (const Tokenizing how : {Tokenizing::llama, Tokenizing::vllm}) {
    const auto answer = http_.post("/tokenize", to_json(tokenize_request(how, "a")), options_.timeout_ms);
    if (!answer) continue;
    const auto ids = read_tokenized(*answer);
    // llama-server answers an unknown request with an empty list.
    if (ids && !ids->empty()) return how;
  }
  return Tokenizing::none;
}

EngineResult<TokenizedText> OpenAiEngine::tokenize(std::string_view text) {
  if (tokenizing_ == Tokenizing::none) {
    return tl::unexpected(EngineError{Kind::unsupported, "the server cannot tokenize without a completion"});
  }
  const auto answer = http_.post("/tokenize", to_json(tokenize_request(tokenizing_, text)), options_.timeout_ms);
  if (!answer) return tl::unexpected(server_.explained(answer.error()));
  auto ids = read_tokenized(*answer);
  if (!ids) return tl::unexpected(std::move(ids.error()));
  return TokenizedText{std::move(*ids), answer->total_ms};
}

json OpenAiEngine::completion_request(const std::string& text, int generate_tokens) const {
  // llama.cpp knows cache_prompt and ignore_eos, vLLM and SGLang know ignore_eos; others ignore them.
  json request{{"max_tokens", generate_tokens},
               {"temperature", 0},
               {"seed", 1},
               {"stream", true},
               {"stream_options", {{"include_usage", true}}},
               {"cache_prompt", false},
               {"ignore_eos", true}};
  if (!options_.model.empty()) request["model"] = options_.model;
  if (options_.endpoint == OpenAiOptions::Endpoint::chat)
    request["messages"] = json::array({{{"role", "user"}, {"content", text}}});
  else
    request["prompt"] = text;
  request.update(json::parse(options_.body));
  return request;
}

EngineResult<Completion> OpenAiEngine::complete(const Prompt& prompt, int generate_tokens) {
  if (prompt.text.empty() || generate_tokens < 1) {
    return tl::unexpected(
        EngineError{Kind::bad_request, "the text of a prompt and a token count of at least 1 are required"});
  }
  const char* path = options_.endpoint == OpenAiOptions::Endpoint::chat ? "/v1/chat/completions" : "/v1/completions";
  OpenAiStream stream;
  const auto answer = http_.post(path, to_json(completion_request(prompt.text, generate_tokens)), options_.timeout_ms,
                                 [&](std::string_view bytes, double since_ms) { stream.feed(bytes, since_ms); });
  if (!answer) return tl::unexpected(server_.explained(answer.error()));
  RequestedStreamCounts requested{std::nullopt, generate_tokens};
  if (!prompt.ids.empty()) requested.prompt_tokens = static_cast<std::int64_t>(prompt.ids.size());
  return stream.finish(*answer, requested);
}

EngineResult<std::string> OpenAiEngine::decode(std::span<const TokenId> /*ids*/) {
  return tl::unexpected(EngineError{Kind::unsupported, "the server does not use token ids"});
}

}  // namespace perftrend::runner
