#include "runner/delivery/upload.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <set>
#include <thread>

namespace perftrend::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A server on a free loopback port; a test sets its answers.
class TinyServer {
 public:
  using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;

  explicit TinyServer(Handler handler) {
    server_.Post(R"((.*))", [this, handler = std::move(handler)](const auto& request, auto& response) {
      ++requests;
      handler(request, response);
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    // stop() before it runs would be forgotten.
    while (!server_.is_running())
      std::this_thread::yield();
  }
  ~TinyServer() {
    server_.stop();
    thread_.join();
  }
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::atomic<int> requests{0};

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

Delivery delivery_to(const std::string& url) {
  Delivery delivery{parse_server_url(url).value(), "batch_prefill", "", {}};
  delivery.coordinates.branch = "main";
  return delivery;
}

const Wait no_wait = [](std::int64_t, const UploadError&) {};

tl::expected<UploadResult, UploadError> deliver(const Delivery& delivery, const std::string& body, const Wait& wait) {
  return Uploader(delivery.server, wait).deliver(delivery, body);
}

void created(httplib::Response& response) {
  response.status = 201;
  response.set_content(R"({"id": 7, "points": 18, "findings": [], "warnings": []})", "application/json");
}

TEST(Deliver, SendsTheReportWhereItBelongs) {
  httplib::Request seen;
  TinyServer server([&](const auto& request, auto& response) {
    seen = request;
    created(response);
  });
  Delivery delivery = delivery_to(server.url() + "/perf/");
  delivery.token = "s3cret";
  delivery.coordinates = {"feature/a b", "c0ffee",           "2026-11-23T01:00:00Z",
                          "t&b",         "https://ci/1?x=2", "2026-11-23T02:00:00Z"};
  const auto result = deliver(delivery, "<testsuites/>", no_wait);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->run_id, 7);
  EXPECT_EQ(result->points, 18);
  EXPECT_FALSE(result->already_stored);
  EXPECT_EQ(seen.path, "/perf/api/v1/projects/batch_prefill/runs");
  EXPECT_EQ(seen.body, "<testsuites/>");
  EXPECT_EQ(seen.get_header_value("Content-Type"), "application/xml");
  EXPECT_EQ(seen.get_header_value("Authorization"), "Bearer s3cret");
  EXPECT_EQ(seen.get_param_value("branch"), "feature/a b");
  EXPECT_EQ(seen.get_param_value("commit"), "c0ffee");
  EXPECT_EQ(seen.get_param_value("commit_time"), "2026-11-23T01:00:00Z");
  EXPECT_EQ(seen.get_param_value("testbed"), "t&b");
  EXPECT_EQ(seen.get_param_value("ci_url"), "https://ci/1?x=2");
  EXPECT_EQ(seen.get_param_value("started_at"), "2026-11-23T02:00:00Z");
}

TEST(Deliver, WithoutATokenSendsNoAuthorization) {
  bool authorized = true;
  TinyServer server([&](const auto& request, auto& response) {
    authorized = request.has_header("Authorization");
    created(response);
  });
  EXPECT_TRUE(deliver(delivery_to(server.url()), "<x/>", no_wait).has_value());
  EXPECT_FALSE(authorized);
}

TEST(Deliver, TheSameReportAgainIsFine) {
  TinyServer server([](const auto&, auto& response) {
    response.status = 200;
    response.set_content(R"({"id": 7})", "application/json");
  });
  EXPECT_TRUE(deliver(delivery_to(server.url()), "<x/>", no_wait).value().already_stored);
}

TEST(Deliver, TriesAgainWhereThatMayHelpAndWaitsLongerEachTime) {
  for (const int status : {408, 429, 500, 503}) {
    TinyServer server([&](const auto&, auto& response) {
      if (server.requests < 3)
        response.status = status;
      else
        created(response);
    });
    std::vector<std::int64_t> waits;
    const auto result = deliver(delivery_to(server.url()), "<x/>", [&](std::int64_t ms, const UploadError& because) {
      EXPECT_THAT(because.message, HasSubstr("answered " + std::to_string(status)));
      waits.push_back(ms);
    });
    EXPECT_TRUE(result.has_value()) << status;
    EXPECT_EQ(server.requests, 3);
    ASSERT_EQ(waits.size(), 2U);
    EXPECT_THAT(waits[0], ::testing::AllOf(::testing::Ge(upload_retry_ms), ::testing::Le(2 * upload_retry_ms)));
    EXPECT_THAT(waits[1], ::testing::AllOf(::testing::Ge(2 * upload_retry_ms), ::testing::Le(4 * upload_retry_ms)));
  }
}

TEST(Uploader, TakesOneConnectionForManyDeliveriesAndAnotherAfterAFailure) {
  std::vector<int> ports;
  TinyServer server([&](const auto& request, auto& response) {
    ports.push_back(request.remote_port);
    if (server.requests == 4)
      response.status = 503;
    else
      created(response);
  });
  Uploader uploader(parse_server_url(server.url()).value(), no_wait);
  for (const char* body : {"<a/>", "<b/>", "<c/>", "<d/>", "<e/>"})
    EXPECT_TRUE(uploader.deliver(delivery_to(server.url()), body).has_value()) << body;
  ASSERT_EQ(ports.size(), 6U);
  EXPECT_THAT(std::vector<int>(ports.begin(), ports.begin() + 4), ::testing::Each(ports[0]));
  EXPECT_NE(ports[4], ports[0]);
  EXPECT_EQ(ports[5], ports[4]);
}

TEST(Uploader, AClosedConnectionIsReopened) {
  TinyServer server([&](const auto&, auto& response) {
    response.set_header("Connection", "close");
    created(response);
  });
  Uploader uploader(parse_server_url(server.url()).value(), no_wait);
  for (const char* body : {"<a/>", "<b/>", "<c/>"})
    EXPECT_TRUE(uploader.deliver(delivery_to(server.url()), body).has_value()) << body;
}

TEST(Deliver, GivesUpAfterItsAttempts) {
  TinyServer server([](const auto&, auto& response) { response.status = 503; });
  const auto result = deliver(delivery_to(server.url()), "<x/>", no_wait);
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().message, HasSubstr("answered 503"));
  EXPECT_THAT(result.error().message, HasSubstr("(after 3 attempts)"));
  EXPECT_EQ(server.requests, 3);
}

TEST(Deliver, ARefusalIsNotRepeatedAndGivesItsReason) {
  for (const int status : {400, 401, 409, 413}) {
    TinyServer server([&](const auto&, auto& response) {
      response.status = status;
      response.set_content(R"({"title": "Bad", "detail": "line 3: no root"})", "application/problem+json");
    });
    const auto result = deliver(delivery_to(server.url()), "<x/>", no_wait);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().message, server.url() + " answered " + std::to_string(status) + ": line 3: no root");
    EXPECT_EQ(result.error().lasting, status != 401) << "a token can be corrected, a report cannot";
    EXPECT_EQ(server.requests, 1);
  }
}

