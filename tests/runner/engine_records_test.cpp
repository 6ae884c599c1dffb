// Recorded answers of real servers (optional shared corpus), old and new, with the expected result: a sample with its
// times, or an error of a kind. Some of the answers look valid but are not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>

#include "runner/engines/http/llama_server.h"
#include "runner/engines/http/openai.h"
#include "runner/engines/http/openai_stream.h"
#include "tests/support/paths.h"
#include "tests/support/replay_server.h"

namespace perftrend {
namespace {

using nlohmann::json;
using replay::Answer;
namespace fs = std::filesystem;

const fs::path records = fs::path(perftrend::tests::shared_dir()) / "engines" / "records";
const std::string sample = "sample";

/// How a record is replayed: as the answer to which of an engine's requests.
enum class As { completion, tokenize, stream, health, description };

struct Expected {
  As as = As::completion;
  std::string in_new, in_old;  ///< "sample", or the kind of the error
  std::size_t prompt_tokens = 64;
};

const std::map<std::string, Expected>& expectations() {
  static const std::map<std::string, Expected> all{
      {"bad_json", {As::completion, "failed", "failed"}},
      {"bad_token_id", {As::completion, "token_out_of_vocabulary", "token_out_of_vocabulary"}},
      {"bad_token_negative", {As::completion, "token_out_of_vocabulary", "token_out_of_vocabulary"}},
      {"bad_utf8_escape", {As::tokenize, "failed", "failed"}},
      {"chat_input_tokens", {As::tokenize, "bad_answer", "unsupported"}},
      {"completion_batch", {As::completion, "bad_answer", "bad_answer"}},
      {"completion_cached_1", {As::completion, "cached", sample}},  // of another prompt, in another slot
      {"completion_cached_2", {As::completion, "cached", "cached"}},
      {"completion_fields", {As::completion, sample, sample}},
      {"completion_ids", {As::completion, sample, sample}},
      {"completion_n0", {As::completion, "wrong_count", "wrong_count"}},
      {"completion_n1", {As::completion, "wrong_count", "wrong_count"}},
      {"completion_text", {As::completion, sample, sample}},
      {"empty_ids", {As::completion, "bad_request", "wrong_count"}},
      {"empty_prompt", {As::completion, "wrong_count", "wrong_count"}},
      {"empty_tokenize", {As::tokenize, sample, sample, 1}},
      {"exactly_ctx", {As::completion, "context_exceeded", "truncated", 4096}},
      {"health", {As::health, sample, sample}},
      {"health_after", {As::health, sample, sample}},
      {"metrics", {As::completion, "bad_answer", "bad_answer"}},
      {"models", {As::description, sample, sample}},
      {"no_content", {As::tokenize, sample, sample, 0}},
      {"no_messages", {As::stream, "bad_request", "failed"}},
      {"no_prompt", {As::completion, "bad_request", "bad_request"}},
      {"not_found", {As::completion, "unsupported", "unsupported"}},
      {"props", {As::description, sample, sample}},
      {"slots", {As::completion, "bad_answer", "unsupported"}},
      {"stream_chat", {As::stream, sample, sample, 91}},
      {"stream_chat_plain", {As::stream, sample, sample, 91}},
      {"stream_completions", {As::stream, sample, sample}},
      {"stream_native", {As::completion, "bad_answer", "bad_answer"}},
      {"stream_native_progress", {As::completion, "bad_answer", "bad_answer"}},
      {"stream_too_long", {As::stream, "context_exceeded", "truncated", 4108}},
      {"tokenize", {As::tokenize, sample, sample}},
      {"tokenize_pieces", {As::tokenize, "bad_answer", "bad_answer"}},
      {"too_long", {As::completion, "context_exceeded", "truncated", 4107}},
      {"too_long_chat", {As::stream, "context_exceeded", "bad_answer"}},
      {"unknown_model", {As::stream, "bad_answer", "bad_answer"}},
      {"v1_chat", {As::stream, "bad_answer", "bad_answer"}},
      {"v1_completions", {As::stream, "bad_answer", "bad_answer"}},
      {"wrong_method", {As::completion, "unsupported", "unsupported"}},
      {"wrong_type", {As::completion, "bad_request", "truncated"}},
  };
  return all;
}

json read_record(const fs::path& file) {
  std::ifstream in(file);
  return json::parse(in);
}

/// The records' lists are cut ("… (64 items)"): made as long again, with any ids.
void restore_lists(json& value) {
  if (value.is_object()) {
    for (auto& [key, child] : value.items())
      restore_lists(child);
  }
  if (!value.is_array() || value.empty() || !value.back().is_string()) return;
  const auto text = value.back().get<std::string>();
  const std::size_t open = text.find("(");
  if (open == std::string::npos || text.find(" items)") == std::string::npos) return;
  const auto length = static_cast<std::size_t>(std::stoul(text.substr(open + 1)));
  value.erase(value.size() - 1);
  while (value.size() < length)
    value.push_back(7);
}

std::string stream_of(const json& record) {
  std::string body;
  for (const json& event : record["events"])
    body += event[1].get<std::string>() + "\n\n";
  return body;
}

Answer answer_of(json record) {
  Answer answer;
  answer.status = record["status"].get<int>();
  answer.type = record["type"].get<std::string>();
  answer.takes_ms = record["ms"].get<double>();
  if (record.contains("events")) {
    answer.body = stream_of(record);
  } else {
    restore_lists(record["answer"]);
    answer.body = record["answer"].is_string() ? record["answer"].get<std::string>() : record["answer"].dump();
  }
  return answer;
}

/// A server with the recorded answers of `version` to what every engine asks first.
class Replay {
 public:
  explicit Replay(const std::string& version) : version_(version), server_(clock_) {
    for (const auto& [path, name] : std::map<std::string, std::string>{
             {"/health", "health"}, {"/props", "props"}, {"/v1/models", "models"}, {"/tokenize", "tokenize"}}) {
      server_.answer(path, {answer_of(record(name))});
    }
  }
  [[nodiscard]] json record(const std::string& name) const {
    return read_record(records / version_ / (name + ".json"));
  }
  replay::Server& server() { return server_; }
  replay::SharedClock& clock() { return clock_; }

