#include "server/http/wire/form_data.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/text/trim.h"

namespace perftrend::http {
namespace {

constexpr std::string_view blanks = " \t";

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool is_same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

/// Takes a token or a quoted string from the beginning of `rest`.
std::string take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    value = text::trim(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
    return value;
  }
  std::size_t at = 1;
  for (; at < rest.size() && rest[at] != '"'; ++at) {
    // Only these two characters are escaped: some browsers send the backslashes of Windows paths unescaped.
    if (rest[at] == '\\' && at + 1 < rest.size() && (rest[at + 1] == '"' || rest[at + 1] == '\\')) ++at;
    value += rest[at];
  }
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return value;
}

/// The parameter of `form-data; name="junit"; filename="a.xml"`.
std::string parameter_of(std::string_view field, std::string_view wanted) {
  field.remove_prefix(std::min(field.find(';'), field.size()));
  while (!field.empty()) {
    field.remove_prefix(1);  // the ';'
    const auto equals = field.find_first_of("=;");
    if (equals == std::string_view::npos) return {};
    const std::string_view name = text::trim(field.substr(0, equals));
    field.remove_prefix(equals);
    if (field.front() == ';') continue;
    field.remove_prefix(1);
    field.remove_prefix(std::min(field.find_first_not_of(blanks), field.size()));
    std::string value = take_value(field);
    if (is_same_word(name, wanted)) return value;
    field.remove_prefix(std::min(field.find(';'), field.size()));
  }
  return {};
}

/// Returns where the text after a delimiter line begins; npos if this only looks like a delimiter.
std::size_t after_delimiter(std::string_view body, std::size_t at, bool& is_last) {
  is_last = body.substr(at).starts_with("--");
  if (is_last) return at + 2;
  const auto end = body.find_first_not_of(blanks, at);
  return end != std::string_view::npos && body.substr(end).starts_with("\r\n") ? end + 2 : std::string_view::npos;
}

/// Reads the header lines of a part. Returns false if they have no end.
bool read_head(std::string_view& rest, FormPart& part) {
  constexpr std::string_view disposition = "content-disposition";
  constexpr std::string_view type = "content-type";
  while (true) {
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos) return false;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (line.empty()) return true;
    const auto colon = std::min(line.find(':'), line.size());
    const std::string_view value = text::trim(line.substr(std::min(colon + 1, line.size())));
    if (is_same_word(line.substr(0, colon), disposition)) {
      part.name = parameter_of(value, "name");
      part.file_name = parameter_of(value, "filename");
    } else if (is_same_word(line.substr(0, colon), type)) {
      part.content_type = value;
    }
  }
}

}  // namespace

std::optional<std::string> form_boundary(std::string_view content_type) {
  constexpr std::string_view form = "multipart/form-data";
  if (!is_same_word(text::trim(content_type.substr(0, content_type.find(';'))), form)) return std::nullopt;
  return parameter_of(content_type, "boundary");
}

tl::expected<std::vector<FormPart>, FormError> split_form(std::string_view body, std::string_view boundary,
                                                          std::size_t parts_max) {
  const auto refuse = [](const char* cause) { return tl::unexpected(FormError{false, cause}); };
  constexpr std::size_t boundary_bytes_max = 70;  // RFC 2046, 5.1.1
  if (boundary.empty() || boundary.size() > boundary_bytes_max)
    return refuse("the Content-Type of the form has no valid boundary");
  const std::string delimiter = "\r\n--" + std::string(boundary);
  // The first delimiter may be at the very beginning, without a line break before it.
  const bool at_once = body.starts_with(std::string_view(delimiter).substr(2));
  std::size_t at = at_once ? delimiter.size() - 2 : body.find(delimiter);
  if (at == std::string_view::npos)
    return refuse("the form does not contain the boundary that its Content-Type states");
  if (!at_once) at += delimiter.size();
  std::vector<FormPart> parts;
  bool is_last = false;
  for (at = after_delimiter(body, at, is_last); !is_last;) {
    if (at == std::string_view::npos) return refuse("a boundary line of the form is malformed");
    if (parts.size() == parts_max) return tl::unexpected(FormError{true, "the form has too many parts"});
    FormPart& part = parts.emplace_back();
    std::string_view rest = body.substr(at);
    if (!read_head(rest, part)) return refuse("the form ends in the header of a part");
    const std::size_t begin = body.size() - rest.size();
    // An empty part may end with the line break that ended its head.
    for (std::size_t end = body.find(delimiter, begin - 2);; end = body.find(delimiter, end + 1)) {
      if (end == std::string_view::npos) return refuse("the form ends early: its last boundary is missing");
      at = after_delimiter(body, end + delimiter.size(), is_last);
      if (at == std::string_view::npos) continue;
      part.bytes = body.substr(begin, end - std::min(end, begin));
      break;
    }
  }
  return parts;
}

}  // namespace perftrend::http
