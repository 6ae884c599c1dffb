#include "core/junit/xml_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <utility>

#include "core/junit/xml_chars.h"

namespace perftrend::junit {

namespace {

/// What pugixml spends (64-bit): a node for an element or a piece of text, an attribute.
constexpr std::size_t node_bytes = 64;
constexpr std::size_t attribute_bytes = 40;

/// Beyond this many attributes, duplicates are found by sorting.
constexpr std::size_t pairwise_max = 12;

/// Shown in a cause: short enough to read.
std::string_view shown(std::string_view name) {
  std::size_t length = std::min<std::size_t>(name.size(), 40);
  while (length > 0 && length < name.size() && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U)
    --length;
  return name.substr(0, length);
}

[[noreturn]] void fail(std::string cause, std::size_t offset) {
  throw ScanError{std::move(cause), offset, ""};
}
[[noreturn]] void exceed(std::string cause, std::size_t offset, const char* limit) {
  throw ScanError{std::move(cause), offset, limit};
}

/// Offset of the first byte marked, from `from` on, or the end. `marked_in` says of eight bytes which are (see
/// zero_bytes).
template <typename MarkedIn>
std::size_t find_marked(std::string_view text, std::size_t from, const MarkedIn& marked_in) {
  constexpr std::size_t step = sizeof(std::uint64_t);
  for (; from + step <= text.size(); from += step) {
    const std::uint64_t marked = marked_in(load_word(text.data() + from, step));
    if (marked != 0) return from + first_marked(marked);
  }
  const std::uint64_t word = load_word(text.data() + from, text.size() - from);
  return from + first_marked(marked_in(word) | zero_bytes(word));
}

bool is_declaration_value(std::string_view name, std::string_view value) {
  if (name == "standalone") return value == "yes" || value == "no";
  if (name == "version") {
    return value.starts_with("1.") && value.size() > 2 &&
           value.find_first_not_of("0123456789", 2) == std::string_view::npos;
  }
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return is(c, name_part) && static_cast<unsigned char>(c) < 0x80 && c != ':';
  });
}

bool has_return(std::string_view text) {
  return text.find('\r') != std::string_view::npos;
}

}  // namespace

/// The byte at the cursor; fails at the end of the text.
char XmlScanner::here(const char* inside) const {
  if (data_[at_] == '\0') fail_at_end(inside);
  return data_[at_];
}

void XmlScanner::fail_at_end(const char* inside) const {
  fail(fmt::format("the document ends inside {}", inside), text_.size());
}

bool XmlScanner::skip_blanks() {
  const char* at = data_ + at_;
  if (!is(*at, blank)) return false;
  while (is(*at, blank))
    ++at;
  at_ = static_cast<std::size_t>(at - data_);
  return true;
}

std::string_view XmlScanner::read_name(const char* inside) {
  const std::size_t begin = at_;
  if (!is(here(inside), name_start)) fail(fmt::format("a name was expected in {}", inside), at_);
  const char* at = data_ + begin;
  unsigned char bits = 0;
  for (; is(*at, name_part); ++at)
    bits |= static_cast<unsigned char>(*at);
  at_ = static_cast<std::size_t>(at - data_);
  const bool ascii = bits < 0x80;
  const std::string_view name(data_ + begin, at_ - begin);
  if (name.size() > limits_.name_bytes_max) {
    exceed(fmt::format("a name is longer than {} bytes", limits_.name_bytes_max), begin, "name_bytes_max");
  }
  if (!ascii && !is_name(name)) fail(fmt::format("'{}' is not a name", shown(name)), begin);
  return name;
}

std::string_view XmlScanner::read_quoted(const char* inside) {
  const char quote = here(inside);
  if (quote != '"' && quote != '\'') fail(fmt::format("a quoted value was expected in {}", inside), at_);
  const std::size_t begin = ++at_;
  const std::size_t end = text_.find(quote, begin);
  if (end == std::string_view::npos) fail(fmt::format("the document ends inside {}", inside), text_.size());
  at_ = end + 1;
  return text_.substr(begin, end - begin);
}

