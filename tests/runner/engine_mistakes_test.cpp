// Every mistake of a server, made on purpose: each is an error with its kind, never a time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/engines/http/llama_server.h"
#include "runner/engines/http/openai.h"
#include "runner/engines/http/openai_stream.h"
#include "tests/support/replay_server.h"

namespace perftrend {
namespace {

using replay::Answer;
using runner::EngineError;
using Kind = EngineError::Kind;
using ::testing::HasSubstr;

const std::string models = R"({"data":[{"id":"m.gguf","meta":{"n_vocab":100,"ftype":"Q4_0"}}]})";

/// An answer to four prompt tokens and two generated ones, with one deviation.
std::string completion(const std::string& from = "", const std::string& to = "") {
  std::string body = R"({"content":"ab","tokens_evaluated":4,"truncated":false,"stop_type":"limit","timings":)"
                     R"({"cache_n":0,"prompt_n":4,"prompt_ms":5.5,"predicted_n":2,"predicted_ms":1.25}})";
  if (!from.empty()) {
    const std::size_t at = body.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    body.replace(at, from.size(), to);
  }
  return body;
}

class LlamaServer : public ::testing::Test {
 protected:
  LlamaServer() : server_(clock_) {
    server_.answer("/health", {{200, R"({"status":"ok"})"}});
    server_.answer("/props", {{200, R"({"build_info":"b1-abc","total_slots":4,"model_path":"/a/b/m.gguf"})"}});
    server_.answer("/v1/models", {{200, models}});
  }
  runner::EngineResult<runner::Completion> complete(Answer answer, double timeout_ms = 60'000) {
    server_.answer("/completion", {std::move(answer)});
    runner::LlamaServerEngine engine(replay::llama_at(server_.url(), timeout_ms), clock_);
    const auto opened = engine.open(1000);
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    return engine.complete({"", {1, 2, 3, 4}}, 2);
  }

