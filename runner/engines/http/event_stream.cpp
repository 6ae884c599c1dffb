#include "runner/engines/http/event_stream.h"

namespace perftrend::runner {

void EventStream::feed(std::string_view bytes, const OnEvent& on_event) {
  for (const char byte : bytes) {
    const bool second_half = byte == '\n' && after_return_;
    after_return_ = byte == '\r';
    if (second_half) continue;
    if (byte == '\n' || byte == '\r') {
      end_line(on_event);
      line_.clear();
    } else {
      line_.push_back(byte);
    }
  }
}

std::string EventStream::rest() const {
  EventStream ended = *this;
  std::string data;
  ended.feed("\n\n", [&](const ServerEvent& event) { data = event.data; });
  return data;
}

void EventStream::end_line(const OnEvent& on_event) {
  if (line_.empty()) {
    if (!event_.data.empty()) {
      event_.data.pop_back();  // the line feed after the last line
      on_event(event_);
    }
    event_ = {};
    return;
  }
  const std::size_t colon = line_.find(':');
  if (colon == 0) return;  // a comment
  const std::string_view field = std::string_view(line_).substr(0, colon);
  std::string_view value = colon == std::string::npos ? "" : std::string_view(line_).substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") event_.data.append(value).push_back('\n');
  if (field == "event") event_.type = value;
}

}  // namespace perftrend::runner