/// <?xml version="1.x" encoding="…" standalone="yes|no"?>, in this order, the first needed.
void XmlScanner::read_declaration() {
  constexpr const char* inside = "the XML declaration";
  const std::size_t begin = at_;
  constexpr std::array<std::string_view, 3> order = {"version", "encoding", "standalone"};
  std::size_t next = 0;
  at_ += 5;
  while (true) {
    const bool spaced = skip_blanks();
    if (here(inside) == '?') break;
    if (!spaced) fail("the XML declaration is not well-formed", at_);
    const std::size_t name_at = at_;
    const std::string_view name = read_name(inside);
    skip_blanks();
    if (here(inside) != '=') fail("the XML declaration is not well-formed", at_);
    ++at_;
    skip_blanks();
    const std::string_view value = read_quoted(inside);
    while (next < order.size() && order[next] != name && next > 0)
      ++next;
    if (next >= order.size() || order[next] != name) fail("the XML declaration is not well-formed", name_at);
    if (!is_declaration_value(name, value)) fail("the XML declaration is not well-formed", name_at);
    ++next;
  }
  if (next == 0 || !starts_with("?>")) fail("the XML declaration is not well-formed", begin);
  at_ += 2;
}

/// Comments, processing instructions, one DOCTYPE; ends at the root's '<'.
void XmlScanner::read_prolog() {
  bool has_doctype = false;
  while (true) {
    skip_blanks();
    if (at_ == text_.size()) fail("no root element", at_);
    if (text_[at_] != '<') fail("text before the root element: this is not XML", at_);
    if (starts_with("<!--")) {
      read_comment();
    } else if (starts_with("<?")) {
      read_instruction();
    } else if (starts_with("<!DOCTYPE")) {
      if (has_doctype) fail("a second DOCTYPE", at_);
      has_doctype = true;
      read_doctype();
    } else {
      return;
    }
  }
}

void XmlScanner::read_epilog() {
  while (true) {
    skip_blanks();
    if (at_ == text_.size()) return;
    if (starts_with("<!--")) {
      read_comment();
    } else if (starts_with("<?")) {
      read_instruction();
    } else if (text_.find('<', at_) == std::string_view::npos) {
      scanned_.has_trailing_text = true;
      return;
    } else if (text_[at_] == '<') {
      fail("a second root element: upload documents one by one", at_);
    } else {
      fail("text and markup after the root element", at_);
    }
  }
}

void XmlScanner::read_comment() {
  const std::size_t begin = at_;
  const std::size_t end = text_.find("--", at_ + 4);
  if (end == std::string_view::npos) fail("a comment is not closed", begin);
  if (end + 2 >= text_.size()) fail("a comment is not closed", begin);
  if (text_[end + 2] != '>') fail("'--' inside a comment", end);
  at_ = end + 3;
}

void XmlScanner::read_instruction() {
  const std::size_t begin = at_;
  at_ += 2;
  const std::string_view target = read_name("a processing instruction");
  if (target.size() == 3 && (target[0] | 0x20) == 'x' && (target[1] | 0x20) == 'm' && (target[2] | 0x20) == 'l') {
    fail("an XML declaration that is not at the start of the document", begin);
  }
  if (!starts_with("?>") && !is(here("a processing instruction"), blank)) {
    fail("a processing instruction is not well-formed", at_);
  }
  const std::size_t end = text_.find("?>", at_);
  if (end == std::string_view::npos) fail("a processing instruction is not closed", begin);
  at_ = end + 2;
}