  std::string tokenize(const std::string& name, std::size_t expected_tokens) {
    runner::LlamaServerEngine engine(replay::llama_at(server_.url()), clock_);
    EXPECT_TRUE(engine.open(1000).has_value());
    server_.answer("/tokenize", {answer_of(record(name))});
    const auto tokens = engine.tokenize("text");
    if (!tokens) return std::string(to_string(tokens.error().kind));
    EXPECT_EQ(tokens->ids.size(), expected_tokens) << name;
    EXPECT_NEAR(tokens->tokenize_ms.value(), record(name)["ms"].get<double>(), 1e-3);
    return sample;
  }

  std::string complete(const std::string& name, std::size_t prompt_tokens) {
    runner::LlamaServerEngine engine(replay::llama_at(server_.url()), clock_);
    EXPECT_TRUE(engine.open(1000).has_value());
    server_.answer("/completion", {answer_of(record(name))});
    std::vector<runner::TokenId> ids(prompt_tokens, 7);
    if (name == "bad_token_id") ids.back() = 99999999;
    if (name == "bad_token_negative") ids.back() = -5;
    const auto completion = engine.complete({"", ids}, 2);
    if (!completion) return std::string(to_string(completion.error().kind));
    const json timings = record(name)["answer"]["timings"];
    EXPECT_EQ(completion->prefill_ms, timings["prompt_ms"].get<double>()) << name;
    EXPECT_EQ(completion->generate_ms, timings["predicted_ms"].get<double>()) << name;
    EXPECT_EQ(completion->prompt_tokens, static_cast<std::int64_t>(prompt_tokens));
    EXPECT_EQ(completion->generated_tokens, 2);
    return sample;
  }

  std::string stream(const std::string& name, std::size_t prompt_tokens) {
    runner::OpenAiEngine engine(replay::openai_at(server_.url()), clock_);
    EXPECT_TRUE(engine.open(1000).has_value());
    server_.answer("/v1/completions", {answer_of(record(name))});
    const auto completion = engine.complete({"text", std::vector<runner::TokenId>(prompt_tokens, 7)}, 2);
    if (!completion) return std::string(to_string(completion.error().kind));
    EXPECT_FALSE(completion->text.value().empty()) << name;
    EXPECT_NEAR(completion->prefill_ms.value(), record(name)["ms"].get<double>(), 1e-3) << "all at once: at the end";
    return sample;
  }

