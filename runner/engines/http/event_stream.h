#pragma once
// Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

#include <functional>
#include <string>
#include <string_view>

namespace perftrend::runner {

struct ServerEvent {
  std::string type;  ///< "" is the default, "message"
  std::string data;  ///< several data lines are joined by line feeds
};

/// Bytes in, in pieces cut anywhere; whole events out. Comments (": ping") and events without data are none.
class EventStream {
 public:
  using OnEvent = std::function<void(const ServerEvent&)>;

  void feed(std::string_view bytes, const OnEvent& on_event);
  /// Data behind the last whole event, of a stream that has ended without the blank line; "" where there is none.
  [[nodiscard]] std::string rest() const;

 private:
  void end_line(const OnEvent& on_event);

  std::string line_;
  ServerEvent event_;
  bool after_return_ = false;  ///< the last byte was a CR: an LF now ends no second line
};

}  // namespace perftrend::runner
