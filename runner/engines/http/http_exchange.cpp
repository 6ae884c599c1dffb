#include "runner/engines/http/http_exchange.h"

#include <fmt/format.h>
#include <httplib.h>

#include <charconv>
#include <csignal>
#include <optional>
#include <utility>

#include "runner/system/secret.h"

namespace perftrend::runner {
namespace {

constexpr double connect_timeout_ms_max = 10'000;
constexpr int port_max = 65535;

std::chrono::milliseconds whole_ms(double duration_ms) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(duration_ms) + 1);
}

/// A client that records when its connection was opened.
class TimedClient final : public httplib::ClientImpl {
 public:
  TimedClient(const EngineUrl& url, const Clock& clock) : ClientImpl(url.host, url.port), clock_(clock) {
    set_tcp_nodelay(true);
    set_keep_alive(false);
  }
  [[nodiscard]] std::optional<std::int64_t> connected_ns() const { return connected_ns_; }

 private:
  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override {
    const bool connected = ClientImpl::create_and_connect_socket(socket, error);
    if (connected) connected_ns_ = clock_.now_ns();
    return connected;
  }

  const Clock& clock_;
  std::optional<std::int64_t> connected_ns_;
};

EngineError no_answer(const EngineUrl& url, const std::string& path, const TimedClient& client, httplib::Error error,
                      bool late, double timeout_ms) {
  const std::string where = to_string(url) + path;
  if (late || error == httplib::Error::ConnectionTimeout) {
    return {EngineError::Kind::timed_out, fmt::format("{}: no complete answer within {:.0f} ms", where, timeout_ms)};
  }
  if (!client.connected_ns()) {
    return {EngineError::Kind::unavailable, fmt::format("{}: no connection ({})", where, httplib::to_string(error))};
  }
  return {EngineError::Kind::unavailable,
          fmt::format("{}: the connection was closed before the answer was complete", where)};
}

EngineResult<HttpAnswer> exchange(const EngineUrl& url, const std::string& api_key, const Clock& clock,
                                  httplib::Request request, double timeout_ms, const OnBytes& on_bytes) {
  TimedClient client(url, clock);
  client.set_connection_timeout(whole_ms(std::min(timeout_ms, connect_timeout_ms_max)));
  client.set_read_timeout(whole_ms(timeout_ms));
  client.set_write_timeout(whole_ms(timeout_ms));
  request.set_header("Accept-Encoding", "identity");  // decompression would be measured with the engine
  if (!api_key.empty()) request.set_header("Authorization", "Bearer " + api_key);
  const std::int64_t start_ns = clock.now_ns();
  HttpAnswer answer;
  bool late = false;
  bool too_long = false;
  request.response_handler = [&](const httplib::Response& response) {
    answer.status = response.status;
    return true;
  };
  request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    const double since_ms = elapsed_ms(client.connected_ns().value_or(start_ns), clock.now_ns());
    late = since_ms > timeout_ms;
    too_long = answer.body.size() + size > engine_answer_bytes_max;
    if (late || too_long) return false;
    answer.body.append(data, size);
    if (on_bytes && answer.status == 200) on_bytes({data, size}, since_ms);
    return true;
  };
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  const bool whole = client.send(request, response, error);
  const std::int64_t end_ns = clock.now_ns();
  if (too_long) {
    return tl::unexpected(
        EngineError{EngineError::Kind::bad_answer, to_string(url) + request.path + ": the answer is too long"});
  }
  if (!whole) {
    late = late || elapsed_ms(start_ns, end_ns) >= timeout_ms;
    return tl::unexpected(no_answer(url, request.path, client, error, late, timeout_ms));
  }
  answer.status = response.status;
  if (answer.status != 200)
    answer.body = without_secret(std::move(answer.body), api_key);  // messages and reports quote it
  answer.content_type = response.get_header_value("Content-Type");
  answer.total_ms = elapsed_ms(client.connected_ns().value_or(start_ns), end_ns);
  return answer;
}

}  // namespace

tl::expected<EngineUrl, std::string> parse_engine_url(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return tl::unexpected(fmt::format("'{}' {} (e.g. http://127.0.0.1:8080)", text, why));
  };
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme)) return wrong("must be a URL that begins with http://");
  std::string_view rest = text.substr(scheme.size());
  EngineUrl url;
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos) url.prefix = rest.substr(slash);
  while (url.prefix.ends_with('/'))
    url.prefix.pop_back();
  rest = rest.substr(0, slash);
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && !rest.ends_with(']')) {
    const std::string_view port = rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || end != port.data() + port.size() || url.port < 1 || url.port > port_max) {
      return wrong("must have a port from 1 to 65535");
    }
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  url.host = rest;
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '@' || c == '?' || c == '#')
      return wrong("must contain only a host, a port and a path");
  }
  if (url.host.empty()) return wrong("must contain a host");
  return url;
}

std::string to_string(const EngineUrl& url) {
  const bool ipv6 = url.host.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}{}", ipv6 ? "[" : "", url.host, ipv6 ? "]" : "", url.port, url.prefix);
}

HttpExchange::HttpExchange(EngineUrl url, std::string api_key, Clock& clock)
    : url_(std::move(url)), api_key_(std::move(api_key)), clock_(clock) {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

EngineResult<HttpAnswer> HttpExchange::get(const std::string& path, double timeout_ms) const {
  httplib::Request request;
  request.method = "GET";
  request.path = url_.prefix + path;
  return exchange(url_, api_key_, clock_, std::move(request), timeout_ms, {});
}

EngineResult<HttpAnswer> HttpExchange::post(const std::string& path, std::string json, double timeout_ms,
                                            const OnBytes& on_bytes) const {
  httplib::Request request;
  request.method = "POST";
  request.path = url_.prefix + path;
  request.set_header("Content-Type", "application/json");
  request.body = std::move(json);
  return exchange(url_, api_key_, clock_, std::move(request), timeout_ms, on_bytes);
}

}  // namespace perftrend::runner