/// A name and an external identifier are harmless and ignored; declarations are refused: entities can be bombs, and
/// defaults of attributes would say what the document does not.
void XmlScanner::read_doctype() {
  constexpr const char* inside = "the DOCTYPE";
  at_ += std::string_view("<!DOCTYPE").size();
  if (!skip_blanks()) fail("the DOCTYPE is not well-formed", at_);
  read_name(inside);
  skip_blanks();
  const bool is_public = starts_with("PUBLIC");
  if (is_public || starts_with("SYSTEM")) {
    at_ += 6;
    for (int i = 0; i < (is_public ? 2 : 1); ++i) {
      if (!skip_blanks()) fail("the DOCTYPE is not well-formed", at_);
      read_quoted(inside);
    }
    skip_blanks();
  }
  if (here(inside) == '[') {
    const std::size_t entity = text_.find("<!ENTITY", at_);
    if (entity != std::string_view::npos) fail("a DTD that declares entities is refused", entity);
    fail("a DTD inside the document is refused", at_);
  }
  if (text_[at_] != '>') fail("the DOCTYPE is not well-formed", at_);
  ++at_;
}

/// Nothing for a comment or an instruction.
std::optional<XmlEvent> XmlScanner::read_markup() {
  const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (is(next, name_start)) {
    read_start_tag();
    return XmlEvent::start;
  }
  if (next == '/') {
    read_end_tag();
    return XmlEvent::end;
  }
  if (next == '?') {
    read_instruction();
  } else if (starts_with("<!--")) {
    read_comment();
  } else if (starts_with("<![CDATA[") && !open_.empty()) {
    read_cdata();
    return XmlEvent::text;
  } else if (next == '\0') {
    fail("the document ends inside a tag", text_.size());
  } else {
    fail("'<' that begins no tag", at_);
  }
  return std::nullopt;
}

void XmlScanner::read_cdata() {
  const std::size_t end = text_.find("]]>", at_ + 9);
  if (end == std::string_view::npos) fail("a CDATA section is not closed", at_);
  spend(node_bytes);
  raw_.view = text_.substr(at_ + 9, end - at_ - 9);
  raw_.is_section = true;
  raw_.is_plain = !has_return(raw_.view);
  at_ = end + 3;
}

void XmlScanner::read_end_tag() {
  const std::size_t begin = at_;
  at_ += 2;
  if (open_.empty()) fail("an end tag without a start", begin);
  const std::string_view open = open_.back();
  // Almost always the name that is open, followed by '>'.
  if (starts_with(open) && at_ + open.size() < text_.size() && text_[at_ + open.size()] == '>') {
    at_ += open.size() + 1;
  } else {
    const std::string_view name = read_name("an end tag");
    skip_blanks();
    if (here("an end tag") != '>') fail("an end tag is not well-formed", at_);
    if (name != open) fail(fmt::format("</{}> ends <{}>", shown(name), shown(open)), begin);
    ++at_;
  }
  name_ = open;
  open_.pop_back();
  if (open_.empty()) scanned_.document_bytes = at_;
}

void XmlScanner::read_start_tag() {
  start_offset_ = at_;
  if (open_.size() >= limits_.depth_max) {
    exceed(fmt::format("elements are nested deeper than {}", limits_.depth_max), start_offset_, "depth_max");
  }
  spend(node_bytes);
  ++at_;
  const std::string_view name = read_name("a start tag");
  ++scanned_.elements;
  if (scanned_.elements == 1) scanned_.root = local_name(name);
  if (name.ends_with("testcase") && local_name(name) == "testcase" && ++scanned_.cases > limits_.cases_max) {
    exceed(fmt::format("more than {} test cases", limits_.cases_max), start_offset_, "cases_max");
  }
  name_ = name;
  ends_at_once_ = read_attributes(name);
  if (!ends_at_once_) open_.push_back(name);
}

/// True when the tag ended in "/>".
bool XmlScanner::read_attributes(std::string_view element) {
  attributes_.clear();
  while (true) {
    const bool spaced = skip_blanks();
    const char c = here("a start tag");
    if (c == '>' || c == '/') break;
    if (!spaced) fail(fmt::format("a blank or '>' was expected in <{}>", shown(element)), at_);
    read_attribute();
  }
  if (attributes_.size() > pairwise_max) check_many_attributes();
  if (text_[at_] == '>') {
    ++at_;
    return false;
  }
  ++at_;
  if (here("a start tag") != '>') fail("'/' that ends no tag", at_ - 1);
  ++at_;
  return true;
}

