#include "core/metrics/output.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/metrics/units.h"
#include "core/metrics/value_parts.h"
#include "core/text/characters.h"
#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

constexpr std::string_view perf_warning = "PERF-WARNING:";

/// Of one <measurement> from '<' to its end. Small, for every '<' of an output may begin one.
constexpr std::size_t measurement_bytes_max = 512;

/// Longest name in lines that only look like metrics.
constexpr std::size_t strict_name_bytes_max = 64;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
using text::is_letter;

std::string_view skip_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  return text;
}

bool is_all_blank(std::string_view text) {
  return skip_blanks(text).empty();
}

/// Length of what `literal` matches at the front of `text`, or npos. A blank in it matches any blanks, also none;
/// a literal of blanks alone needs one.
std::size_t literal_bytes(std::string_view literal, std::string_view text) {
  std::size_t at = 0;
  for (const char c : literal) {
    if (at < text.size() && text[at] == c) {
      ++at;
      if (!is_blank(c)) continue;
    } else if (!is_blank(c)) {
      return std::string_view::npos;
    }
    while (at < text.size() && is_blank(text[at]))
      ++at;
  }
  return at == 0 && is_all_blank(literal) ? std::string_view::npos : at;
}

/// Where `literal` first matches, blanks before it left to what precedes, or npos. Linear: only places of its first
/// character that is not a blank are tried.
std::size_t find_literal(std::string_view literal, std::string_view text) {
  literal = skip_blanks(literal);
  if (literal.empty()) return text.find_first_of(" \t");
  // Labels and metrics are short: calling for the character costs more than looking.
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == literal[0] && literal_bytes(literal, text.substr(at)) != std::string_view::npos) return at;
  }
  return std::string_view::npos;
}

bool is_unit_char(char c) {
  return is_letter(c) || c == '/' || c == '%' || c == '_' || c == '1' || static_cast<unsigned char>(c) >= 0x80;
}

/// What ends a label or belongs to another syntax.
constexpr std::array<bool, 256> make_label_ends() {
  std::array<bool, 256> ends{};
  for (const char c : std::string_view(":=[]<>{}\"'"))
    ends[static_cast<unsigned char>(c)] = true;
  return ends;
}
constexpr std::array<bool, 256> label_ends = make_label_ends();

bool is_strict_label(std::string_view label) {
  return !label.empty() && label.size() <= strict_name_bytes_max &&
         (is_letter(label[0]) || static_cast<unsigned char>(label[0]) >= 0x80) &&
         std::none_of(label.begin(), label.end(), [](char c) { return label_ends[static_cast<unsigned char>(c)]; });
}

bool is_strict_metric(std::string_view metric) {
  return !metric.empty() && metric.size() <= strict_name_bytes_max && is_letter(metric[0]) &&
         std::all_of(metric.begin(), metric.end(), [](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == ' ';
         });
}

/// The text between `open` and `close` after `at`, or nothing. Bounded, so that a thousand open tags cost no more than
/// a thousand times the bound.
std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = text.find(close, begin + open.size());
  if (end == std::string_view::npos) return {};
  return text.substr(begin + open.size(), end - begin - open.size());
}

std::string_view attribute_of(std::string_view tag, std::string_view name) {
  for (std::size_t at = tag.find(name); at != std::string_view::npos; at = tag.find(name, at + 1)) {
    if (at == 0 || !is_blank(tag[at - 1])) continue;
    std::string_view rest = skip_blanks(tag.substr(at + name.size()));
    if (rest.empty() || rest[0] != '=') continue;
    rest = skip_blanks(rest.substr(1));
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) continue;
    const std::size_t end = rest.find(rest[0], 1);
    if (end != std::string_view::npos) return rest.substr(1, end - 1);
  }
  return {};
}

/// <X name="n" type="numeric/double" unit="ms">v</X>, <X name="n" value="v"/> or <X><name>n</name><value>v</value></X>.
void read_measurement(std::string_view at_tag, std::string_view element, OutputFound& found) {
  at_tag = at_tag.substr(0, measurement_bytes_max);
  const std::size_t tag_end = at_tag.find('>');
  if (tag_end == std::string_view::npos) return;
  const std::string_view tag = at_tag.substr(1 + element.size(), tag_end - 1 - element.size());
  std::string_view content;
  if (!tag.ends_with('/')) {
    std::string close = "</";
    close.append(element).append(">");
    content = between(at_tag.substr(tag_end), ">", close);
  }
  if (attribute_of(tag, "type").starts_with("text")) return;
  std::string_view name = attribute_of(tag, "name");
  std::string_view value = attribute_of(tag, "value");
  if (name.empty()) name = between(content, "<name>", "</name>");
  if (value.empty()) value = between(content, "<value>", "</value>");
  if (value.empty()) value = content;
  name = text::trim(name);
  if (name.empty() || text::trim(value).empty()) return;
  std::string_view unit = attribute_of(tag, "unit");
  if (unit.empty()) unit = text::trim(between(content, "<unit>", "</unit>"));
  found.add(name, text::trim(value));
  if (!unit.empty()) found.add(text::copy_into(found.arena, name, ".unit"), unit);
}

