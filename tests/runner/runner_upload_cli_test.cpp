// The built perftrend-runner: what it uploads, and its messages when an upload fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pugixml.hpp>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/paths.h"
#include "tests/support/runner_cli.h"

namespace perftrend::runner {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string batch_prefill = perftrend::tests::source_dir() + "/runner/scenarios/batch_prefill.toml";

/// A server in this process on a free loopback port. Answers every POST as configured and stores the requests.
class TinyServer {
 public:
  explicit TinyServer(std::unique_ptr<httplib::Server> server = std::make_unique<httplib::Server>())
      : server_(std::move(server)) {
    server_->Post("(.*)", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      response.status = status;
      response.set_content(answer, "application/json");
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running())
      std::this_thread::yield();  // stop() before it runs would be lost
  }
  ~TinyServer() {
    server_->stop();
    thread_.join();
  }
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string url() const { return "http://" + address(); }
  [[nodiscard]] std::vector<httplib::Request> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  std::atomic<int> status{201};
  std::string answer = R"({"id": 7, "points": 12, "findings": [], "warnings": []})";  ///< set before the first request

 private:
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<httplib::Request> requests_;
};

TEST_F(RunnerCli, UploadsWhatItWrote) {
  TinyServer server;
  const Ended ended = measure({"--upload", server.url(), "--branch", "b", "--commit", "c", "--testbed", "t"},
                              {{"PERFTREND_TOKEN", "s3cret"}});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("uploaded out.xml to " + server.url() + ": run 7, 12 points\n"));
  EXPECT_THAT(ended.err + ended.out, Not(HasSubstr("s3cret")));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/api/v1/projects/batch_prefill/runs");
  EXPECT_EQ(requests[0].body, read_all(directory_ / "out.xml"));
  EXPECT_EQ(requests[0].get_header_value("Authorization"), "Bearer s3cret");
  EXPECT_EQ(requests[0].get_param_value("branch"), "b");
  EXPECT_EQ(requests[0].get_param_value("commit"), "c");
  EXPECT_EQ(requests[0].get_param_value("testbed"), "t");
  EXPECT_EQ(requests[0].get_param_value("started_at"), suite_property("perftrend.started_at"));
}

TEST_F(RunnerCli, FindingsOfTheServerAreWarningsAndNoFailure) {
  TinyServer server;
  server.answer = R"({"id": 7, "points": 12, "findings": [{"verdict": "regressed",
    "explanation": "prefill is 40 % slower"}], "suspected": [{"explanation": "decode is 9 % slower"}]})";
  const Ended ended = run({"--upload", server.url(), "--project", "other"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("PERF-WARNING: regressed: prefill is 40 % slower\n"));
  EXPECT_THAT(ended.out + ended.err, HasSubstr("1 series is suspected and not confirmed yet: the next runs decide"));
  EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("decode"))) << "only what is confirmed is a warning";
  EXPECT_EQ(server.requests().at(0).path, "/api/v1/projects/other/runs");
}

TEST_F(RunnerCli, AnUnreachableServerOnlyCausesAMessage) {
  std::string url;
  {
    const TinyServer gone;
    url = gone.url();
  }
  const Ended passed = run({}, {{"PERFTREND_URL", url}});
  EXPECT_EQ(passed.code, 0);
  EXPECT_THAT(passed.err, AllOf(HasSubstr("upload failed: " + url + ": no answer ("),
                                HasSubstr("The report is in out.xml; deliver it later with: perftrend-runner upload "
                                          "out.xml --url " +
                                          url + " --project batch_prefill\n")));
  EXPECT_STREQ(report().child("testsuites").attribute("tests").value(), "2");
  EXPECT_EQ(run({"--upload", url, "--mock-fault", "no_tokens"}).code, 1)
      << "the exit code is that of the functional case";
}

TEST_F(RunnerCli, AReportWaitsForTheServerAndTheNextUploadDeliversIt) {
  const std::string spool = (directory_ / "state/spool").string();
  TinyServer server;
  server.status = 503;
  const Environment token{{"PERFTREND_TOKEN", "s3cret"}};
  const Ended away = run({"--upload", server.url(), "--spool", spool, "--branch", "first"}, token);
  EXPECT_EQ(away.code, 0);
  EXPECT_THAT(away.err, HasSubstr("The report is in out.xml and in the spool " + spool +
                                  ": the next upload to this server delivers it\n"));
  const std::string first = read_all(directory_ / "out.xml");
  ASSERT_EQ(std::distance(fs::directory_iterator(spool), {}), 1);
  EXPECT_THAT(read_all(fs::directory_iterator(spool)->path()), Not(HasSubstr("s3cret")));

  server.status = 201;
  const Ended back = run({"--upload", server.url(), "--spool", spool, "--branch", "second"}, token);
  EXPECT_THAT(back.err, HasSubstr("delivered 1 reports from the spool " + spool + "; 0 are still waiting\n"));
  EXPECT_TRUE(fs::is_empty(spool));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 5U) << "three attempts, its own report, the spooled one";
  EXPECT_EQ(requests[3].get_param_value("branch"), "second");
  EXPECT_EQ(requests[4].body, first);
  EXPECT_EQ(requests[4].target, requests[0].target);
  EXPECT_EQ(requests[4].get_header_value("Idempotency-Key"), requests[0].get_header_value("Idempotency-Key"));
  EXPECT_EQ(requests[4].get_header_value("Authorization"), "Bearer s3cret");
}

