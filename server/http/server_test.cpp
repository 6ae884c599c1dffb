// The server over a real socket on loopback, with cpp-httplib's client: what a client sees.

#include "server/http/server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>
#include <zlib.h>

#include <filesystem>
#include <set>
#include <thread>

#include "server/clock.h"
#include "server/db/sqlite.h"
#include "server/store/tokens.h"
#include "tests/support/packed.h"
#include "tests/support/paths.h"

namespace perftrend::http {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr std::size_t small_body_bytes_max = 100'000;

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / fmt::format("perftrend-http-{}-{}", test->name(), ::getpid());
    std::filesystem::create_directories(folder_);
    database_ = db::open_sqlite({.file = folder_ / "x.db"});
  }
  void TearDown() override {
    stop();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start(bool requires_tokens = false) {
    ServerOptions options;
    options.port = 0;
    options.body_bytes_max = small_body_bytes_max;
    options.connections_max = 8;
    options.upload_memory_bytes_max = upload_memory_bytes_max;
    options.wire = wire;
    context_ = std::make_unique<Context>(Context{*database_, policies_, {}, requires_tokens, "test"});
    context_->intake.limits = junit::ReadLimits::for_body(small_body_bytes_max);
    server_ = std::make_unique<Server>(options, *context_);
    port_ = server_->bind();
    thread_ = std::thread([this] { server_->run(); });
    while (!client().Get("/healthz"))
      std::this_thread::yield();
  }
  void stop() {
    if (!server_) return;
    server_->stop();
    thread_.join();
    server_.reset();
  }

  [[nodiscard]] httplib::Client client() const { return httplib::Client("127.0.0.1", port_); }

  std::string make_token(store::Scope scope, const std::string& project) {
    std::string secret;
    database_->write([&](db::Connection& connection) {
      secret = store::create_token(connection, {0, "test", project, scope, now_us(), {}, {}});
    });
    return secret;
  }

  static httplib::Headers bearer(const std::string& secret) { return {{"Authorization", "Bearer " + secret}}; }

  std::size_t upload_memory_bytes_max = 10 * small_body_bytes_max;
  WireLimits wire;

  /// A connection to which the test writes every byte itself.
  class RawClient {
   public:
    explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(static_cast<std::uint16_t>(port));
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      // NOLINTNEXTLINE(*-reinterpret-cast): the API requires it
      EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient() { ::close(socket_); }
    void send(const std::string& text) const { EXPECT_TRUE(can_send(text)); }
    /// False once the server has ended the connection.
    [[nodiscard]] bool can_send(const std::string& text) const {
      return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    }
    /// Everything until the server ends the connection.
    [[nodiscard]] std::string rest() const {
      std::string all;
      std::array<char, 4096> part{};
      for (ssize_t got = 0; (got = ::recv(socket_, part.data(), part.size(), 0)) > 0;)
        all.append(part.data(), static_cast<std::size_t>(got));
      return all;
    }

   private:
    int socket_;
  };

  std::int64_t runs() {
    std::int64_t count = 0;
    database_->read(
        [&](db::Connection& connection) { count = connection.require_integer("SELECT count(*) FROM run"); });
    return count;
  }

  [[nodiscard]] int port() const { return port_; }
  db::Database& database() { return *database_; }
  Context& context() { return *context_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<db::Database> database_;
  triage::Policies policies_;
  std::unique_ptr<Context> context_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
  int port_ = 0;
};

const std::string report =
    "<testsuite name='s'><testcase classname='c' name='a' time='0.5'/><testcase name='b'><failure/></testcase>"
    "</testsuite>";
const std::string runs_path = "/api/v1/projects/p/runs";

TEST_F(ServerTest, UploadsAndReadsBack) {
  start();
  auto http = client();
  const auto created = http.Post(runs_path + "?commit=abc&branch=feature%2Fx", report, "application/xml");
  ASSERT_EQ(created->status, 201) << created->body;
  const auto answer = json::parse(created->body);
  EXPECT_EQ(answer["cases"], 2);
  EXPECT_EQ(answer["failed"], 1);
  EXPECT_EQ(answer["points"], 1);
  EXPECT_EQ(created->get_header_value("Location"), fmt::format("{}/{}", runs_path, answer["id"].get<int>()));
  EXPECT_EQ(http.Post(runs_path + "?commit=abc&branch=feature%2Fx", report, "application/xml")->status, 200);
  const auto run = json::parse(http.Get(created->get_header_value("Location"))->body);
  EXPECT_EQ(run["branch"], "feature/x");
  EXPECT_EQ(http.Get(runs_path + "/1/junit")->body, report);
  const auto cases = json::parse(http.Get(runs_path + "/1/cases?status=failed")->body);
  ASSERT_EQ(cases["cases"].size(), 1U);
  EXPECT_EQ(cases["cases"][0]["name"], "b");
}

TEST_F(ServerTest, PagesHoldEveryRunOnce) {
  start();
  auto http = client();
  for (int i = 0; i < 7; ++i) {
    ASSERT_EQ(
        http.Post(fmt::format("{}?started_at=2026-01-0{}T00:00:00Z", runs_path, 1 + i / 2), report, "application/xml")
            ->status,
        i % 2 == 0 ? 201 : 200);
    ASSERT_EQ(http.Post(fmt::format("{}?commit={}&started_at=2026-01-0{}T00:00:00Z", runs_path, i, 1 + i / 2), report,
                        "application/xml")
                  ->status,
              201);
  }
  std::vector<int> seen;
  std::string next;
  do {
    const auto page = json::parse(http.Get(fmt::format("{}?limit=3{}", runs_path, next))->body);
    for (const auto& run : page["runs"])
      seen.push_back(run["id"]);
    next = page.contains("next") ? "&before=" + page["next"].get<std::string>() : "";
  } while (!next.empty());
  EXPECT_EQ(seen.size(), 11U);
  EXPECT_EQ(std::set<int>(seen.begin(), seen.end()).size(), 11U);
}

TEST_F(ServerTest, AnswersBadInputWithAProblemAndStoresNothing) {
  start();
  auto http = client();
  ASSERT_EQ(http.Post("/api/v1/projects/there/runs", report, "application/xml")->status, 201);
  struct Case {
    std::string method, path, body;
    int status;
    std::string says;
  };
  const std::vector<Case> cases = {
      {"POST", runs_path, "<testsuites>\n  <oops", 400, "\"line\":2"},
      {"POST", runs_path, "", 400, "malformed-report"},
      {"POST", runs_path, std::string(small_body_bytes_max + 1, ' '), 413, "body_bytes_max"},
      {"POST", "/api/v1/projects/a%2Fb/runs", report, 404, "not-found"},
      {"POST", "/api/v1/projects/.hidden/runs", report, 400, "bad-parameter"},
      {"POST", runs_path + "?started_at=soon", report, 400, "started_at is not a time"},
      {"GET", "/api/v1/projects/absent", "", 404, "project absent does not exist"},
      {"GET", "/api/v1/projects/absent/runs", "", 404, "not-found"},
      {"GET", "/api/v1/projects/absent/series", "", 404, "not-found"},
      {"GET", "/api/v1/projects/absent/trends?series=1", "", 404, "not-found"},
      {"GET", "/api/v1/projects/absent/regressions", "", 404, "not-found"},
      {"GET", "/api/v1/projects/there/runs/99", "", 404, "run 99 in project there does not exist"},
      {"GET", "/api/v1/projects/there/runs/x", "", 404, "not-found"},
      {"GET", "/api/v1/projects/there/runs/99999999999999999999", "", 404, "not-found"},
      {"GET", "/api/v1/projects/there/runs?limit=0", "", 400, "limit"},
      {"GET", "/api/v1/projects/there/runs?limit=ten", "", 400, "limit"},
      {"GET", "/api/v1/projects/there/runs?before=1", "", 400, "before"},
      {"GET", "/api/v1/projects/there/runs/1/cases?status=bad", "", 400, "status"},
      {"GET", "/api/v1/projects/there/trends", "", 400, "series"},
      {"GET", "/api/v1/projects/there/trends?series=", "", 400, "series"},
      {"GET", "/api/v1/projects/there/trends?series=1,,2", "", 400, "series"},
      {"GET", "/api/v1/projects/there/trends?series=1;drop", "", 400, "series"},
      {"GET", "/api/v1/projects/there/trends?series=999", "", 404, "series 999 in project there does not exist"},
      {"GET", "/api/v1/projects/there/trends?series=1&last=0", "", 400, "last"},
      {"GET", "/api/v1/projects/there/regressions?state=odd", "", 400, "state"},
      {"GET", "/api/v1/projects/there/regressions?direction=up", "", 400, "direction"},
      {"GET", "/api/v1/nothing", "", 404, "not-found"},
      {"DELETE", "/api/v1/projects", "", 405, "GET"},
      {"POST", "/", "", 404, "not-found"},
  };
  for (const auto& wrong : cases) {
    SCOPED_TRACE(wrong.method + " " + wrong.path);
    httplib::Result answer = wrong.method == "POST"     ? http.Post(wrong.path, wrong.body, "application/xml")
                             : wrong.method == "DELETE" ? http.Delete(wrong.path)
                                                        : http.Get(wrong.path);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, wrong.status) << answer->body;
    EXPECT_EQ(answer->get_header_value("Content-Type"), "application/problem+json");
    EXPECT_THAT(answer->body, HasSubstr(wrong.says));
    EXPECT_EQ(json::parse(answer->body)["status"], wrong.status);
  }
  EXPECT_EQ(runs(), 1);
}