void XmlScanner::read_attribute() {
  const std::size_t begin = at_;
  const std::string_view name = read_name("a start tag");
  if (attributes_.size() >= limits_.attributes_max) {
    exceed(fmt::format("an element has more than {} attributes", limits_.attributes_max), begin, "attributes_max");
  }
  const auto same = [&](const RawAttribute& other) { return other.name[0] == name[0] && other.name == name; };
  if (attributes_.size() < pairwise_max && std::any_of(attributes_.begin(), attributes_.end(), same)) {
    fail(fmt::format("attribute '{}' is given twice", shown(name)), begin);
  }
  RawAttribute& attribute = attributes_.emplace_back();
  attribute.name = name;
  spend(attribute_bytes);
  skip_blanks();
  if (here("a start tag") != '=') fail(fmt::format("attribute '{}' has no value", shown(name)), at_);
  ++at_;
  skip_blanks();
  read_value(attribute);
}

void XmlScanner::read_value(RawAttribute& attribute) {
  const std::string_view name = attribute.name;
  const char quote = here("a start tag");
  if (quote != '"' && quote != '\'') fail(fmt::format("the value of '{}' is not quoted", shown(name)), at_);
  const std::size_t begin = ++at_;
  const std::uint64_t quotes = every_byte(quote);
  const auto stops = [quotes](std::uint64_t word) {
    return zero_bytes(word ^ quotes) | zero_bytes(word ^ every_byte('&')) | zero_bytes(word ^ every_byte('<')) |
           control_bytes(word);
  };
  while (true) {
    at_ = find_marked(text_, at_, stops);
    const char c = here("the value of an attribute");
    if (c == quote) break;
    if (c == '<') fail(fmt::format("'<' in the value of '{}'", shown(name)), at_);
    attribute.value.is_plain = false;
    if (c == '&') {
      read_reference();
    } else {
      ++at_;  // a tab or a line end
    }
  }
  attribute.value.view = text_.substr(begin, at_ - begin);
  ++at_;
  if (attribute.value.view.size() > limits_.attribute_bytes_max) {
    exceed(fmt::format("the value of '{}' is longer than {} bytes", shown(name), limits_.attribute_bytes_max), begin,
           "attribute_bytes_max");
  }
}

void XmlScanner::check_many_attributes() const {
  std::vector<std::string_view> names;
  names.reserve(attributes_.size());
  for (const RawAttribute& attribute : attributes_)
    names.push_back(attribute.name);
  std::sort(names.begin(), names.end(), [](std::string_view a, std::string_view b) {
    const int c = a.compare(b);
    return c != 0 ? c < 0 : a.data() < b.data();
  });
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return;
  const auto offset = static_cast<std::size_t>(std::next(twice)->data() - text_.data());
  fail(fmt::format("attribute '{}' is given twice", shown(*twice)), offset);
}

/// False for white space alone.
bool XmlScanner::read_text() {
  const std::size_t begin = at_;
  skip_blanks();
  if (at_ >= text_.size() || data_[at_] == '<') return false;
  spend(node_bytes);
  raw_.is_section = false;
  raw_.is_plain = !has_return(text_.substr(begin, at_ - begin));
  const auto stops = [](std::uint64_t word) {
    return zero_bytes(word ^ every_byte('<')) | zero_bytes(word ^ every_byte('&')) |
           zero_bytes(word ^ every_byte(']')) | zero_bytes(word ^ every_byte('\r'));
  };
  while (true) {
    at_ = find_marked(text_, at_, stops);
    const char c = data_[at_];
    if (c == '<' || at_ >= text_.size()) break;
    if (c != ']') raw_.is_plain = false;
    if (c == '&') {
      read_reference();
    } else if (starts_with("]]>")) {
      fail("']]>' outside of CDATA", at_);
    } else {
      ++at_;
    }
  }
  raw_.view = text_.substr(begin, at_ - begin);
  return true;
}