TEST_F(RunnerCli, ARefusalKeepsTheFileToo) {
  TinyServer server;
  server.status = 401;
  server.answer = R"({"title": "Unauthorized", "detail": "a token is needed"})";
  const Ended ended = run({"--upload", server.url()});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("answered 401: a token is needed. The report is in out.xml"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(RunnerCli, UploadDeliversLaterAndSaysWhatItCouldNot) {
  TinyServer server;
  ASSERT_EQ(run({"--branch", "b", "--upload", server.url()}).code, 0);
  const Ended good = call({"upload", "out.xml", "--url", server.url(), "--project", "batch_prefill"});
  EXPECT_EQ(good.code, 0) << good.err;
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].body, read_all(directory_ / "out.xml"));
  EXPECT_EQ(requests[1].get_param_value("branch"), "b");
  EXPECT_EQ(requests[1].target, requests[0].target) << "otherwise the server would store another run";
  const Ended bad = call({"upload", "missing.xml", "out.xml", "--url", server.url(), "--project", "p"});
  EXPECT_EQ(bad.code, 4);
  EXPECT_THAT(bad.err, HasSubstr("missing.xml: cannot be read or is empty"));
  EXPECT_EQ(server.requests().size(), 3U) << "the other file was delivered anyway";
}

TEST_F(RunnerCli, UploadSendsAnyBytesAndSaysWhereTheyBelong) {
  TinyServer server;
  const std::string zip = write("r.zip", std::string("PK\x03\x04\0\xff", 6));
  const std::string json = write("r.json", R"({"results": []})");
  const std::vector<std::string> to = {"--url", server.url(), "--project", "p"};
  const auto upload = [&](std::vector<std::string> arguments, const Environment& variables = {}) {
    arguments.insert(arguments.begin(), "upload");
    arguments.insert(arguments.end(), to.begin(), to.end());
    return call(arguments, variables);
  };
  EXPECT_EQ(upload({zip, json}, {{"CI_COMMIT_SHA", "c9"}}).code, 0);
  EXPECT_EQ(upload({json, "--format", "ctest", "--branch", "b", "--stated-only"}, {{"CI_COMMIT_SHA", "c9"}}).code, 0);
  EXPECT_EQ(upload({zip, json, "--one-run"}).code, 0);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[0].body, read_all(zip));
  EXPECT_EQ(requests[0].get_header_value("Content-Type"), "application/octet-stream");
  EXPECT_EQ(requests[0].target, "/api/v1/projects/p/runs?commit=c9");
  EXPECT_EQ(requests[1].get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(requests[2].target, "/api/v1/projects/p/runs?branch=b&format=ctest");
  ASSERT_EQ(requests[3].files.size(), 2U);
  for (const auto& [field, file] : requests[3].files)
    EXPECT_EQ(file.content, read_all(directory_ / file.filename)) << file.filename;
}

std::string report_path(int number) {
  return "reports/" + std::to_string(number / 10) + std::to_string(number % 10) + ".xml";
}

TEST_F(RunnerCli, UploadOfManyReportsProgressAndFailures) {
  TinyServer server;
  fs::create_directories(directory_ / "reports");
  for (int i = 0; i < 30; ++i)
    (void)write(report_path(i).c_str(), i == 7 ? "" : "<testsuite name='s" + std::to_string(i) + "'/>");
  const Ended ended = call({"upload", "reports", "--url", server.url(), "--project", "p"});
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(server.requests().size(), 29U);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("uploaded 3 of 30\n"), HasSubstr("uploaded 30 of 30\n"),
                               Not(HasSubstr("run 7, 12 points")), Not(HasSubstr("\r"))));
  EXPECT_THAT(ended.err, ::testing::EndsWith("upload failed: reports/07.xml: cannot be read or is empty\n"
                                             "29 delivered (0 of them already stored), 1 failed\n"));
  EXPECT_EQ(call({"upload", directory_.string() + "/none", "--url", server.url(), "--project", "p"}).code, 4);
}