TEST(Deliver, ATokenThatTheServerRepeatsIsHidden) {
  TinyServer server([](const auto& request, auto& response) {
    response.status = 401;
    response.set_content(
        "you sent " + request.get_header_value("Authorization") + ", " + request.get_header_value("Authorization"),
        "text/plain");
  });
  Delivery delivery = delivery_to(server.url());
  delivery.token = "s3cr3t";
  EXPECT_EQ(deliver(delivery, "<x/>", no_wait).error().message,
            server.url() + " answered 401: you sent Bearer [secret], Bearer [secret]");
}

TEST(Deliver, AnAnswerWithoutARunIsAnError) {
  for (const char* body : {"<html>welcome</html>", "{}", R"({"id": "7"})", "[]", ""}) {
    TinyServer server([&](const auto&, auto& response) { response.set_content(body, "text/html"); });
    const auto result = deliver(delivery_to(server.url()), "<x/>", no_wait);
    ASSERT_FALSE(result.has_value()) << body;
    EXPECT_THAT(result.error().message, HasSubstr("is it a perftrend server?"));
  }
}

TEST(Deliver, AnUnreachableServerIsAnErrorOfOneLine) {
  std::string url;
  {
    const TinyServer gone([](const auto&, auto&) {});
    url = gone.url();
  }
  const auto result = deliver(delivery_to(url), "<x/>", no_wait);
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().message, ::testing::StartsWith(url + ": no answer ("));
  EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
}

