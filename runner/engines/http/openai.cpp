#include "runner/engines/http/openai.h"

#include <fmt/format.h>

#include "runner/engines/http/llama_answers.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;
using nlohmann::json;

std::string to_json(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Clients are usually told the address with the version, which is part of every path here.
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
  // The one path that almost all of them have; llama-server answers it with 503 while it loads. Who does not know it is
  // there all the same.
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
  info.can.vocabulary = false;  // it is sent text
  if (info.build.empty()) {
    const auto version = http_.get("/version", options_.timeout_ms);
    if (version && version->status == 200) info.build = version->body.substr(0, 200);
  }
  if (!options_.model.empty()) set_parameter(info, "model", options_.model);
  info.parameters.emplace_back("endpoint", options_.endpoint == OpenAiOptions::Endpoint::chat ? "chat" : "completions");
  info.summary = fmt::format("openai: {} on {}, prefill is time to first text", options_.model, to_string(http_.url()));
  return info;
}

json OpenAiEngine::tokenize_request(Tokenizing how, std::string_view text) const {
  if (how == Tokenizing::llama) return {{"content", text}, {"add_special", true}};
  return {{"model", options_.model}, {"prompt", text}, {"add_special_tokens", true}};
}

/// A chat's template adds tokens that no text tells of, so there is nothing to count beforehand.
OpenAiEngine::Tokenizing OpenAiEngine::find_tokenizing() const {
  if (options_.endpoint == OpenAiOptions::Endpoint::chat) return Tokenizing::none;
  for (const Tokenizing how : {Tokenizing::llama, Tokenizing::vllm}) {
    const auto answer = http_.post("/tokenize", to_json(tokenize_request(how, "a")), options_.timeout_ms);
    if (!answer) continue;
    const auto ids = read_tokenized(*answer);
    // llama-server answers an unknown shape with no tokens at all.
    if (ids && !ids->empty()) return how;
  }
  return Tokenizing::none;
}

EngineResult<Tokens> OpenAiEngine::tokenize(std::string_view text) {
  if (tokenizing_ == Tokenizing::none) {
    return tl::unexpected(EngineError{Kind::unsupported, "the server cannot tokenize alone"});
  }
  const auto answer = http_.post("/tokenize", to_json(tokenize_request(tokenizing_, text)), options_.timeout_ms);
  if (!answer) return tl::unexpected(server_.explained(answer.error()));
  auto ids = read_tokenized(*answer);
  if (!ids) return tl::unexpected(std::move(ids.error()));
  return Tokens{std::move(*ids), answer->total_ms};
}

json OpenAiEngine::completion_request(const std::string& text, int generate_tokens) const {
  // cache_prompt and ignore_eos are llama.cpp's, ignore_eos vLLM's and SGLang's too; others pass over them.
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
    return tl::unexpected(EngineError{Kind::bad_request, "a prompt's text and a count of at least 1 are needed"});
  }
  const char* path = options_.endpoint == OpenAiOptions::Endpoint::chat ? "/v1/chat/completions" : "/v1/completions";
  OpenAiStream stream;
  const auto answer = http_.post(path, to_json(completion_request(prompt.text, generate_tokens)), options_.timeout_ms,
                                 [&](std::string_view bytes, double since_ms) { stream.feed(bytes, since_ms); });
  if (!answer) return tl::unexpected(server_.explained(answer.error()));
  AskedOfStream asked{std::nullopt, generate_tokens};
  if (!prompt.ids.empty()) asked.prompt_tokens = static_cast<std::int64_t>(prompt.ids.size());
  return stream.finish(*answer, asked);
}

EngineResult<std::string> OpenAiEngine::decode(std::span<const TokenId> /*ids*/) {
  return tl::unexpected(EngineError{Kind::unsupported, "the server has no ids"});
}

}  // namespace perftrend::runner
