#pragma once
// One HTTP request to an engine's server. Every request uses a new connection with TCP_NODELAY, opened before the clock
// starts. A kept-alive connection would cost 40 ms per request on servers that send header and body separately (Nagle's
// algorithm with delayed ACK), and would fail when the server has closed it in the meantime.

#include <tl/expected.hpp>

#include <functional>
#include <string>
#include <string_view>

#include "runner/engines/engine.h"
#include "runner/system/clock.h"

namespace perftrend::runner {

/// Limit of an answer's body.
constexpr std::size_t engine_answer_bytes_max = std::size_t{64} << 20U;

struct EngineUrl {
  std::string host;
  int port = 80;
  std::string prefix;  ///< "" or "/path", without a trailing slash
};

/// Parses "http://HOST[:PORT][/PREFIX]"; the error says what is wrong. https is refused: TLS would be measured too.
tl::expected<EngineUrl, std::string> parse_engine_url(std::string_view text);
std::string to_string(const EngineUrl& url);

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
  double total_ms = 0;  ///< from the open connection to the last byte
};

/// Called with every piece of the body of a 200 as it arrives.
using OnBytes = std::function<void(std::string_view bytes, double since_ms)>;

class HttpExchange {
 public:
  /// `api_key`: "" for none. `clock` must outlive this. From now on the process ignores SIGPIPE: an engine that ends
  /// while a request is sent must not end the runner.
  HttpExchange(EngineUrl url, std::string api_key, Clock& clock);

  /// Errors: unavailable (no connection, or closed before the answer was complete), timed_out, bad_answer (too long).
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