void search_measurements(std::string_view output, OutputFound& found) {
  static constexpr std::array<std::string_view, 3> elements = {"measurement", "CTestMeasurement", "DartMeasurement"};
  for (std::size_t at = output.find('<'); at != std::string_view::npos; at = output.find('<', at + 1)) {
    const std::string_view rest = output.substr(at + 1);
    for (const std::string_view element : elements) {
      if (!rest.starts_with(element) || rest.size() == element.size()) continue;
      const char next = rest[element.size()];
      if (next == '>' || next == '/' || is_blank(next)) read_measurement(output.substr(at), element, found);
    }
  }
}

/// [[PROPERTY|name=value]], never across lines.
void search_properties(std::string_view output, std::size_t bytes_max, OutputFound& found) {
  constexpr std::string_view open = "[[PROPERTY|";
  for (std::size_t at = output.find(open); at != std::string_view::npos; at = output.find(open, at + 1)) {
    const std::string_view rest = output.substr(at + open.size(), bytes_max);
    const std::size_t end = std::min(rest.find("]]"), rest.size());
    const std::string_view stated = rest.substr(0, end);
    const std::size_t equals = stated.find_first_of("=\n");
    if (end == rest.size() || equals == std::string_view::npos || stated.find('\n') != std::string_view::npos) continue;
    const std::string_view name = text::trim(stated.substr(0, equals));
    if (!name.empty()) found.add(name, text::trim(stated.substr(equals + 1)));
  }
}

/// Lines of a project's own patterns; any line may be one.
void search_lines(std::string_view output, const std::vector<LinePattern>& patterns, std::size_t bytes_max,
                  OutputFound& found) {
  for (std::size_t begin = 0; begin < output.size();) {
    const std::size_t end = std::min(output.find('\n', begin), output.size());
    const std::string_view line = output.substr(begin, end - begin);
    begin = end + 1;
    if (line.size() > bytes_max || line.find(perf_warning) != std::string_view::npos) continue;
    CaseProperty property;
    const auto matches = [&](const LinePattern& pattern) { return pattern.match(line, found.arena, property); };
    if (std::any_of(patterns.begin(), patterns.end(), matches) ||
        default_line_pattern().match(line, found.arena, property)) {
      found.add(std::move(property));
    }
  }
}

/// The line that contains the place `at`.
std::string_view line_around(std::string_view output, std::size_t at) {
  const std::size_t before = output.rfind('\n', at);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return output.substr(begin, std::min(output.find('\n', at), output.size()) - begin);
}

/// Lines of the default pattern: only those with a '=' are looked at. The warnings were searched before.
void search_default_lines(std::string_view output, std::size_t bytes_max, OutputFound& found) {
  for (std::size_t equals = output.find('='); equals != std::string_view::npos;) {
    const std::string_view line = line_around(output, equals);
    const std::size_t end = static_cast<std::size_t>(line.data() - output.data()) + line.size();
    CaseProperty property;
    const bool is_read = (!found.warnings.empty() && line.find(perf_warning) != std::string_view::npos) ||
                         (line.find(" time =") != std::string_view::npos && !read_llama_timing(line).empty());
    if (line.size() <= bytes_max && !is_read && default_line_pattern().match(line, found.arena, property)) {
      found.add(std::move(property));
    }
    equals = output.find('=', end);
  }
}

/// Lines that llama.cpp prints about its times. They are not looked at by search_default_lines.
void search_llama_timings(std::string_view output, std::size_t bytes_max, OutputFound& found) {
  constexpr auto signs = std::to_array<std::string_view>({" time =", "[ Prompt:"});
  for (const std::string_view sign : signs) {
    for (std::size_t at = output.find(sign); at != std::string_view::npos;) {
      const std::string_view line = line_around(output, at);
      if (line.size() <= bytes_max) {
        for (const ValuePart& part : read_llama_timing(line))
          found.add(text::copy_into(found.arena, part.metric), text::copy_into(found.arena, part.value));
      }
      at = output.find(sign, static_cast<std::size_t>(line.data() - output.data()) + line.size());
    }
  }
}

void search_warnings(std::string_view output, OutputFound& found) {
  for (std::size_t at = output.find(perf_warning); at != std::string_view::npos;) {
    const std::size_t end = std::min(output.find('\n', at), output.size());
    found.warnings.push_back(text::trim(output.substr(at, end - at)));
    at = output.find(perf_warning, end);
  }
}

}  // namespace