TEST_F(RunnerCli, UploadTakesTheReportsOfAFolderAndNamesTheOtherFiles) {
  TinyServer server;
  fs::create_directories(directory_ / "reports/fib/new");
  (void)write("reports/a.csv", "case,latency_ms\na,1\n");
  (void)write("reports/b.txt", "BenchmarkFib-8   500   325 ns/op\n");
  (void)write("reports/build.log", "compiling\n");
  (void)write("reports/package.json", R"({"name":"a"})");
  (void)write("reports/fib/new/estimates.json", R"({"median":{"point_estimate":5}})");
  (void)write("reports/plot.svg", "<svg/>");
  const Ended ended = call({"upload", "reports", "--url", server.url(), "--project", "p"});
  EXPECT_EQ(ended.code, 0);
  ASSERT_EQ(server.requests().size(), 3U);
  EXPECT_THAT(server.requests()[2].files.begin()->second.filename, "criterion/fib/new/estimates.json");
  EXPECT_THAT(ended.err,
              HasSubstr("3 files are not reports, left:\n  reports/build.log (it holds no results of benchmarks)\n"
                        "  reports/package.json (this JSON is not of a known format)\n  reports/plot.svg\n"));
  fs::create_directories(directory_ / "none");
  (void)write("none/build.log", "compiling\n");
  const Ended none = call({"upload", "none", "--url", server.url(), "--project", "p"});
  EXPECT_EQ(none.code, 4);
  EXPECT_THAT(none.err, HasSubstr("no report to upload\n"));
}

TEST_F(RunnerCli, UploadOfManyStopsAfterFailuresInARow) {
  TinyServer server;
  server.status = 401;
  server.answer = R"({"detail": "a token is needed"})";
  fs::create_directories(directory_ / "reports");
  for (int i = 0; i < 30; ++i)
    (void)write(report_path(i).c_str(), "<testsuite name='s" + std::to_string(i) + "'/>");
  const std::string spool = (directory_ / "spool").string();
  const Ended ended = call({"upload", "reports", "--url", server.url(), "--project", "p", "--spool", spool});
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("reports/02.xml: "), HasSubstr("answered 401: a token is needed"),
                               HasSubstr("27 of 30 were not tried")));
  EXPECT_FALSE(fs::exists(spool)) << "they are on disk already";
}

TEST_F(RunnerCli, UploadTakesAnyonesReport) {
  TinyServer server;
  const std::string file = write("other.xml", "<testsuite><testcase name='a'/></testsuite>");
  EXPECT_EQ(call({"upload", file, "--url", server.url(), "--project", "p"}).code, 0);
  EXPECT_EQ(server.requests().at(0).target, "/api/v1/projects/p/runs");
}

// --------------------------------------------------------------------------------------------------------------- TLS

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct Identity {
  std::unique_ptr<EVP_PKEY, FreeKey> key;
  std::unique_ptr<X509, FreeCertificate> certificate;
};

/// A self-signed certificate for 127.0.0.1, valid for an hour.
Identity self_signed() {
  constexpr long hour_s = 3600;
  Identity identity{std::unique_ptr<EVP_PKEY, FreeKey>(EVP_EC_gen("P-256")),
                    std::unique_ptr<X509, FreeCertificate>(X509_new())};
  X509* certificate = identity.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -hour_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate), hour_s);
  X509_set_pubkey(certificate, identity.key.get());
  X509_NAME* name = X509_get_subject_name(certificate);
  const std::string host = "127.0.0.1";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(host.data()), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* alternative = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(certificate, alternative, -1);
  X509_EXTENSION_free(alternative);
  X509_sign(certificate, identity.key.get(), EVP_sha256());
  return identity;
}

TEST_F(RunnerCli, HttpsRequiresATrustedCertificate) {
  const Identity identity = self_signed();
  TinyServer server(std::make_unique<httplib::SSLServer>(identity.certificate.get(), identity.key.get()));
  const std::string url = "https://" + server.address();
  const Ended refused = run({"--upload", url}, {{"PERFTREND_TOKEN", "s3cret"}});
  EXPECT_EQ(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("upload failed: " + url + ": its certificate is not trusted"));
  EXPECT_THAT(server.requests(), IsEmpty()) << "a token was sent to an untrusted server";

  const fs::path trusted = directory_ / "trusted.pem";
  std::FILE* pem = std::fopen(trusted.c_str(), "w");
  ASSERT_NE(pem, nullptr);
  ASSERT_EQ(PEM_write_X509(pem, identity.certificate.get()), 1);
  ASSERT_EQ(std::fclose(pem), 0);
  const Ended sent = run({"--upload", url}, {{"SSL_CERT_FILE", trusted.string()}});
  EXPECT_THAT(sent.err, HasSubstr("run 7, 12 points")) << sent.err;
}

}  // namespace
}  // namespace perftrend::runner
