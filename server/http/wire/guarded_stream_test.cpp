#include "server/http/wire/guarded_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace perftrend::http {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const WireLimits small = {.head_bytes_max = 200, .header_lines_max = 3, .chunk_line_bytes_max = 20};

WireFault fault_of(const std::string& request, const WireLimits& limits = small) {
  RequestBytes bytes(limits);
  for (const char byte : request)
    bytes.add(&byte, 1, true);
  return bytes.fault();
}

TEST(RequestBytes, LimitsTheHeadAndTheLinesAfterIt) {
  const std::string head = "POST / HTTP/1.1\r\na: 1\r\nb: 2\r\nc: 3\r\n";
  EXPECT_EQ(fault_of(head + "\r\n"), WireFault::none);
  EXPECT_EQ(fault_of(head + "d: 4\r\n\r\n"), WireFault::header_lines);
  EXPECT_EQ(fault_of("GET /" + std::string(200, 'x')), WireFault::head_bytes);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\na: " + std::string(200, 'x')), WireFault::head_bytes);
  WireLimits long_head = small;
  long_head.head_bytes_max = 10'000;
  long_head.header_line_bytes_max = 100;
  EXPECT_EQ(fault_of("GET /" + std::string(200, 'x') + " HTTP/1.1\r\na: 1\r\n", long_head), WireFault::none);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\na: " + std::string(98, 'x'), long_head), WireFault::header_line_bytes);
  // An empty line before the request line does not end the head.
  EXPECT_EQ(fault_of("\r\n" + head + "d: 4\r\n"), WireFault::header_lines);
  EXPECT_EQ(fault_of(head + "\r\n" + "5;" + std::string(20, 'x')), WireFault::chunk_line_bytes);
  EXPECT_EQ(fault_of(head + "\r\n" + "0\r\na: 1\r\nb: 2\r\nc: 3\r\n"), WireFault::none);
  EXPECT_EQ(fault_of(head + "\r\n" + "0\r\na: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\n"), WireFault::header_lines);
}

TEST(RequestBytes, NoBodyIsReadAsALine) {
  RequestBytes bytes(small);
  const std::string head = "POST / HTTP/1.1\r\n\r\n";
  bytes.add(head.data(), head.size(), false);
  EXPECT_FALSE(bytes.in_head());
  const std::string body(1000, ':');
  for (int i = 0; i < 10; ++i)
    bytes.add(body.data(), body.size(), false);
  // Chunks of one byte are asked for one by one, like lines.
  for (int i = 0; i < 1000; ++i) {
    for (const char byte : std::string("1\r\n:\r\n"))
      bytes.add(&byte, 1, true);
  }
  EXPECT_EQ(bytes.fault(), WireFault::none);
}

/// A connected pair: what a client writes into one end, the stream reads from the other.
class GuardedStreamTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_), 0); }
  void TearDown() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  void send(const std::string& text) {
    ASSERT_EQ(::send(ends_[0], text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  std::string answer() {
    std::string text(10'000, '\0');
    const auto got = ::recv(ends_[0], text.data(), text.size(), MSG_DONTWAIT);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }
  /// Reads as the library reads lines. Empty: the stream ended or refused.
  static std::string line(GuardedStream& stream) {
    std::string text;
    char byte = 0;
    while (text.empty() || text.back() != '\n') {
      if (stream.read(&byte, 1) != 1) return "";
      text += byte;
    }
    return text;
  }
  [[nodiscard]] int server_end() const { return ends_[1]; }

 private:
  int ends_[2] = {-1, -1};
};

TEST_F(GuardedStreamTest, KeepsWhatCameWithTheLastRequest) {
  GuardedStream stream(server_end(), small);
  send("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
  stream.begin_request();
  EXPECT_EQ(line(stream), "GET /a HTTP/1.1\r\n");
  EXPECT_EQ(line(stream), "\r\n");
  EXPECT_TRUE(stream.has_buffered());
  stream.begin_request();
  EXPECT_EQ(line(stream), "GET /b HTTP/1.1\r\n");
  EXPECT_EQ(line(stream), "\r\n");
  EXPECT_FALSE(stream.has_buffered());
}

TEST_F(GuardedStreamTest, AnswersAHeadThatIsTooLongAndDropsWhatTheLibraryWouldSay) {
  GuardedStream stream(server_end(), small);
  send("GET /" + std::string(1000, 'x'));
  EXPECT_EQ(line(stream), "");
  EXPECT_EQ(stream.fault(), WireFault::head_bytes);
  EXPECT_EQ(stream.write("HTTP/1.1 400 Bad Request\r\n\r\n", 28), 28);
  EXPECT_TRUE(stream.must_close());
  EXPECT_THAT(answer(), AllOf(StartsWith("HTTP/1.1 431 "), HasSubstr("\"head_bytes_max\""), HasSubstr("\"status\":431"),
                              ::testing::Not(HasSubstr("400 Bad"))));
}

TEST_F(GuardedStreamTest, AHeadThatDribblesIsAnsweredWhenItsTimeIsOver) {
  WireLimits limits = small;
  limits.head_time_max = std::chrono::milliseconds(20);
  GuardedStream stream(server_end(), limits);
  stream.begin_request();
  send("GET / HTTP/1.1\r\nHost");
  EXPECT_EQ(line(stream), "GET / HTTP/1.1\r\n");
  EXPECT_EQ(line(stream), "");  // waits until the head's time is over
  EXPECT_EQ(stream.fault(), WireFault::head_time);
  EXPECT_THAT(answer(), AllOf(StartsWith("HTTP/1.1 408 "), HasSubstr("\"head_time_max\"")));
}

TEST_F(GuardedStreamTest, ABodyThatDribblesIsLeftToTheHandlerToAnswer) {
  WireLimits limits = small;
  limits.body_time_max = std::chrono::milliseconds(20);
  GuardedStream stream(server_end(), limits);
  stream.begin_request();
  send("POST / HTTP/1.1\r\n\r\nx");
  EXPECT_EQ(line(stream), "POST / HTTP/1.1\r\n");
  EXPECT_EQ(line(stream), "\r\n");
  EXPECT_EQ(line(stream), "");
  EXPECT_EQ(stream.fault(), WireFault::body_time);
  EXPECT_EQ(answer(), "");
  EXPECT_EQ(stream.write("HTTP/1.1 408 Request Timeout\r\n\r\n", 32), 32);
  EXPECT_THAT(answer(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(GuardedStreamTest, AClientThatIsGoneEndsTheStreamWithoutAFault) {
  GuardedStream stream(server_end(), small);
  send("GET / HT");
  ::shutdown(server_end(), SHUT_RD);
  EXPECT_EQ(line(stream), "");
  EXPECT_EQ(stream.fault(), WireFault::none);
}

TEST_F(GuardedStreamTest, AClientThatTakesNoAnswerIsGivenUp) {
  WireLimits limits = small;
  limits.stalled_max = std::chrono::milliseconds(20);
  GuardedStream stream(server_end(), limits);
  const std::string much(1 << 20U, 'x');
  ssize_t sent = 0;
  for (int i = 0; i < 1000 && sent >= 0; ++i)
    sent = stream.write(much.data(), much.size());
  EXPECT_EQ(sent, -1);
}

}  // namespace
}  // namespace perftrend::http