LinePattern::LinePattern(std::string_view pattern, bool strict) : strict_(strict) {
  struct Placeholder {
    std::string_view text;
    Piece piece;
  };
  static constexpr std::array<Placeholder, 5> placeholders = {{{"{label}", Piece::label},
                                                               {"{metric}", Piece::metric},
                                                               {"{value}", Piece::value},
                                                               {"{unit}", Piece::unit},
                                                               {"{}", Piece::any}}};
  bool touching = false;
  for (pattern = text::trim(pattern); !pattern.empty();) {
    const auto* found = std::find_if(placeholders.begin(), placeholders.end(),
                                     [&](const Placeholder& p) { return pattern.starts_with(p.text); });
    if (found != placeholders.end()) {
      // A number and a unit end by themselves; any other placeholder ends at a literal.
      const bool open_before = !parts_.empty() && parts_.back().piece != Piece::literal &&
                               parts_.back().piece != Piece::value && parts_.back().piece != Piece::unit;
      touching = touching || open_before;
      parts_.push_back({found->piece, ""});
      pattern.remove_prefix(found->text.size());
      continue;
    }
    if (parts_.empty() || parts_.back().piece != Piece::literal) parts_.push_back({Piece::literal, ""});
    parts_.back().text += pattern.front();
    pattern.remove_prefix(1);
  }
  const auto count = [&](Piece piece) {
    return std::count_if(parts_.begin(), parts_.end(), [&](const Part& part) { return part.piece == piece; });
  };
  usable_ = !touching && count(Piece::metric) == 1 && count(Piece::value) == 1 && count(Piece::label) <= 1 &&
            count(Piece::unit) <= 1;
}

bool LinePattern::match_number(std::string_view& rest, std::string_view& value) const {
  rest = skip_blanks(rest);
  const std::size_t bytes = text::parse_decimal_prefix(rest).bytes;
  if (bytes == 0) return false;
  value = rest.substr(0, bytes);
  rest.remove_prefix(bytes);
  return true;
}

bool LinePattern::match(std::string_view line, text::Arena<char>& arena, CaseProperty& out) const {
  if (!usable_) return false;
  std::string_view rest = text::trim(line);
  std::string_view label;
  std::string_view metric;
  std::string_view value;
  std::string_view unit;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    if (part.piece == Piece::literal) {
      const std::size_t bytes = literal_bytes(part.text, rest);
      if (bytes == std::string_view::npos) return false;
      rest.remove_prefix(bytes);
    } else if (part.piece == Piece::value) {
      if (!match_number(rest, value)) return false;
    } else if (part.piece == Piece::unit) {
      rest = skip_blanks(rest);
      const auto end = std::find_if_not(rest.begin(), rest.end(), is_unit_char);
      unit = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
      rest.remove_prefix(unit.size());
    } else {
      const std::size_t bytes = i + 1 < parts_.size() ? find_literal(parts_[i + 1].text, rest) : rest.size();
      if (bytes == std::string_view::npos) return false;
      if (part.piece == Piece::label) label = text::trim(rest.substr(0, bytes));
      if (part.piece == Piece::metric) metric = text::trim(rest.substr(0, bytes));
      rest.remove_prefix(bytes);
    }
  }
  return text::trim(rest).empty() && make(label, metric, value, unit, arena, out);
}

bool LinePattern::make(std::string_view label, std::string_view metric, std::string_view value, std::string_view unit,
                       text::Arena<char>& arena, CaseProperty& out) const {
  if (strict_ && (!is_strict_label(label) || !is_strict_metric(metric))) return false;
  const auto known = known_unit(unit);
  const auto suffix = unit_of_suffix(metric);
  if (metric.empty() || (!unit.empty() && !known) || (strict_ && !known && !suffix)) return false;
  const std::string_view suffix_added = !suffix && known ? family_suffix(known->family) : std::string_view();
  const std::size_t label_bytes = label.empty() ? 0 : label.size() + 2;
  const std::span<char> name = arena.take(metric.size() + suffix_added.size() + label_bytes);
  auto at = std::replace_copy(metric.begin(), metric.end(), name.begin(), ' ', '_');
  at = std::copy(suffix_added.begin(), suffix_added.end(), at);
  if (!label.empty()) {
    *at++ = '[';
    at = std::copy(label.begin(), label.end(), at);
    *at = ']';
  }
  out.name = text::BorrowedText::borrow({name.data(), name.size()});
  const bool touch = value.data() + value.size() == unit.data();
  out.value = text::BorrowedText::borrow(touch ? std::string_view(value.data(), value.size() + unit.size())
                                               : text::copy_into(arena, value, unit));
  return true;
}

const LinePattern& default_line_pattern() {
  static const LinePattern pattern("{label}: {metric} = {value}{unit}", true);
  return pattern;
}

void search_output(std::string_view output, const std::vector<LinePattern>& patterns, bool metrics_too,
                   std::size_t line_bytes_max, OutputFound& found) {
  search_warnings(output, found);
  if (!metrics_too) return;
  search_properties(output, line_bytes_max, found);
  search_measurements(output, found);
  search_llama_timings(output, line_bytes_max, found);
  if (patterns.empty()) {
    search_default_lines(output, line_bytes_max, found);
  } else {
    search_lines(output, patterns, line_bytes_max, found);
  }
}

}  // namespace perftrend::metrics