TEST(IdempotencyKey, IsOfTheReportAndItsCoordinates) {
  const Delivery here = delivery_to("http://127.0.0.1:1");
  Delivery elsewhere = here;
  elsewhere.coordinates.branch = "other";
  Delivery with_token = here;
  with_token.token = "s3cret";
  EXPECT_EQ(idempotency_key(here, "<x/>").size(), 64U);
  EXPECT_EQ(idempotency_key(here, "<x/>"), idempotency_key(with_token, "<x/>")) << "the key would reveal the token";
  EXPECT_NE(idempotency_key(here, "<x/>"), idempotency_key(here, "<y/>"));
  EXPECT_NE(idempotency_key(here, "<x/>"), idempotency_key(elsewhere, "<x/>"));
}

TEST(Deliver, EveryAttemptCarriesTheSameKey) {
  std::set<std::string> keys;
  TinyServer server([&](const auto& request, auto& response) {
    keys.insert(request.get_header_value("Idempotency-Key"));
    response.status = 503;
  });
  const Delivery delivery = delivery_to(server.url());
  EXPECT_FALSE(deliver(delivery, "<x/>", no_wait).has_value());
  EXPECT_THAT(keys, ::testing::ElementsAre(idempotency_key(delivery, "<x/>")));
}

TEST(ReadUploadAnswer, NamesTheSeriesOfAFindingAndWhetherItAlerts) {
  const auto result = read_upload_answer(R"({"id": 3, "points": 2, "findings": [
    {"case": {"name": "a[Prompt 0]"}, "metric": "prefill_ms", "verdict": "regressed", "explanation": "slower"},
    {"case": {"name": "b"}, "metric": "m", "verdict": "improved", "explanation": "faster"},
    {"case": {"name": "c"}, "metric": "m", "verdict": "ok", "kind": "environment", "explanation": "another kernel"},
    {"case": "odd", "metric": "m", "verdict": "regressed", "alerting": false, "explanation": "for information"},
    {"metric": "m", "verdict": "regressed", "quarantined": true, "alerting": true, "explanation": "in quarantine"}]})");
  ASSERT_TRUE(result.has_value());
  std::vector<std::string> findings;
  for (const auto& finding : result->findings)
    findings.push_back((finding.warns ? "! " : "  ") + finding.text);
  EXPECT_THAT(findings, ElementsAre("! a[Prompt 0] prefill_ms regressed: slower", "  b m improved: faster",
                                    "  c m ok: another kernel", "  m regressed: for information",
                                    "  m regressed: in quarantine"));
}

TEST(ReadUploadAnswer, TakesTheExplanations) {
  const auto result = read_upload_answer(
      R"({"id": 3, "points": 2, "findings": [{"explanation": "slower"}, {"other": 1}, "odd", {"explanation": 5}]})");
  ASSERT_TRUE(result.has_value());
  ASSERT_EQ(result->findings.size(), 1U);
  EXPECT_EQ(result->findings[0].text, "slower");
  EXPECT_FALSE(result->findings[0].warns) << "without a verdict it is not a regression";
  EXPECT_FALSE(read_upload_answer("not json").has_value());
}

