#include "runner/delivery/upload.h"

#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <cassert>
#include <random>
#include <utility>

#include "core/text/sha256.h"
#include "runner/system/secret.h"

namespace perftrend::runner {
namespace {

constexpr std::size_t printed_answer_bytes_max = 300;

/// Whether another attempt may succeed.
bool is_transient(int status) {
  return status == 408 || status == 429 || status >= 500;
}

/// The reason in a problem document (RFC 7807), else the beginning of the body.
std::string reason_in(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_object()) {
    for (const char* key : {"detail", "title"}) {
      if (json.contains(key) && json[key].is_string()) return json[key].get<std::string>();
    }
  }
  return body.substr(0, std::min(body.find('\n'), printed_answer_bytes_max));
}

/// Whether the report itself is refused, rather than the token, the project or the moment.
bool is_lasting(int status) {
  return status == 400 || status == 409 || status == 413 || status == 415 || status == 422;
}

/// Result of one attempt, and whether another one may succeed.
struct Attempt {
  tl::expected<UploadResult, UploadError> result;
  bool again = false;
};

Attempt attempt(httplib::Client& client, const Delivery& delivery, const std::string& path, const std::string& body) {
  httplib::Headers headers;
  headers.emplace("Idempotency-Key", idempotency_key(delivery, body));
  if (!delivery.token.empty()) headers.emplace("Authorization", "Bearer " + delivery.token);
  headers.emplace("Content-Type", delivery.content_type);
  httplib::Request request;
  request.method = "POST";
  request.path = path;
  request.headers = std::move(headers);
  request.body = body;
  // Another program's answer may be endless; its size is limited.
  std::string answered;
  request.content_receiver = [&](const char* data, std::size_t bytes, std::uint64_t, std::uint64_t) {
    if (answered.size() + bytes > answer_bytes_max) return false;
    answered.append(data, bytes);
    return true;
  };
  auto answer = client.send(request);
  if (answer) answer->body = std::move(answered);
  if (!answer) {
    // An untrusted certificate stays untrusted, so it is not tried again.
    const bool untrusted = answer.error() == httplib::Error::SSLServerVerification;
    const bool unconnected = answer.error() == httplib::Error::Connection;
    return {tl::unexpected(UploadError{fmt::format(
                "{}: {} ({})", delivery.server.origin, untrusted ? "its certificate is not trusted" : "no answer",
                unconnected ? "cannot connect" : httplib::to_string(answer.error()))}),
            !untrusted};
  }
  if (answer->status != 200 && answer->status != 201) {
    return {tl::unexpected(UploadError{fmt::format("{} answered {}: {}", delivery.server.origin, answer->status,
                                                   without_secret(reason_in(answer->body), delivery.token)),
                                       is_lasting(answer->status)}),
            is_transient(answer->status)};
  }
  auto result = read_upload_answer(answer->body);
  if (!result) {
    return {tl::unexpected(UploadError{fmt::format("{} answered {}, but not with a run: is it a perftrend server?",
                                                   delivery.server.origin, answer->status)}),
            false};
  }
  result->already_stored = answer->status == 200;
  return {std::move(*result), false};
}

std::string word(const nlohmann::json& of, const char* name) {
  return of.is_object() && of.contains(name) && of[name].is_string() ? of[name].get<std::string>() : "";
}

/// The findings with the names of their series, which the explanations do not contain.
std::vector<ServerFinding> findings_in(const nlohmann::json& object) {
  std::vector<ServerFinding> found;
  if (!object.contains("findings") || !object["findings"].is_array()) return found;
  for (const auto& finding : object["findings"]) {
    const auto explanation = word(finding, "explanation");
    if (explanation.empty()) continue;
    const auto flag = [&](const char* name, bool absent) {
      return finding.contains(name) && finding[name].is_boolean() ? finding[name].get<bool>() : absent;
    };
    const auto verdict = word(finding, "verdict");
    std::string of;
    for (const auto& part : {word(finding.value("case", nlohmann::json()), "name"), word(finding, "metric"), verdict}) {
      if (!part.empty()) of += (of.empty() ? "" : " ") + part;
    }
    found.push_back({(of.empty() ? "" : of + ": ") + explanation,
                     verdict == "regressed" && flag("alerting", true) && !flag("quarantined", false)});
  }
  return found;
}

/// Most series of the run moved together; it warns as a finding does, if later runs are not needed to confirm it.
std::optional<ServerFinding> common_shift_in(const nlohmann::json& object) {
  if (!object.contains("common_shift")) return std::nullopt;
  const auto& shift = object["common_shift"];
  auto explanation = word(shift, "explanation");
  if (explanation.empty()) return std::nullopt;
  const bool is_suspected = word(shift, "state") == "suspected";
  if (is_suspected) explanation += " It is not confirmed yet: the next runs decide.";
  return ServerFinding{std::move(explanation), word(shift, "direction") == "worse" && !is_suspected};
}

}  // namespace