  std::string health(const std::string& name) {
    server_.answer("/health", {answer_of(record(name))});
    runner::LlamaServerEngine engine(replay::llama_at(server_.url()), clock_);
    const auto info = engine.open(1000);
    return info ? sample : std::string(to_string(info.error().kind));
  }

 private:
  std::string version_;
  replay::SharedClock clock_;
  replay::Server server_;
};

std::string outcome_of(Replay& replay, const std::string& name, const Expected& expected) {
  switch (expected.as) {
    case As::tokenize:
      return replay.tokenize(name, expected.prompt_tokens);
    case As::stream:
      return replay.stream(name, expected.prompt_tokens);
    case As::completion:
      return replay.complete(name, expected.prompt_tokens);
    case As::health:
    case As::description:
      return replay.health("health");
  }
  return "";
}

class Records : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!fs::exists(records)) GTEST_SKIP() << "no recorded answers next to the checkout";
  }
};

INSTANTIATE_TEST_SUITE_P(Of, Records, ::testing::Values("new", "old"), [](const auto& each) { return each.param; });

TEST_P(Records, EveryAnswerIsASampleOrAnErrorOfItsKind) {
  std::size_t count = 0;
  for (const auto& file : fs::directory_iterator(records / GetParam())) {
    const std::string name = file.path().stem().string();
    const auto expected = expectations().find(name);
    ASSERT_NE(expected, expectations().end()) << name << " has no expectation";
    Replay replay(GetParam());
    EXPECT_EQ(outcome_of(replay, name, expected->second),
              GetParam() == "new" ? expected->second.in_new : expected->second.in_old)
        << GetParam() << "/" << name;
    ++count;
  }
  EXPECT_EQ(count, expectations().size());
}

TEST_P(Records, ADescriptionIsPartOfTheFingerprint) {
  Replay replay(GetParam());
  runner::LlamaServerEngine engine(replay::llama_at(replay.server().url()), replay.clock());
  const auto info = engine.open(1000);
  ASSERT_TRUE(info.has_value()) << info.error().message;
  const bool is_new = GetParam() == "new";
  EXPECT_EQ(info->build, is_new ? "b10472-d32676d77" : "b0-unknown");
  EXPECT_EQ(info->vocabulary_size, 32000);
  using Pair = std::pair<std::string, std::string>;
  EXPECT_THAT(info->parameters, ::testing::IsSupersetOf({Pair{"prefill_source", "engine"}, Pair{"model", "tiny.gguf"},
                                                         Pair{"context", "4096"}, Pair{"slots", "1"}}));
  EXPECT_THAT(info->parameters, ::testing::Contains(Pair{"quantisation", "F16"}).Times(is_new ? 1 : 0));
}

TEST_P(Records, TimeToFirstTextIsThatOfTheFirstEventWithText) {
  // From the recorded times of arrival; a role event, a progress event and an empty text are none.
  const bool is_new = GetParam() == "new";
  for (const auto& [name, expected_ms] : std::map<std::string, double>{
           {"stream_chat", is_new ? 11.529 : 12.441},
           {"stream_chat_plain", is_new ? 11.601 : 12.332},
           {"stream_completions", is_new ? 7.797 : 11.99},
       }) {
    const json record = read_record(records / GetParam() / (name + ".json"));
    runner::OpenAiStream stream;
    for (const json& event : record["events"])
      stream.feed(event[1].get<std::string>() + "\n\n", event[0].get<double>());
    const auto completion =
        stream.finish({200, "text/event-stream", "", record["ms"].get<double>()}, {std::nullopt, 2});
    ASSERT_TRUE(completion.has_value()) << name << ": " << completion.error().message;
    EXPECT_EQ(completion->prefill_ms, expected_ms) << name;
  }
}

}  // namespace
}  // namespace perftrend