void XmlScanner::read_reference() {
  const std::size_t begin = at_++;
  if (at_ < text_.size() && text_[at_] == '#') {
    ++at_;
    read_char_reference(begin);
    return;
  }
  constexpr std::array<std::string_view, 5> known = {"amp;", "lt;", "gt;", "quot;", "apos;"};
  const auto* found = std::find_if(known.begin(), known.end(), [&](auto entity) { return starts_with(entity); });
  if (found != known.end()) {
    at_ += found->size();
    return;
  }
  const std::size_t name_begin = at_;
  while (at_ < text_.size() && is(text_[at_], name_part))
    ++at_;
  if (at_ > name_begin && at_ < text_.size() && text_[at_] == ';') {
    fail(fmt::format("entity '&{};' is not defined", shown(text_.substr(name_begin, at_ - name_begin))), begin);
  }
  fail("'&' that begins no reference", begin);
}

void XmlScanner::read_char_reference(std::size_t begin) {
  const bool hex = at_ < text_.size() && text_[at_] == 'x';
  if (hex) ++at_;
  std::uint32_t code = 0;
  std::size_t digits = 0;
  for (; at_ < text_.size() && text_[at_] != ';'; ++at_, ++digits) {
    const char c = text_[at_];
    const bool decimal = c >= '0' && c <= '9';
    const char lower = static_cast<char>(c | 0x20);
    if (!decimal && !(hex && lower >= 'a' && lower <= 'f')) fail("a character reference is not well-formed", begin);
    const auto digit = static_cast<std::uint32_t>(decimal ? c - '0' : lower - 'a' + 10);
    code = std::min<std::uint32_t>(code * (hex ? 16 : 10) + digit, 0x110000);  // stays above all once above
  }
  if (digits == 0 || at_ >= text_.size()) fail("a character reference is not well-formed", begin);
  ++at_;
  if (!is_xml_char(code)) {
    fail(fmt::format("'{}' refers to no character of XML", shown(text_.substr(begin, at_ - begin))), begin);
  }
}

void XmlScanner::spend(std::size_t bytes) {
  tree_bytes_ += bytes;
  if (tree_bytes_ > limits_.tree_bytes_max) {
    exceed(fmt::format("the document has so many elements and attributes that its tree would exceed {} bytes",
                       limits_.tree_bytes_max),
           at_, "tree_bytes_max");
  }
}

XmlEvent XmlScanner::next() {
  if (!has_begun_) {
    has_begun_ = true;
    skip_blanks();
    if (at_ == text_.size()) fail("the document is empty", at_);
    if (starts_with("<?xml") && at_ + 5 < text_.size() && is(text_[at_ + 5], blank)) read_declaration();
    read_prolog();
    scanned_.root_offset = at_;
  } else if (ends_at_once_) {
    ends_at_once_ = false;
    if (open_.empty()) scanned_.document_bytes = at_;
    return XmlEvent::end;
  } else if (open_.empty()) {
    read_epilog();
    return XmlEvent::done;
  }
  while (true) {
    if (at_ >= text_.size()) fail(fmt::format("the document ends inside <{}>", shown(open_.back())), text_.size());
    if (data_[at_] != '<') {
      if (read_text()) return XmlEvent::text;
    } else if (const auto event = read_markup()) {
      return *event;
    }
  }
}

tl::expected<Scanned, ScanError> scan_xml(const std::string& text, const ReadLimits& limits) {
  XmlScanner scanner(text, limits);
  try {
    while (scanner.next() != XmlEvent::done) {
    }
  } catch (ScanError& refused) {
    return tl::unexpected(std::move(refused));
  }
  return scanner.scanned();
}

std::string_view local_name(std::string_view name) {
  return name.substr(name.rfind(':') + 1);
}

}  // namespace perftrend::junit
