#include "server/http/wire/guarded_stream.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace perftrend::http {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{16} << 10U;

using PeerOf = int (*)(int, sockaddr*, socklen_t*);

void name_of(socket_t socket, PeerOf peer_of, std::string& ip, int& port) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT(*-reinterpret-cast): the API requires it
  if (peer_of(socket, generic, &length) != 0) return;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  if (::getnameinfo(generic, length, host.data(), host.size(), service.data(), service.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return;
  }
  ip = host.data();
  port = std::atoi(service.data());  // NOLINT(cert-err34-c): getnameinfo writes digits
}

}  // namespace

void RequestBytes::end_line() {
  if (in_head_) {
    if (line_bytes_ == 0 && lines_ > 0) {
      in_head_ = false;
      lines_ = 0;
    } else if (++lines_ > limits_.header_lines_max + 1) {
      fault_ = WireFault::header_lines;
    }
  } else if (line_has_colon_ && line_bytes_ > 1 && ++lines_ > limits_.header_lines_max) {
    fault_ = WireFault::header_lines;  // trailers; a chunk of the single byte ':' is not one
  }
  line_bytes_ = 0;
  line_has_colon_ = false;
}

void RequestBytes::add(const char* data, std::size_t bytes, bool one_by_one) {
  if (!in_head_ && !one_by_one) {
    line_bytes_ = 0;
    line_has_colon_ = false;
    return;
  }
  for (std::size_t i = 0; i < bytes && fault_ == WireFault::none; ++i) {
    const bool was_in_head = in_head_;
    if (was_in_head && ++head_bytes_ > limits_.head_bytes_max) fault_ = WireFault::head_bytes;
    if (data[i] == '\n') {
      end_line();
    } else if (data[i] != '\r') {
      ++line_bytes_;
      line_has_colon_ = line_has_colon_ || data[i] == ':';
      if (!was_in_head && line_bytes_ > limits_.chunk_line_bytes_max) fault_ = WireFault::chunk_line_bytes;
      if (was_in_head && lines_ > 0 && line_bytes_ > limits_.header_line_bytes_max)
        fault_ = WireFault::header_line_bytes;
    }
  }
}

void GuardedStream::begin_request() {
  bytes_ = RequestBytes(limits_);
  read_deadline_ = Clock::now() + limits_.head_time_max;
  write_deadline_ = Clock::time_point::max();
}

bool GuardedStream::wait_for(short events, Clock::time_point deadline) const {
  const auto end = std::min(deadline, Clock::now() + limits_.stalled_max);
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    pollfd polled{socket_, events, 0};
    const int ready = ::poll(&polled, 1, static_cast<int>(left));
    if (ready > 0) return true;  // also for a closed connection: the read or write then fails
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool GuardedStream::is_readable() const {
  return has_buffered() || wait_for(POLLIN, read_deadline_);
}

bool GuardedStream::is_writable() const {
  return wait_for(POLLOUT, write_deadline_);
}

ssize_t GuardedStream::receive(char* data, std::size_t bytes) {
  if (!wait_for(POLLIN, read_deadline_)) {
    if (Clock::now() >= read_deadline_) fault_ = bytes_.in_head() ? WireFault::head_time : WireFault::body_time;
    return -1;
  }
  ssize_t got = 0;
  do {
    got = ::recv(socket_, data, bytes, 0);
  } while (got < 0 && errno == EINTR);
  return got;
}

ssize_t GuardedStream::read(char* data, std::size_t bytes) {
  if (fault_ != WireFault::none || bytes == 0) return -1;
  ssize_t got = 0;
  if (has_buffered()) {
    const auto count = std::min(bytes, buffer_.size() - begin_);
    std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), count, data);
    begin_ += count;
    got = static_cast<ssize_t>(count);
  } else if (bytes >= buffer_bytes) {
    got = receive(data, bytes);
  } else {
    buffer_.resize(buffer_bytes);
    begin_ = 0;
    const auto received = receive(buffer_.data(), buffer_.size());
    buffer_.resize(received > 0 ? static_cast<std::size_t>(received) : 0);
    if (received > 0) return read(data, bytes);
    got = received;
  }
  const bool was_in_head = bytes_.in_head();
  if (got > 0) {
    bytes_.add(data, static_cast<std::size_t>(got), bytes == 1);
    if (was_in_head && !bytes_.in_head()) read_deadline_ = Clock::now() + limits_.body_time_max;
    if (bytes_.fault() != WireFault::none) fault_ = bytes_.fault();
  }
  if (fault_ == WireFault::none) return got;
  if (was_in_head) refuse();
  return -1;
}

Problem GuardedStream::problem() const {
  const auto over = [](int status, const std::string& cause, const char* limit) {
    return Problem(status, "over-limit", cause).limit(limit);
  };
  const auto seconds = [](std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000; };
  switch (fault_) {
    case WireFault::head_bytes:
      return over(431, fmt::format("the head of the request is longer than {} bytes", limits_.head_bytes_max),
                  "head_bytes_max");
    case WireFault::header_line_bytes:
      return over(431, fmt::format("a header line is longer than {} bytes", limits_.header_line_bytes_max),
                  "header_line_bytes_max");
    case WireFault::header_lines:
      return over(431, fmt::format("the request has more than {} header lines", limits_.header_lines_max),
                  "header_lines_max");
    case WireFault::head_time:
      return over(408,
                  fmt::format("the head of the request did not arrive within {} s", seconds(limits_.head_time_max)),
                  "head_time_max");
    case WireFault::chunk_line_bytes:
      return over(400, fmt::format("a line between chunks is longer than {} bytes", limits_.chunk_line_bytes_max),
                  "chunk_line_bytes_max");
    case WireFault::body_time:
      return over(408, fmt::format("the body did not arrive within {} s", seconds(limits_.body_time_max)),
                  "body_time_max");
    case WireFault::none:
      break;
  }
  std::abort();  // asked for without a fault
}

void GuardedStream::refuse() {
  const auto answer = problem().answer();
  const auto text =
      fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                  answer.status, answer.status == 408 ? "Request Timeout" : "Request Header Fields Too Large",
                  answer.content_type, answer.body.size(), answer.body);
  // A few hundred bytes into an empty socket are sent at once, or not at all.
  ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t GuardedStream::write(const char* data, std::size_t bytes) {
  // The head was refused, and the answer has been sent.
  if (fault_ != WireFault::none && bytes_.in_head()) return static_cast<ssize_t>(bytes);
  if (write_deadline_ == Clock::time_point::max()) write_deadline_ = Clock::now() + limits_.answer_time_max;
  for (;;) {
    if (!wait_for(POLLOUT, write_deadline_)) return -1;
    const auto sent = ::send(socket_, data, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return sent;
    if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) return -1;
  }
}

void GuardedStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  name_of(socket_, ::getpeername, ip, port);
}

void GuardedStream::get_local_ip_and_port(std::string& ip, int& port) const {
  name_of(socket_, ::getsockname, ip, port);
}

}  // namespace perftrend::http