TEST_F(ServerTest, BoundsAChunkedBodyThatStatesNoLength) {
  start();
  auto http = client();
  std::size_t sent = 0;
  const auto answer = http.Post(
      runs_path,
      [&](std::size_t, httplib::DataSink& sink) {
        const std::string part(50'000, ' ');
        sent += part.size();
        sink.write(part.data(), part.size());
        if (sent >= 4 * small_body_bytes_max) sink.done();
        return true;
      },
      "application/xml");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(runs(), 0);
}

TEST_F(ServerTest, TakesABodyOfTheFormTypeThatCurlSendsByDefault) {
  start();
  std::string body = report;
  body.insert(body.rfind("</testsuite>"), "<system-out>" + std::string(20'000, 'x') + "</system-out>");
  EXPECT_EQ(client().Post(runs_path, body, "application/x-www-form-urlencoded")->status, 201);
}

TEST_F(ServerTest, TheFilesOfAFormAreOneRunAndItsFieldsAreParameters) {
  start();
  const httplib::MultipartFormDataItems form = {{"junit", report, "a.xml", "text/xml"},
                                                {"branch", "from-form", "", ""},
                                                {"junit", report, "b.xml", ""},
                                                {"testbed", "ignored", "", ""}};
  auto http = client();
  const auto created = http.Post(runs_path + "?testbed=from-query", form);
  ASSERT_EQ(created->status, 201) << created->body;
  EXPECT_EQ(json::parse(created->body)["cases"], 4);
  const auto run = json::parse(http.Get(runs_path + "/1")->body);
  EXPECT_EQ(run["branch"], "from-form");
  EXPECT_EQ(run["testbed"], "from-query");
  EXPECT_EQ(http.Get(runs_path + "/1/junit?file=1")->body, report);
  EXPECT_EQ(http.Get(runs_path + "/1/junit?file=1")->get_header_value("Content-Type"), "application/xml");
  EXPECT_EQ(http.Get(runs_path + "/1/junit?file=2")->status, 404);
  const httplib::MultipartFormDataItems no_file = {{"branch", "x", "", ""}};
  EXPECT_EQ(http.Post(runs_path, no_file)->status, 400);
  const httplib::MultipartFormDataItems too_much = {{"junit", std::string(small_body_bytes_max, ' '), "a.xml", ""},
                                                    {"junit", report, "b.xml", ""}};
  EXPECT_EQ(http.Post(runs_path, too_much)->status, 413);
  EXPECT_EQ(runs(), 1);
}

TEST_F(ServerTest, ADocumentIsReturnedUnchangedWithTheTypeOfItsBytes) {
  start();
  const std::string hyperfine = R"({"results": [{"command": "a", "times": [0.5, 0.25], "exit_codes": [0, 0]}]})"
                                "\n";
  const std::string llama = R"({"n_prompt": 64, "n_gen": 0, "samples_ns": [5, 6], "avg_ns": 5, "model_type": "m"})"
                            "\n";
  const std::string latin = "<?xml version='1.0' encoding='ISO-8859-1'?>\r\n<testsuite name='\xe9'/> \n";
  const httplib::MultipartFormDataItems form = {
      {"f", hyperfine, "a.html", "text/html"}, {"f", llama, "bench.jsonl", ""}, {"f", latin, "c.json", "text/html"}};
  auto http = client();
  const auto created = http.Post(runs_path, form);
  ASSERT_EQ(created->status, 201) << created->body;
  const std::vector<std::tuple<const std::string*, std::string, std::string>> documents = {
      {&hyperfine, "application/json", "p-1-0.json"},
      {&llama, "application/jsonl", "p-1-1.jsonl"},
      {&latin, "application/xml", "p-1-2.xml"}};
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const auto& [bytes, type, name] = documents[i];
    const auto answer = http.Get(fmt::format("{}/1/junit?file={}", runs_path, i));
    EXPECT_EQ(answer->body, *bytes);
    EXPECT_EQ(answer->get_header_value("Content-Type"), type);
    EXPECT_EQ(answer->get_header_value("Content-Disposition"), "attachment; filename=\"" + name + "\"");
  }
}

TEST_F(ServerTest, HeadersGiveCoordinatesThatTheQueryDoesNot) {
  start();
  auto http = client();
  const httplib::Headers headers = {{"Perftrend-Branch", "b"}, {"Perftrend-Commit", "c"}, {"Perftrend-Testbed", "t"}};
  ASSERT_EQ(http.Post(runs_path + "?commit=query", headers, report, "application/xml")->status, 201);
  const auto run = json::parse(http.Get(runs_path + "/1")->body);
  EXPECT_EQ(run["branch"], "b");
  EXPECT_EQ(run["commit"], "query");
  EXPECT_EQ(run["testbed"], "t");
}

TEST_F(ServerTest, ABombIsRefusedByItsDecompressedSize) {
  start();
  auto http = client();
  std::string bomb(20 * small_body_bytes_max, ' ');
  std::string packed(bomb.size(), '\0');
  uLongf bytes = packed.size();
  ASSERT_EQ(::compress(reinterpret_cast<Bytef*>(packed.data()), &bytes, reinterpret_cast<const Bytef*>(bomb.data()),
                       bomb.size()),
            Z_OK);
  packed.resize(bytes);
  ASSERT_LT(packed.size(), small_body_bytes_max);
  const auto answer = http.Post(runs_path, {{"Content-Encoding", "deflate"}}, packed, "application/xml");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413) << answer->body;
  EXPECT_EQ(http.Post(runs_path, {{"Content-Encoding", "gzip"}}, "no gzip", "application/xml")->status, 400);
  EXPECT_EQ(runs(), 0);
}

std::string gzip(const std::string& text) {
  return tests::pack_zlib(text, 16 + MAX_WBITS);
}

TEST_F(ServerTest, ACompressedBodyIsAcceptedWholeOrNotAtAll) {
  start();
  auto http = client();
  http.set_keep_alive(true);
  const std::string packed = gzip(report);
  const auto post = [&](const std::string& body, const char* coding) {
    return http.Post(runs_path, {{"Content-Encoding", coding}}, body, "application/xml");
  };
  for (std::size_t cut = 0; cut < packed.size(); ++cut) {
    const auto answer = post(packed.substr(0, cut), "gzip");
    ASSERT_TRUE(answer) << cut;
    EXPECT_EQ(answer->status, 400) << cut;
    EXPECT_THAT(answer->body, HasSubstr("malformed-report")) << cut;
  }
  for (std::size_t i = packed.size() - 8; i < packed.size(); ++i) {
    std::string wrong = packed;
    wrong[i] = static_cast<char>(wrong[i] ^ 1);
    EXPECT_EQ(post(wrong, "gzip")->status, 400) << i;
  }
  EXPECT_EQ(post(packed + report, "gzip")->status, 400);
  EXPECT_EQ(runs(), 0);
  EXPECT_EQ(post(packed, "GZIP")->status, 201);
  EXPECT_EQ(post(report, "identity")->status, 200);
  EXPECT_EQ(http.Get(runs_path + "/1/junit")->body, report);
}

TEST_F(ServerTest, AnUnknownEncodingIsRefusedWithTheSupportedOnes) {
  start();
  auto http = client();
  for (const char* coding : {"compress", "gzip, gzip", "zip", "br"}) {
    const auto answer = http.Post(runs_path, {{"Content-Encoding", coding}}, report, "application/xml");
    ASSERT_EQ(answer->status, 415) << coding;
    EXPECT_EQ(answer->get_header_value("Content-Type"), "application/problem+json");
    EXPECT_EQ(answer->get_header_value("Accept-Encoding"), "gzip, deflate, zstd, identity");
    EXPECT_THAT(answer->body, HasSubstr("zstd"));
  }
  EXPECT_EQ(runs(), 0);
}

TEST_F(ServerTest, AnswersAreCompressedWithGzipOnly) {
  start();
  auto http = client();
  const auto encoding = [&](const std::string& accepted) {
    const auto answer = http.Get("/api/v1/projects", {{"Accept-Encoding", accepted}});
    EXPECT_EQ(json::parse(answer->body), json({{"projects", json::array()}})) << accepted;
    return answer->get_header_value("Content-Encoding");
  };
  EXPECT_EQ(encoding("gzip, deflate, br, zstd"), "gzip") << "a browser's";
  EXPECT_EQ(encoding("br;q=1.0, GZIP;q=0.8"), "gzip");
  for (const char* other : {"br", "identity", "deflate", "br, gzip;q=0", "gzip ; q=0.000, br", "xgzip"})
    EXPECT_EQ(encoding(other), "") << other;
}

TEST_F(ServerTest, ACompressedFormIsRefusedAndItsFilesMayBeCompressedInstead) {
  start();
  auto http = client();
  const auto form_of = [](const std::string& bytes) {
    return fmt::format(
        "--x-y\r\nContent-Disposition: form-data; name=\"junit\"; filename=\"a.xml.gz\"\r\n\r\n{}\r\n--x-y--\r\n",
        bytes);
  };
  const std::string type = "multipart/form-data; boundary=x-y";
  for (const char* coding : {"gzip", "deflate", "zstd"}) {
    const auto refused = http.Post(runs_path, {{"Content-Encoding", coding}}, gzip(form_of(report)), type);
    ASSERT_EQ(refused->status, 415) << coding;
    EXPECT_EQ(json::parse(refused->body)["type"], "unsupported-encoding");
    EXPECT_THAT(refused->body, HasSubstr("compress the files inside the form"));
  }
  EXPECT_EQ(runs(), 0);
  const auto created = http.Post(runs_path, {{"Content-Encoding", "identity"}}, form_of(gzip(report)), type);
  ASSERT_EQ(created->status, 201) << created->body;
  EXPECT_EQ(json::parse(created->body)["cases"], 2);
}

TEST_F(ServerTest, AnUploadBeyondTheMemoryBudgetIsAnsweredRetryLater) {
  upload_memory_bytes_max = 6 * report.size();
  start();
  auto http = client();
  EXPECT_EQ(http.Post(runs_path, report, "application/xml")->status, 201);
  const auto busy = http.Post(runs_path, report + " ", "application/xml");
  EXPECT_EQ(busy->status, 503);
  EXPECT_EQ(busy->get_header_value("Retry-After"), "5");
  EXPECT_EQ(http.Get("/api/v1/projects")->status, 200);
  EXPECT_EQ(runs(), 1);
}

TEST_F(ServerTest, AnOpenServerIsOpenToItsOwnMachineOnly) {
  start();
  auto http = client();
  EXPECT_EQ(http.Get("/api/v1/projects", {{"Host", "evil.example"}})->status, 403);
  EXPECT_EQ(http.Get("/api/v1/projects", {{"Host", "127.evil.example"}})->status, 403);
  EXPECT_EQ(http.Get("/api/v1/projects", {{"Host", "127.0.0.1.evil.example"}})->status, 403);
  EXPECT_EQ(http.Get("/api/v1/projects", {{"Host", "localhost:1"}})->status, 200);
  EXPECT_EQ(http.Post(runs_path, {{"Origin", "https://evil.example"}}, report, "text/plain")->status, 403);
  EXPECT_EQ(
      http.Post(runs_path, {{"Origin", fmt::format("http://127.0.0.1:{}", port())}}, report, "text/plain")->status,
      201);
}

TEST_F(ServerTest, TokensHoldTheirScopeAndProject) {
  start(true);
  auto http = client();
  const auto reader = make_token(store::Scope::read, "p");
  const auto uploader = make_token(store::Scope::upload, "p");
  const auto everyone = make_token(store::Scope::admin, "*");
  const auto upload_as = [&](const httplib::Headers& headers, const std::string& project) {
    return http.Post("/api/v1/projects/" + project + "/runs", headers, report, "application/xml")->status;
  };
  EXPECT_EQ(upload_as({}, "p"), 401);
  EXPECT_EQ(upload_as(bearer("pt_wrong"), "p"), 401);
  EXPECT_EQ(upload_as(bearer(reader), "p"), 403);
  EXPECT_EQ(upload_as(bearer(uploader), "q"), 403);
  EXPECT_EQ(upload_as(bearer(uploader), "p"), 201);
  EXPECT_EQ(upload_as(bearer(everyone), "q"), 201);
  const auto projects_of = [&](const std::string& secret) {
    return json::parse(http.Get("/api/v1/projects", bearer(secret))->body)["projects"].size();
  };
  EXPECT_EQ(projects_of(reader), 1U);
  EXPECT_EQ(projects_of(everyone), 2U);
  EXPECT_EQ(http.Get("/api/v1/projects/q", bearer(reader))->status, 403);
  EXPECT_EQ(http.Get("/api/v1/projects", {{"Authorization", "bearer " + reader}})->status, 200);
  EXPECT_EQ(http.Get("/healthz")->status, 200);
  EXPECT_EQ(json::parse(http.Get("/api/v1/session")->body)["authentication"], "token");
  database().write([](db::Connection& connection) { store::revoke_token(connection, 1, now_us()); });
  EXPECT_EQ(http.Get("/api/v1/projects", bearer(reader))->status, 401);
}

TEST_F(ServerTest, ANewConnectionIsServedWhileIdleOnesStayOpen) {
  start();
  // As many kept-alive connections as the server has threads for them: the next one is still answered.
  std::vector<std::unique_ptr<httplib::Client>> idle;
  for (int i = 0; i < 8; ++i) {
    idle.push_back(std::make_unique<httplib::Client>("127.0.0.1", port()));
    idle.back()->set_keep_alive(true);
    ASSERT_TRUE(idle.back()->Get("/healthz"));
  }
  EXPECT_EQ(client().Get("/healthz")->status, 200);
}

TEST_F(ServerTest, ClientsWithSlowHeadsMakeWayForNewConnections) {
  wire.head_time_max = std::chrono::milliseconds(300);
  start();
  std::vector<std::unique_ptr<RawClient>> dribblers;  // twice as many as the server has threads
  for (int i = 0; i < 16; ++i) {
    dribblers.push_back(std::make_unique<RawClient>(port()));
    dribblers.back()->send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
  }
  EXPECT_EQ(client().Get("/healthz")->status, 200);
  EXPECT_THAT(dribblers.front()->rest(), HasSubstr("HTTP/1.1 408 "));
}

TEST_F(ServerTest, AHeadWithoutEndIsRefused) {
  start();
  const RawClient lines(port());
  std::string head = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  for (int i = 0; i < 200; ++i)
    head += "X: 1\r\n";
  lines.send(head);
  EXPECT_THAT(lines.rest(), testing::AllOf(HasSubstr("HTTP/1.1 431 "), HasSubstr("header_lines_max")));
  const RawClient line(port());
  line.send("GET /healthz HTTP/1.1\r\nX: " + std::string(wire.header_line_bytes_max, 'x'));
  EXPECT_THAT(line.rest(), testing::AllOf(HasSubstr("HTTP/1.1 431 "), HasSubstr("header_line_bytes_max")));
  const RawClient bytes(port());
  head = "GET /healthz HTTP/1.1\r\n";
  while (head.size() <= wire.head_bytes_max)
    head += "X: " + std::string(1000, 'x') + "\r\n";
  bytes.send(head);
  EXPECT_THAT(bytes.rest(), testing::AllOf(HasSubstr("HTTP/1.1 431 "), HasSubstr("head_bytes_max")));
}

TEST_F(ServerTest, ASlowBodyIsAnswered408) {
  wire.body_time_max = std::chrono::milliseconds(50);
  start();
  const RawClient slow(port());
  slow.send("POST " + runs_path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n<test");
  EXPECT_THAT(slow.rest(), testing::AllOf(HasSubstr("HTTP/1.1 408 "), HasSubstr("body_time_max")));
  EXPECT_EQ(runs(), 0);
}

TEST_F(ServerTest, ABodyWithoutEndIsRefusedLongBeforeItsTimeLimit) {
  start();
  const RawClient endless(port());
  endless.send("POST " + runs_path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  constexpr int chunks_max = 2000;  // 130 MB: far more than the server reads and the sockets hold
  int chunks = 0;
  while (chunks < chunks_max && endless.can_send(chunk))
    ++chunks;
  EXPECT_LT(chunks, chunks_max);
  EXPECT_EQ(client().Get("/healthz")->status, 200);
  EXPECT_EQ(runs(), 0);
}

TEST_F(ServerTest, AnUnreadBodyIsNotReadAsARequest) {
  start();
  const std::string hidden = "GET /api/v1/projects HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  const RawClient sly(port());
  sly.send(
      fmt::format("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n{}", hidden.size(), hidden));
  const auto answers = sly.rest();
  EXPECT_THAT(answers, testing::StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(answers.find("HTTP/1.1", 1), std::string::npos) << answers;
}

TEST_F(ServerTest, ServesTheSpecItself) {
  start();
  const auto answer = client().Get("/api/v1/openapi.yaml");
  EXPECT_EQ(YAML::Load(answer->body)["openapi"].as<std::string>(), "3.1.0");
}

TEST_F(ServerTest, TheRoutesAreThoseOfTheSpec) {
  start();
  std::set<std::string> routed;
  for (const auto& route : make_routes()) {
    constexpr std::string_view base = "/api/v1";
    if (route.path.starts_with(base)) routed.insert(fmt::format("{} {}", route.method, route.path.substr(base.size())));
  }
  std::set<std::string> specified;
  const auto spec = YAML::Load(client().Get("/api/v1/openapi.yaml")->body);
  for (const auto& path : spec["paths"]) {
    for (const auto& operation : path.second) {
      auto method = operation.first.as<std::string>();
      if (method == "parameters") continue;
      std::transform(method.begin(), method.end(), method.begin(), [](char c) { return static_cast<char>(c - 32); });
      specified.insert(method + " " + path.first.as<std::string>());
    }
  }
  EXPECT_EQ(routed, specified);
}

TEST_F(ServerTest, TheRootOfTheSpecRefersToEveryPathOfTheBundle) {
  start();
  const auto paths_of = [](const YAML::Node& document) {
    std::set<std::string> paths;
    for (const auto& path : document["paths"])
      paths.insert(path.first.as<std::string>());
    return paths;
  };
  EXPECT_EQ(paths_of(YAML::LoadFile(perftrend::tests::source_dir() + "/schema/openapi/openapi.yaml")),
            paths_of(YAML::Load(client().Get("/api/v1/openapi.yaml")->body)));
}

TEST_F(ServerTest, TwoServersDoNotShareAPort) {
  start();
  ServerOptions options;
  options.port = port();
  Server second(options, context());
  EXPECT_THROW(second.bind(), std::runtime_error);
}

}  // namespace
}  // namespace perftrend::http