  replay::SharedClock clock_;
  replay::Server server_;
};

TEST_F(LlamaServer, AWholeAnswerIsASample) {
  const auto sample = complete({200, completion(), "application/json", 7});
  ASSERT_TRUE(sample.has_value()) << sample.error().message;
  EXPECT_EQ(sample->prefill_ms, 5.5);
  EXPECT_EQ(sample->generate_ms, 1.25);
  EXPECT_EQ(sample->prompt_tokens, 4);
  EXPECT_EQ(sample->generated_tokens, 2);
  EXPECT_EQ(sample->text, "ab");
}

TEST_F(LlamaServer, EveryOtherAnswerIsAnErrorOfItsKind) {
  struct Case {
    Answer answer;
    Kind kind;
  };
  const auto ok = [](std::string body) { return Answer{200, std::move(body), "application/json", 7}; };
  for (const auto& [answer, kind] : std::vector<Case>{
           {ok(completion(R"("truncated":false)", R"("truncated":true)")), Kind::truncated},
           {ok(completion(R"("truncated":false,)", "")), Kind::bad_answer},
           {ok(completion(R"("prompt_n":4)", R"("prompt_n":1)")), Kind::cached},
           {ok(completion(R"("cache_n":0)", R"("cache_n":3)")), Kind::cached},
           {ok(completion(R"("prompt_n":4)", R"("prompt_n":5)")), Kind::wrong_count},
           {ok(completion(R"("prompt_n":4)", R"("prompt_n":-4)")), Kind::bad_answer},
           {ok(completion(R"("tokens_evaluated":4)", R"("tokens_evaluated":3)")), Kind::wrong_count},
           {ok(completion(R"("predicted_n":2)", R"("predicted_n":1)")), Kind::wrong_count},
           {ok(completion("5.5", "0")), Kind::bad_answer},
           {ok(completion("5.5", "-1")), Kind::bad_answer},
           {ok(completion("5.5", "null")), Kind::bad_answer},
           {ok(completion("5.5", "\"5.5\"")), Kind::bad_answer},
           {ok(completion("5.5", "NaN")), Kind::bad_answer},
           {ok(completion("5.5", "1e999")), Kind::bad_answer},
           {ok(completion("5.5", "6.5")), Kind::bad_answer},  // the parts exceed the total
           {ok(completion("1.25", "1798489.016")), Kind::bad_answer},
           {ok(completion("}}", "")), Kind::bad_answer},
           {ok("[]"), Kind::bad_answer},
           {ok(""), Kind::bad_answer},
           {ok(std::string("\x00\xFF\xFE garbage", 11)), Kind::bad_answer},
           {{500, "no JSON", "text/plain"}, Kind::failed},
           {{401, R"({"error":{"code":401,"message":"Invalid API Key"}})"}, Kind::bad_request},
           {{503, R"({"error":{"message":"Loading model","type":"unavailable_error"}})"}, Kind::unavailable},
           {{429, R"({"error":{"message":"Too many requests"}})"}, Kind::unavailable},
           {{200, completion(), "application/json", 7, false, true}, Kind::unavailable},  // cut short
       }) {
    const auto sample = complete(answer);
    ASSERT_FALSE(sample.has_value()) << answer.body;
    EXPECT_EQ(to_string(sample.error().kind), to_string(kind)) << answer.body << "\n" << sample.error().message;
  }
}

TEST_F(LlamaServer, AKeyThatTheServerRepeatsIsHidden) {
  server_.answer("/tokenize", {{401, R"({"error":{"message":"Incorrect API key: s3cr3t"}})"}});
  runner::LlamaServerOptions options = replay::llama_at(server_.url());
  options.api_key = "s3cr3t";
  runner::LlamaServerEngine engine(options, clock_);
  ASSERT_TRUE(engine.open(1000).has_value());
  EXPECT_EQ(engine.tokenize("x").error().message, "answered 401: Incorrect API key: [secret]");
}

TEST_F(LlamaServer, WaitsWhileTheModelIsLoaded) {
  const Answer loading{503, R"({"error":{"message":"Loading model","type":"unavailable_error","code":503}})"};
  const Answer overloaded{429, R"({"error":{"message":"Model is overloaded"}})"};
  const Answer gateway_timeout{504, "upstream request timeout", "text/plain"};
  server_.answer("/health", {loading, overloaded, gateway_timeout, {200, "{}"}});
  runner::LlamaServerEngine engine(replay::llama_at(server_.url()), clock_);
  ASSERT_TRUE(engine.open(1000).has_value());
  EXPECT_EQ(server_.seen("/health").size(), 4U);
}

TEST_F(LlamaServer, DoesNotWaitForEver) {
  server_.answer("/health", {{503, R"({"error":{"message":"Loading model","type":"unavailable_error"}})"}});
  runner::LlamaServerEngine engine(replay::llama_at(server_.url()), clock_);
  const auto opened = engine.open(1000);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, Kind::timed_out);
  EXPECT_THAT(opened.error().message, HasSubstr("Loading model"));
}

TEST_F(LlamaServer, AnAnswerThatNeverComesIsATimeout) {
  server_.answer("/completion", {{200, "", "", 0, true}});
  runner::SteadyClock clock;  // the client waits in real time
  runner::LlamaServerEngine engine(replay::llama_at(server_.url(), 50), clock);
  ASSERT_TRUE(engine.open(10'000).has_value());
  const auto sample = engine.complete({"", {1, 2, 3, 4}}, 2);
  ASSERT_FALSE(sample.has_value());
  EXPECT_EQ(sample.error().kind, Kind::timed_out);
}

TEST_F(LlamaServer, ConnectsForEveryRequestAndSendsTheMeasuredOptions) {
  server_.answer("/completion", {{200, completion(), "application/json", 7}});
  server_.answer("/tokenize", {{200, R"({"tokens":[1,2,3,4]})", "application/json", 0.25}});
  runner::LlamaServerEngine engine(replay::llama_at(server_.url()), clock_);
  ASSERT_TRUE(engine.open(1000).has_value());
  EXPECT_EQ(engine.tokenize("a\xFFz")->tokenize_ms, 0.25);
  ASSERT_TRUE(engine.complete({"", {1, 2, 3, 4}}, 2).has_value());
  ASSERT_TRUE(engine.complete({"", {1, 2, 3, 4}}, 2).has_value());
  const auto seen = server_.seen("/completion");
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_NE(seen[0].remote_port, seen[1].remote_port);
  EXPECT_EQ(seen[0].connection, "close");
  for (const char* part : {R"("prompt":[1,2,3,4])", R"("n_predict":2)", R"("cache_prompt":false)", R"("temperature":0)",
                           R"("ignore_eos":true)", R"("response_fields")"}) {
    EXPECT_THAT(seen[0].body, HasSubstr(part));
  }
  EXPECT_THAT(server_.seen("/tokenize")[0].body, HasSubstr(R"("add_special":true)"));
}

TEST_F(LlamaServer, RefusesWhatAServerWouldAnswerWithAnotherRequestsTimes) {
  runner::LlamaServerEngine engine(replay::llama_at(server_.url()), clock_);
  ASSERT_TRUE(engine.open(1000).has_value());
  EXPECT_EQ(engine.complete({"", {}}, 2).error().kind, Kind::bad_request);
  EXPECT_EQ(engine.complete({"", {1}}, 1).error().kind, Kind::bad_request);
  EXPECT_TRUE(server_.seen("/completion").empty());
}

TEST(Server, ThatIsNotThereIsUnavailable) {
  std::string url;
  {
    replay::SharedClock clock;
    url = replay::Server(clock).url();
  }
  replay::SharedClock clock;
  runner::LlamaServerEngine llama(replay::llama_at(url), clock);
  EXPECT_EQ(llama.open(100).error().kind, Kind::timed_out) << "it waited for it";
  EXPECT_EQ(llama.complete({"", {1}}, 2).error().kind, Kind::unavailable);
  runner::OpenAiEngine openai(replay::openai_at(url), clock);
  EXPECT_EQ(openai.open(100).error().kind, Kind::timed_out);
}

const std::string first_text = "data: {\"choices\":[{\"text\":\"a\"}]}\n\n";
const std::string last_event =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n";

class OpenAi : public LlamaServer {
 protected:
  runner::EngineResult<runner::Completion> stream(Answer answer, std::vector<runner::TokenId> ids = {}) {
    server_.answer("/v1/completions", {std::move(answer)});
    runner::OpenAiEngine engine(replay::openai_at(server_.url()), clock_);
    const auto opened = engine.open(1000);
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    return engine.complete({"text", std::move(ids)}, 2);
  }
  static Answer events(std::string body, bool cut_short = false) {
    return {200, std::move(body), "text/event-stream", 9, false, cut_short};
  }
};

TEST_F(OpenAi, AStreamWithCountsIsASample) {
  const auto sample = stream(events(": ping\r\n\r\n" + first_text + last_event), {1, 2, 3, 4});
  ASSERT_TRUE(sample.has_value()) << sample.error().message;
  EXPECT_EQ(sample->prefill_ms, 9.0);
  EXPECT_FALSE(sample->generate_ms.has_value()) << "two tokens may arrive as one";
  EXPECT_EQ(sample->prompt_tokens, 4);
  EXPECT_EQ(sample->generated_tokens, 2);
}

TEST_F(OpenAi, EveryOtherStreamIsAnErrorOfItsKind) {
  struct Case {
    Answer answer;
    Kind kind;
  };
  const auto usage = [](const std::string& of) {
    return events(first_text + "data: {\"choices\":[],\"usage\":{" + of + "}}\n\ndata: [DONE]\n\n");
  };
  const auto with = [](const std::string& member) {
    return events(first_text + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":2}," +
                  member + "}\n\ndata: [DONE]\n\n");
  };
  for (const auto& [answer, kind] : std::vector<Case>{
           {events("data: {\"error\":{\"code\":500,\"message\":\"out of memory\"}}\n\n"), Kind::failed},
           {events(first_text + "event: error\ndata: {\"error\":\"gone\"}\n\n"), Kind::failed},
           {events(first_text), Kind::bad_answer},
           {events(first_text, true), Kind::unavailable},
           {events(first_text + "data: {\"cho"), Kind::bad_answer},
           {events(first_text + "data: {\"cho\n\ndata: [DONE]\n\n"), Kind::bad_answer},
           {events("data: {\"choices\":[{\"text\":\"\"}]}\n\n" + last_event), Kind::bad_answer},
           {events(first_text + "data: [DONE]\n\n"), Kind::wrong_count},
           {events(""), Kind::bad_answer},
           {usage(R"("prompt_tokens":4,"completion_tokens":1)"), Kind::wrong_count},
           {usage(R"("prompt_tokens":3,"completion_tokens":2)"), Kind::truncated},
           {usage(R"("prompt_tokens":5,"completion_tokens":2)"), Kind::wrong_count},
           {usage(R"("prompt_tokens":4,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3})"),
            Kind::cached},
           {with(R"("timings":{"prompt_n":1,"prompt_ms":1,"predicted_n":2,"predicted_ms":1})"), Kind::cached},
           {with(R"("timings":{"prompt_n":4,"prompt_ms":10,"predicted_n":2,"predicted_ms":1})"), Kind::bad_answer},
           {with(R"("timings":{"prompt_n":4,"prompt_ms":5,"predicted_n":2,"predicted_ms":5})"), Kind::bad_answer},
           {with(R"("timings":{"prompt_n":4,"prompt_ms":null,"predicted_n":2,"predicted_ms":1})"), Kind::bad_answer},
           {with(R"("metrics":{"time_to_first_token_ms":10})"), Kind::bad_answer},
           {{200, first_text + last_event, "application/json", 9}, Kind::bad_answer},
           {{400, R"({"error":{"message":"This model's maximum context length is 4096"}})"}, Kind::context_exceeded},
       }) {
    const auto sample = stream(answer, {1, 2, 3, 4});
    ASSERT_FALSE(sample.has_value()) << answer.body;
    EXPECT_EQ(to_string(sample.error().kind), to_string(kind)) << answer.body << "\n" << sample.error().message;
  }
}

TEST_F(OpenAi, TheEnginesOwnTimesWithinTheClientsAreNoContradiction) {
  const auto sample =
      stream(events(first_text + "data: {\"choices\":[],\"timings\":{\"cache_n\":0,\"prompt_n\":4,\"prompt_ms\":6,"
                                 "\"predicted_n\":2,\"predicted_ms\":2}}\n\ndata: [DONE]\n\n"));
  ASSERT_TRUE(sample.has_value()) << sample.error().message;
  EXPECT_EQ(sample->prompt_tokens, 4);
}

TEST_F(OpenAi, SaysThatItsPrefillIsTimeToFirstText) {
  runner::OpenAiOptions options = replay::openai_at(server_.url());
  options.model = "other";
  options.body = R"({"min_tokens":2})";
  runner::OpenAiEngine engine(options, clock_);
  const auto info = engine.open(1000);
  ASSERT_TRUE(info.has_value()) << info.error().message;
  using Pair = std::pair<std::string, std::string>;
  EXPECT_THAT(info->parameters, ::testing::IsSupersetOf({Pair{"prefill_source", "ttft"}, Pair{"model", "other"},
                                                         Pair{"endpoint", "completions"}}));
  EXPECT_FALSE(info->can.tokenize) << "the server has no /tokenize";
  server_.answer("/v1/completions", {events(first_text + last_event)});
  ASSERT_TRUE(engine.complete({"text", {}}, 2).has_value());
  for (const char* part : {R"("model":"other")", R"("min_tokens":2)", R"("stream":true)", R"("max_tokens":2)",
                           R"("include_usage":true)", R"("prompt":"text")"}) {
    EXPECT_THAT(server_.seen("/v1/completions")[0].body, HasSubstr(part));
  }
}

TEST_F(OpenAi, TakesTheAddressWithItsVersionAndServersThatListNoModels) {
  for (const char* end : {"/v1", "/v1/"}) {
    runner::OpenAiEngine engine(replay::openai_at(server_.url() + end), clock_);
    const auto info = engine.open(1000);
    ASSERT_TRUE(info.has_value()) << info.error().message;
    server_.answer("/v1/completions", {events(first_text + last_event)});
    EXPECT_TRUE(engine.complete({"text", {}}, 2).has_value()) << end;
  }
  server_.answer("/v1/models", {{404, R"({"detail":"Not Found"})"}});
  runner::OpenAiEngine engine(replay::openai_at(server_.url()), clock_);
  ASSERT_TRUE(engine.open(1000).has_value());
  EXPECT_TRUE(engine.complete({"text", {}}, 2).has_value());
  EXPECT_THAT(server_.seen("/v1/completions").back().body, ::testing::Not(HasSubstr("\"model\"")));
  server_.answer("/v1/models", {{401, R"({"error":{"message":"Invalid API Key"}})"}});
  EXPECT_EQ(runner::OpenAiEngine(replay::openai_at(server_.url()), clock_).open(1000).error().kind, Kind::bad_request);
}

TEST_F(OpenAi, AStreamMayEndDirectlyAfterItsMark) {
  for (const std::size_t fewer : {std::size_t{1}, std::size_t{2}}) {
    const std::string body = first_text + last_event;
    const auto sample = stream(events(body.substr(0, body.size() - fewer)));
    EXPECT_TRUE(sample.has_value()) << sample.error().message;
  }
  const std::string cut = first_text + last_event.substr(0, last_event.size() - 3);  // "[DONE"
  EXPECT_EQ(stream(events(cut)).error().kind, Kind::bad_answer);
}

TEST_F(OpenAi, ThoughtsUnderTheirNewerNameAreText) {
  runner::OpenAiStream chat;
  chat.feed("data: {\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}\n\n", 1);
  chat.feed("data: {\"choices\":[{\"delta\":{\"reasoning\":\"a\",\"reasoning_content\":\"a\"}}]}\n\n", 2);
  chat.feed(last_event, 3);
  const auto sample = chat.finish({200, "text/event-stream", "", 4}, {std::nullopt, 2});
  ASSERT_TRUE(sample.has_value()) << sample.error().message;
  EXPECT_EQ(sample->prefill_ms, 1.0);
  EXPECT_EQ(sample->text, "hma");
}

TEST_F(OpenAi, AChatsFirstTextIsNotItsRole) {
  runner::OpenAiStream chat;
  chat.feed("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\n\n", 1);
  chat.feed("data: {\"choices\":[{\"delta\":{\"content\":\"\"}}]}\r\n\r\n", 2);
  chat.feed("data: {\"choices\":[{\"delta\":{\"reasoning_co", 3);
  chat.feed("ntent\":\"hm\"}}]}\n\n", 4);
  chat.feed(last_event, 5);
  const auto sample = chat.finish({200, "text/event-stream; charset=utf-8", "", 6}, {std::nullopt, 2});
  ASSERT_TRUE(sample.has_value()) << sample.error().message;
  EXPECT_EQ(sample->prefill_ms, 4.0);
}

}  // namespace
}  // namespace perftrend
