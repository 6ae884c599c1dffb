#pragma once
// One request to an engine's server and its answer. Every request has a connection of its own, made before the clock
// starts, with TCP_NODELAY: a kept-alive connection costs 40 ms a request on servers that write head and body apart
// (Nagle's algorithm against the delayed ACK), and one that the server has closed meanwhile fails.

#include <tl/expected.hpp>

#include <functional>
#include <string>
#include <string_view>

#include "runner/engines/engine.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// Of an answer's body; a server that sends more has gone mad.
constexpr std::size_t engine_answer_bytes_max = std::size_t{64} << 20U;

struct EngineUrl {
  std::string host;
  int port = 80;
  std::string prefix;  ///< "" or "/path", without a slash at its end
};

/// "http://HOST[:PORT][/PREFIX]"; else what is wrong with it. TLS would be measured with the engine: no https.
tl::expected<EngineUrl, std::string> parse_engine_url(std::string_view text);
std::string to_string(const EngineUrl& url);

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
  double total_ms = 0;  ///< from the connection being there to the last byte
};

/// Told of every piece of a 200's body as it arrives.
using OnBytes = std::function<void(std::string_view bytes, double since_ms)>;

class HttpExchange {
 public:
  /// `api_key`: "" for none. `clock` must outlive this. From here on the process ignores SIGPIPE: an engine that dies
  /// while it is written to is an error of the engine, not the end of the runner.
  HttpExchange(EngineUrl url, std::string api_key, Clock& clock);

  /// Errors: unavailable (nobody listens, or closed before the answer was whole), timed_out, bad_answer (too long).
  [[nodiscard]] EngineResult<HttpAnswer> get(const std::string& path, double timeout_ms) const;
  [[nodiscard]] EngineResult<HttpAnswer> post(const std::string& path, std::string json, double timeout_ms,
                                              const OnBytes& on_bytes = {}) const;
  [[nodiscard]] const EngineUrl& url() const { return url_; }

 private:
  EngineUrl url_;
  std::string api_key_;
  Clock& clock_;
};

}  // namespace perftrend::runner
