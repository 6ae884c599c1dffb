#include "server/http/wire/listening_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <string>
#include <string_view>

#include "server/http/wire/connection_threads.h"

namespace perftrend::http {
namespace {

// An idle connection checks this often whether the server stops or new connections are waiting.
constexpr int idle_check_ms = 100;
// How much a client may still send after its answer. It is read and dropped, because closing a socket with unread bytes
// resets the connection, and the client may lose the answer.
constexpr std::size_t dropped_bytes_max = std::size_t{1} << 20U;
constexpr int dropped_wait_ms = 500;

thread_local GuardedStream* current = nullptr;
thread_local httplib::Headers current_body_headers;

void take_body_headers(httplib::Request& request) {
  current_body_headers.clear();
  for (const char* name : {"Content-Type", "Content-Encoding"}) {
    std::string all;
    for (auto [at, end] = request.headers.equal_range(name); at != end; ++at)
      all += (all.empty() ? "" : ", ") + at->second;
    if (!all.empty()) current_body_headers.emplace(name, all);
    request.headers.erase(name);
  }
}

std::string lower_without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c != ' ' && c != '\t') kept += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return kept;
}

/// Whether an Accept-Encoding header names gzip, with a weight other than 0 (RFC 9110, 12.5.3).
bool accepts_gzip(std::string_view accepted) {
  while (!accepted.empty()) {
    const auto comma = std::min(accepted.find(','), accepted.size());
    const auto each = lower_without_blanks(accepted.substr(0, comma));
    accepted.remove_prefix(std::min(comma + 1, accepted.size()));
    if (each == "gzip") return true;
    if (each.starts_with("gzip;q=")) return each.find_first_of("123456789") != std::string::npos;
  }
  return false;
}

/// Hides every encoding except gzip from the library. It would compress answers with brotli at its highest level: 17 s
/// for a trend of 11 MB, which gzip compresses in 0.3 s.
void offer_only_gzip(httplib::Request& request) {
  const bool gzip = accepts_gzip(request.get_header_value("Accept-Encoding"));
  request.headers.erase("Accept-Encoding");
  if (gzip) request.headers.emplace("Accept-Encoding", "gzip");
}

void drop_rest(socket_t socket) {
  std::array<char, 16384> bytes{};
  ::shutdown(socket, SHUT_WR);
  for (std::size_t dropped = 0; dropped < dropped_bytes_max;) {
    pollfd polled{socket, POLLIN, 0};
    if (::poll(&polled, 1, dropped_wait_ms) <= 0) return;
    const auto got = ::recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got <= 0) return;
    dropped += static_cast<std::size_t>(got);
  }
}

}  // namespace

ListeningServer::ListeningServer(const WireLimits& limits, std::chrono::milliseconds keep_alive,
                                 std::size_t requests_max)
    : limits_(limits), keep_alive_(keep_alive), requests_max_(requests_max) {}

void ListeningServer::widen_backlog() {
  constexpr int backlog = 512;
  ::listen(svr_sock_, backlog);
}

GuardedStream* ListeningServer::connection() {
  return current;
}

const httplib::Headers& ListeningServer::body_headers() {
  return current_body_headers;
}

bool ListeningServer::wait_for_request(const GuardedStream& stream) const {
  if (stream.has_buffered()) return true;
  const auto end = std::chrono::steady_clock::now() + keep_alive_;
  while (svr_sock_ != INVALID_SOCKET && std::chrono::steady_clock::now() < end) {
    pollfd polled{stream.socket(), POLLIN, 0};
    const int ready = ::poll(&polled, 1, idle_check_ms);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (threads_ != nullptr && threads_->crowded()) return false;
  }
  return false;
}

bool ListeningServer::serve_one(GuardedStream& stream, bool last, bool& closed) {
  // Older versions of the library require the addresses of both ends as arguments. This is a template, so that only the
  // branch for the installed version is compiled.
  const auto process = [&](auto& server) {
    const auto set_up = [](httplib::Request& request) {
      take_body_headers(request);
      offer_only_gzip(request);
    };
    if constexpr (requires { server.process_request(stream, last, closed, set_up); }) {
      return server.process_request(stream, last, closed, set_up);
    } else {
      std::string remote;
      std::string local;
      int remote_port = 0;
      int local_port = 0;
      stream.get_remote_ip_and_port(remote, remote_port);
      stream.get_local_ip_and_port(local, local_port);
      return server.process_request(stream, remote, remote_port, local, local_port, last, closed, set_up);
    }
  };
  return process(*this);
}

bool ListeningServer::process_and_close_socket(socket_t socket) {
  GuardedStream stream(socket, limits_);
  bool served = false;
  bool ended_here = false;
  for (std::size_t count = 1; count <= requests_max_ && !ended_here && wait_for_request(stream); ++count) {
    stream.begin_request();
    bool closed = false;
    current = &stream;
    served = serve_one(stream, count == requests_max_, closed);
    current = nullptr;
    ended_here = !served || closed || stream.must_close();
  }
  if (ended_here) drop_rest(socket);
  ::shutdown(socket, SHUT_RDWR);
  ::close(socket);
  return served;
}

}  // namespace perftrend::http