TEST(ReadUploadAnswer, DoesNotWarnOfWhatIsOnlySuspected) {
  const auto answer = [](std::string_view direction, std::string_view state) {
    return fmt::format(R"({{"id": 3, "findings": [], "suspected": [{{"explanation": "slower"}}, {{}}],
      "common_shift": {{"direction": "{}", "state": "{}", "explanation": "Common shift."}}}})",
                       direction, state);
  };
  struct Case {
    std::string_view direction, state, text;
    bool warns;
  };
  const std::vector<Case> cases = {
      {"worse", "suspected", "Common shift. It is not confirmed yet: the next runs decide.", false},
      {"worse", "confirmed", "Common shift.", true},
      {"worse", "compared", "Common shift.", true},
      {"better", "confirmed", "Common shift.", false},
  };
  for (const auto& each : cases) {
    const auto result = read_upload_answer(answer(each.direction, each.state));
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->suspected, 2U);
    ASSERT_EQ(result->findings.size(), 1U);
    EXPECT_EQ(result->findings[0].text, each.text);
    EXPECT_EQ(result->findings[0].warns, each.warns) << each.direction << ' ' << each.state;
  }
}

TEST(ParseServerUrl, Table) {
  struct Case {
    const char* text;
    const char* origin;  ///< "" is refused
    const char* prefix;
  };
  for (const auto& [text, origin, prefix] : std::vector<Case>{
           {"http://127.0.0.1:8080", "http://127.0.0.1:8080", ""},
           {"http://127.0.0.1:8080/", "http://127.0.0.1:8080", ""},
           {"https://perf.example.org/a/b//", "https://perf.example.org", "/a/b"},
           {"http://127.0.0.1:8080/api/v1/", "http://127.0.0.1:8080", ""},
           {"http://127.0.0.1:8080/a/api/v1", "http://127.0.0.1:8080", "/a"},
           {"http://127.0.0.1:8080/my-api/v1", "http://127.0.0.1:8080", "/my-api/v1"},
           {"http://[::1]:8080", "http://[::1]:8080", ""},
           {"127.0.0.1:8080", "", ""},
           {"ftp://x", "", ""},
           {"http://", "", ""},
           {"http:///x", "", ""},
           {"http://x?y", "", ""},
           {"http://x#y", "", ""},
           {"http://x y", "", ""},
           {"http://user:word@x", "", ""},
           {"", "", ""},
       }) {
    const auto url = parse_server_url(text);
    EXPECT_EQ(url ? url->origin : "", origin) << text;
    EXPECT_EQ(url ? url->prefix : "", prefix) << text;
  }
  EXPECT_EQ(parse_server_url("http://user:word@x").error().find("word@"), std::string::npos) << "the password is shown";
}

TEST(UploadPath, OmitsUnknownValues) {
  Delivery delivery = delivery_to("http://x");
  delivery.coordinates = {};
  EXPECT_EQ(upload_path(delivery), "/api/v1/projects/batch_prefill/runs");
}

TEST(FormBody, ContainsEveryFileUnderItsName) {
  Delivery delivery;
  const std::string body = form_body({{"a.xml", "<a/>"}, {"b\"\r\n.xml", "<b/>\r\n"}}, delivery);
  const std::string boundary = delivery.content_type.substr(delivery.content_type.find("perftrend-"));
  EXPECT_EQ(delivery.content_type, "multipart/form-data; boundary=" + boundary);
  EXPECT_EQ(body,
            "--" + boundary +
                "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xml\"\r\n\r\n<a/>\r\n--" + boundary +
                "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b%22%0D%0A.xml\"\r\n\r\n<b/>\r\n\r\n--" +
                boundary + "--\r\n");
  EXPECT_EQ(form_body({{"a.xml", "<a/>"}, {"b\"\r\n.xml", "<b/>\r\n"}}, delivery), body)
      << "otherwise it would be another upload";
}

}  // namespace
}  // namespace perftrend::runner
