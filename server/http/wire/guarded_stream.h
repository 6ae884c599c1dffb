#pragma once
// The stream from which cpp-httplib reads a request, with limits. The library reads the head, the lines that frame
// chunks and the trailers into memory as a whole, and waits as long as each single byte arrives in time.

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/http/wire/answer.h"

namespace perftrend::http {

struct WireLimits {
  /// Request line and header lines. Browsers and proxies stay below 16 KiB; the library refuses a line of 32 KiB.
  std::size_t head_bytes_max = std::size_t{24} << 10U;
  /// One header line. The library refuses longer lines, without saying why.
  std::size_t header_line_bytes_max = 8000;
  /// Header lines; more than any client or proxy sends. Trailers of a chunked body count as well.
  std::size_t header_lines_max = 100;
  /// One line that frames a chunk: its size and its extensions.
  std::size_t chunk_line_bytes_max = std::size_t{8} << 10U;
  /// From the first byte of a request to the empty line after its head.
  std::chrono::milliseconds head_time_max{10'000};
  /// From there to the end of the body: a 64 MiB report over 10 Mbit/s takes 54 s.
  std::chrono::milliseconds body_time_max{120'000};
  /// A read or write without progress for this time ends the connection.
  std::chrono::milliseconds stalled_max{10'000};
  /// An answer that the client does not read within this time ends the connection.
  std::chrono::milliseconds answer_time_max{300'000};
};

/// The limit that a request exceeded.
enum class WireFault : std::uint8_t {
  none,
  head_bytes,
  header_line_bytes,
  header_lines,
  head_time,
  chunk_line_bytes,
  body_time
};

/// Follows the bytes of one request as they are read: where its head ends, and whether it exceeds a limit.
class RequestBytes {
 public:
  explicit RequestBytes(const WireLimits& limits) : limits_(limits) {}

  /// `one_by_one`: the library requested a single byte, which it does only for lines (and for bodies of one byte).
  void add(const char* data, std::size_t bytes, bool one_by_one);
  [[nodiscard]] bool in_head() const { return in_head_; }
  [[nodiscard]] WireFault fault() const { return fault_; }

 private:
  void end_line();

  WireLimits limits_;
  std::size_t head_bytes_ = 0;
  std::size_t lines_ = 0;       // of the head including the request line; after it, of trailers
  std::size_t line_bytes_ = 0;  // of the current line, without CR LF
  bool line_has_colon_ = false;
  bool in_head_ = true;
  WireFault fault_ = WireFault::none;
};

/// One connection, on a socket that it does not own. Used by one thread. A head that exceeds a limit is answered here
/// (431 or 408); what the library writes after that is dropped.
class GuardedStream final : public httplib::Stream {
 public:
  GuardedStream(socket_t socket, const WireLimits& limits) : socket_(socket), limits_(limits), bytes_(limits) {}

  /// Call it before each request on the connection: times and limits start again. Bytes of this request that arrived
  /// together with the previous one are used.
  void begin_request();
  /// Whether bytes of the next request have already arrived.
  [[nodiscard]] bool has_buffered() const { return begin_ < buffer_.size(); }
  [[nodiscard]] WireFault fault() const { return fault_; }
  /// Closes the connection after the answer. The library sends a header "Connection: close" if we set it, but reads on.
  void close_after_answer() { closes_after_answer_ = true; }
  [[nodiscard]] bool must_close() const { return closes_after_answer_ || fault_ != WireFault::none; }
  /// The Problem for the exceeded limit. fault() must not be none.
  [[nodiscard]] Problem problem() const;

  [[nodiscard]] bool is_readable() const override;
  [[nodiscard]] bool is_writable() const override;
  ssize_t read(char* data, std::size_t bytes) override;
  ssize_t write(const char* data, std::size_t bytes) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool wait_for(short events, Clock::time_point deadline) const;
  ssize_t receive(char* data, std::size_t bytes);
  void refuse();

  socket_t socket_;
  const WireLimits& limits_;
  RequestBytes bytes_;
  std::vector<char> buffer_;  // received, not yet read from begin_ on
  std::size_t begin_ = 0;
  Clock::time_point read_deadline_ = Clock::now() + limits_.head_time_max;
  Clock::time_point write_deadline_ = Clock::time_point::max();  // set when the first byte of an answer is written
  WireFault fault_ = WireFault::none;
  bool closes_after_answer_ = false;
};

}  // namespace perftrend::http
