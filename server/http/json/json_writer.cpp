#include "server/http/json/json_writer.h"

#include <fmt/compile.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "core/time/rfc3339.h"

namespace perftrend::http {
namespace {

bool is_plain(char c) {
  return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

}  // namespace

/// Writes the comma between two members or elements. The last byte says whether one is needed: after a value it is
/// never an opening bracket or a colon.
void JsonWriter::separate() {
  if (text_.empty()) return;
  const char last = text_.back();
  if (last != '{' && last != '[' && last != ':') text_ += ',';
}

void JsonWriter::key(std::string_view name) {
  separate();
  text_ += '"';
  text_ += name;
  text_ += "\":";
}

void JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
}

void JsonWriter::close(char bracket) {
  text_ += bracket;
}

void JsonWriter::literal(std::string_view word) {
  separate();
  text_ += word;
}

void JsonWriter::json(std::string_view text) {
  literal(text);
}

void JsonWriter::real(double number) {
  if (!std::isfinite(number)) {
    literal("null");
    return;
  }
  separate();
  std::array<char, 32> digits{};
  const char* const end = fmt::format_to(digits.data(), FMT_COMPILE("{}"), number);
  text_.append(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

void JsonWriter::integer(std::int64_t number) {
  separate();
  const fmt::format_int digits(number);
  text_.append(digits.data(), digits.size());
}

void JsonWriter::text(std::string_view of) {
  separate();
  if (std::all_of(of.begin(), of.end(), is_plain)) {
    text_ += '"';
    text_ += of;
    text_ += '"';
  } else {
    text_ += nlohmann::json(of).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

void JsonWriter::time(std::string_view name, std::optional<std::int64_t> us) {
  key(name);
  if (us) {
    text(times::to_rfc3339(*us));
  } else {
    literal("null");
  }
}

std::string JsonWriter::finish_value() {
  return std::exchange(text_, {});
}

std::string JsonWriter::finish() {
  text_ += '\n';
  return finish_value();
}

}  // namespace perftrend::http
