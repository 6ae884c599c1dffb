#pragma once
// Upload of a report to the server: POST {base}/api/v1/projects/{project}/runs. A failed upload never loses a report:
// it is on disk already, and repeating an upload is harmless (the server returns the same run).

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/report/coordinates.h"

namespace perftrend::runner {

constexpr int upload_attempts_max = 3;
/// Pause before the second attempt; doubled before each further one. Each pause is multiplied by a random factor from 1
/// to 2, so that many runners do not retry at the same moment.
constexpr std::int64_t upload_retry_ms = 250;
constexpr int connect_timeout_s = 5;
/// Limit of an answer; the findings of thousands of series are far smaller.
constexpr std::size_t answer_bytes_max = std::size_t{4} << 20U;
/// The server needs well below a second to store and judge a large report.
constexpr int answer_timeout_s = 30;

/// "http://127.0.0.1:8080", "https://perf.example.org/prefix".
struct ServerUrl {
  std::string origin;  ///< scheme, host and port
  std::string prefix;  ///< path before /api/v1, without a trailing '/'; often ""
};

/// Parses a server URL; a trailing /api/v1 is removed. The error says why a URL is refused: a scheme other than http
/// and https, a user, a query or a fragment.
tl::expected<ServerUrl, std::string> parse_server_url(std::string_view text);

/// Where a report is uploaded, and as what.
struct Delivery {
  ServerUrl server;
  std::string project;  ///< a plain name (scenario.h)
  std::string token;    ///< "" for none
  RunCoordinates coordinates;
  std::string content_type = "application/xml";  ///< of the body
  std::string format{};                          ///< "ctest", or "" where the server detects the format
};

/// A finding of the server about one series of the run, or about most of them together.
struct ServerFinding {
  std::string text;    ///< "performance_consistency[Prompt 0] prefill_ms regressed: 14.1 ms is …"
  bool warns = false;  ///< a regression that alerts and is not merely suspected
};

/// The server's answer.
struct UploadResult {
  std::int64_t run_id = 0;
  bool already_stored = false;  ///< status 200: the server had this report already
  std::int64_t points = 0;
  std::vector<ServerFinding> findings;
  std::size_t suspected = 0;  ///< series whose point is flagged and not confirmed yet
};

/// Why an upload failed.
struct UploadError {
  std::string message;   ///< one line
  bool lasting = false;  ///< the server refuses this report permanently (400, 409, 413 …)
};

/// Waits before another attempt; `because` is the failure of the last one. Tests pass a function that does not wait.
using Wait = std::function<void(std::int64_t milliseconds, const UploadError& because)>;

/// Uploads to one server. It reuses its connection, so that thousands of reports need only one. Not safe to use from
/// several threads at once.
class Uploader {
 public:
  Uploader(ServerUrl server, Wait wait);
  ~Uploader();
  Uploader(const Uploader&) = delete;
  Uploader& operator=(const Uploader&) = delete;

  /// Makes up to upload_attempts_max attempts if the failure may be temporary (no connection, no answer, 408, 429,
  /// 5xx). Every attempt, now or later, has the same Idempotency-Key. `delivery` must be for this server.
  tl::expected<UploadResult, UploadError> deliver(const Delivery& delivery, const std::string& body);

 private:
  struct Connection;
  const ServerUrl server_;
  const Wait wait_;
  std::unique_ptr<Connection> connection_;  ///< null before the first attempt and after a failed one
};

/// One of several files that are one run.
struct FormFile {
  std::string name;  ///< for messages
  std::string bytes;
};

/// Encodes the files as a form (multipart/form-data, RFC 7578) and sets the content type of `delivery`. Deterministic:
/// the same files give the same bytes.
std::string form_body(const std::vector<FormFile>& files, Delivery& delivery);

/// Hexadecimal SHA-256 of path and body: the same report with the same coordinates has the same key.
std::string idempotency_key(const Delivery& delivery, const std::string& body);

/// Path and query of the request.
std::string upload_path(const Delivery& delivery);

/// Parses the server's answer; nullopt if it is not the JSON of schema/openapi.
std::optional<UploadResult> read_upload_answer(const std::string& json);

}  // namespace perftrend::runner
