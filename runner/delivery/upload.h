#pragma once
// Delivers a report to the server: POST {base}/api/v1/projects/{project}/runs. A report is never lost by a failed
// delivery: it is on disk before, and the same upload again is harmless (the server answers the same run).

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
/// Before the second attempt; doubled before each further one, and each is multiplied by 1 to 2 at random, so that a
/// fleet that was refused together does not return together.
constexpr std::int64_t upload_retry_ms = 250;
constexpr int connect_timeout_s = 5;
/// Bytes of an answer: the findings of a run of thousands of series fit many times.
constexpr std::size_t answer_bytes_max = std::size_t{4} << 20U;
/// Storing a large report and judging it takes the server well below a second.
constexpr int answer_timeout_s = 30;

/// "http://127.0.0.1:8080", "https://perf.example.org/prefix".
struct ServerUrl {
  std::string origin;  ///< scheme, host and port
  std::string prefix;  ///< path before /api/v1 without a '/' at its end; often ""
};

/// An /api/v1 at the end, the address by which the interface is documented, is taken off. Refuses, with the reason,
/// anything but http and https, and a URL with a user, a query or a fragment.
tl::expected<ServerUrl, std::string> parse_server_url(std::string_view text);

struct Delivery {
  ServerUrl server;
  std::string project;  ///< a plain name (scenario.h)
  std::string token;    ///< "" sends none
  RunCoordinates coordinates;
  std::string content_type = "application/xml";  ///< of the body
  std::string format{};                          ///< "ctest" where the server is to be told; else ""
};

/// What the server found in a run, of one series.
struct ServerFinding {
  std::string text;    ///< "performance_consistency[Prompt 0] prefill_ms regressed: 14.1 ms is …"
  bool warns = false;  ///< it is worse, and whoever looks after it wants to be told
};

/// What the server made of it.
struct UploadResult {
  std::int64_t run_id = 0;
  bool known_before = false;  ///< 200: it had this very report already
  std::int64_t points = 0;
  std::vector<ServerFinding> findings;
};

/// Why a report was not taken.
struct UploadError {
  std::string message;   ///< one line for a person
  bool lasting = false;  ///< the server refuses this very report (400, 409, 413 …): another time is no better
};

/// Waits before another attempt, of which `because` is the reason; a test passes one that does not wait.
using Wait = std::function<void(std::int64_t milliseconds, const UploadError& because)>;

/// The way to one server. Its connection outlives a delivery, so that a backlog of thousands takes one. Not to be used
/// by several threads at once.
class Uploader {
 public:
  Uploader(ServerUrl server, Wait wait);
  ~Uploader();
  Uploader(const Uploader&) = delete;
  Uploader& operator=(const Uploader&) = delete;

  /// Tries up to upload_attempts_max times where trying again may help (no connection, no answer, 408, 429, 5xx).
  /// Every attempt, now or on another day, carries the same Idempotency-Key. `delivery` is for this server.
  tl::expected<UploadResult, UploadError> deliver(const Delivery& delivery, const std::string& body);

 private:
  struct Connection;
  const ServerUrl server_;
  const Wait wait_;
  std::unique_ptr<Connection> connection_;  ///< none before the first attempt, and after one that failed
};

/// One file of several that are one run.
struct FormFile {
  std::string name;  ///< for people
  std::string bytes;
};

/// The files as a form (multipart/form-data, RFC 7578); sets the delivery's content type. The same files give the same
/// bytes.
std::string form_body(const std::vector<FormFile>& files, Delivery& delivery);

/// SHA-256 of where and what, in hexadecimal: the same report for the same coordinates has the same key.
std::string idempotency_key(const Delivery& delivery, const std::string& body);

/// Path and query of the request.
std::string upload_path(const Delivery& delivery);

/// Reads the server's answer; nullopt when it is not the JSON of schema/openapi/.
std::optional<UploadResult> read_receipt(const std::string& json);

}  // namespace perftrend::runner