tl::expected<ServerUrl, std::string> parse_server_url(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return tl::unexpected(fmt::format("'{}' is not a server URL: {}", text, why));
  };
  const auto scheme_end = text.find("://");
  const std::string_view scheme = text.substr(0, scheme_end == std::string_view::npos ? 0 : scheme_end);
  if (scheme != "http" && scheme != "https") return refuse("it must begin with http:// or https://");
  if (text.find('@') != std::string_view::npos) {
    return tl::unexpected(
        std::string("a server URL must not contain a user or password: use PERFTREND_TOKEN or --token-file"));
  }
  if (text.find_first_of("?# \t\r\n") != std::string_view::npos)
    return refuse("it must have no query, fragment or blank");
  const auto path_at = std::min(text.find('/', scheme_end + 3), text.size());
  ServerUrl url{std::string(text.substr(0, path_at)), std::string(text.substr(path_at))};
  if (path_at == scheme_end + 3) return refuse("the host is missing");
  const auto trim = [&] {
    while (url.prefix.ends_with('/'))
      url.prefix.pop_back();
  };
  trim();
  if (constexpr std::string_view api = "/api/v1"; url.prefix.ends_with(api)) {
    url.prefix.resize(url.prefix.size() - api.size());
    trim();
  }
  return url;
}

std::string upload_path(const Delivery& delivery) {
  httplib::Params query;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) query.emplace(name, value);
  };
  add("branch", delivery.coordinates.branch);
  add("commit", delivery.coordinates.commit);
  add("commit_time", delivery.coordinates.commit_time);
  add("testbed", delivery.coordinates.testbed);
  add("started_at", delivery.coordinates.started_at);
  add("ci_url", delivery.coordinates.ci_url);
  add("purpose", delivery.coordinates.purpose);
  add("run_key", delivery.coordinates.run_key);
  add("shard", delivery.coordinates.shard);
  add("parts", delivery.coordinates.parts);
  add("base_branch", delivery.coordinates.base_branch);
  add("base_commit", delivery.coordinates.base_commit);
  add("format", delivery.format);
  const std::string path = fmt::format("{}/api/v1/projects/{}/runs", delivery.server.prefix, delivery.project);
  return query.empty() ? path : httplib::append_query_params(path, query);
}

std::optional<UploadResult> read_upload_answer(const std::string& json) {
  const auto object = nlohmann::json::parse(json, nullptr, false);
  if (!object.is_object() || !object.contains("id") || !object["id"].is_number_integer()) return std::nullopt;
  UploadResult result;
  result.run_id = object["id"].get<std::int64_t>();
  if (object.contains("points") && object["points"].is_number_integer()) {
    result.points = object["points"].get<std::int64_t>();
  }
  result.findings = findings_in(object);
  if (auto shift = common_shift_in(object)) result.findings.insert(result.findings.begin(), *std::move(shift));
  if (object.contains("suspected") && object["suspected"].is_array()) result.suspected = object["suspected"].size();
  return result;
}

namespace {

/// A file name escaped for the quotes of a header, as browsers do.
std::string quoted_name(const std::string& name) {
  std::string quoted;
  for (const char c : name) {
    if (c == '"' || c == '\r' || c == '\n') {
      quoted += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted;
}

}  // namespace

std::string idempotency_key(const Delivery& delivery, const std::string& body) {
  return text::sha256_hex({upload_path(delivery) + '\n' + body});
}

std::string form_body(const std::vector<FormFile>& files, Delivery& delivery) {
  std::string hashes;
  for (const auto& file : files)
    hashes += text::sha256_hex({file.bytes});
  // A file cannot contain the boundary, because it contains the hash of the files.
  const std::string boundary = "perftrend-" + text::sha256_hex({hashes}).substr(0, 40);
  delivery.content_type = "multipart/form-data; boundary=" + boundary;
  std::string body;
  for (const auto& file : files) {
    body += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\r\n", boundary,
                        quoted_name(file.name));
    body += file.bytes;
    body += "\r\n";
  }
  return body + "--" + boundary + "--\r\n";
}

struct Uploader::Connection {
  explicit Connection(const ServerUrl& server) : client(server.origin) {
    client.set_connection_timeout(connect_timeout_s);
    client.set_read_timeout(answer_timeout_s);
    client.set_write_timeout(answer_timeout_s);
    client.set_tcp_nodelay(true);
    client.set_keep_alive(true);
    client.enable_server_certificate_verification(true);
  }
  httplib::Client client;
};

Uploader::Uploader(ServerUrl server, Wait wait) : server_(std::move(server)), wait_(std::move(wait)) {}
Uploader::~Uploader() = default;

tl::expected<UploadResult, UploadError> Uploader::deliver(const Delivery& delivery, const std::string& body) {
  assert(delivery.server.origin == server_.origin);
  std::minstd_rand random{std::random_device{}()};
  std::uniform_real_distribution<double> jitter(1.0, 2.0);
  const std::string path = upload_path(delivery);
  for (int made = 1;; ++made) {
    if (connection_ == nullptr) connection_ = std::make_unique<Connection>(server_);
    Attempt one = attempt(connection_->client, delivery, path, body);
    if (!one.result) connection_.reset();  // a broken connection is not reused
    if (one.result || !one.again) return std::move(one.result);
    if (made == upload_attempts_max) {
      one.result.error().message += fmt::format(" (after {} attempts)", made);
      return std::move(one.result);
    }
    wait_(static_cast<std::int64_t>(static_cast<double>(upload_retry_ms << (made - 1)) * jitter(random)),
          one.result.error());
  }
}

}  // namespace perftrend::runner
