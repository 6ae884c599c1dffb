#include "server/ingest/xml_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

namespace perftrend::ingest {

namespace {

/// What pugixml spends (64-bit): a node for an element or a piece of text, an attribute.
constexpr std::size_t node_bytes = 64;
constexpr std::size_t attribute_bytes = 40;

/// Beyond this many attributes, duplicates are found by sorting.
constexpr std::size_t pairwise_max = 12;

enum CharClass : std::uint8_t {
  name_start = 1,  // all bytes beyond ASCII too; those are checked once the name is known
  name_part = 2,
  blank = 4,
  text_stop = 8,    // '<' '&' ']' and the end
  value_stop = 16,  // '<' '&', both quotes and the end
};

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || c >= 0x80;
    const bool digit = c >= '0' && c <= '9';
    unsigned bits = 0;
    if (letter) bits |= name_start;
    if (letter || digit || c == '-' || c == '.') bits |= name_part;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') bits |= blank;
    if (c == '<' || c == '&' || c == ']' || c == '\0') bits |= text_stop;
    if (c == '<' || c == '&' || c == '"' || c == '\'' || c == '\0') bits |= value_stop;
    classes[c] = static_cast<std::uint8_t>(bits);
  }
  return classes;
}

constexpr std::array<std::uint8_t, 256> classes = make_classes();

bool is(char c, CharClass what) {
  return (classes[static_cast<unsigned char>(c)] & what) != 0;
}

constexpr std::uint64_t every_byte(char c) {
  return 0x0101010101010101U * static_cast<unsigned char>(c);
}

/// Exact about whether, not about where.
constexpr bool has_zero_byte(std::uint64_t word) {
  return ((word - every_byte(0x01)) & ~word & 0x8080808080808080U) != 0;
}

struct CodeRange {
  char32_t first, last;
};

/// XML 1.0, production [4] and [4a], beyond ASCII.
constexpr std::array<CodeRange, 12> start_ranges = {{{0xC0, 0xD6},
                                                     {0xD8, 0xF6},
                                                     {0xF8, 0x2FF},
                                                     {0x370, 0x37D},
                                                     {0x37F, 0x1FFF},
                                                     {0x200C, 0x200D},
                                                     {0x2070, 0x218F},
                                                     {0x2C00, 0x2FEF},
                                                     {0x3001, 0xD7FF},
                                                     {0xF900, 0xFDCF},
                                                     {0xFDF0, 0xFFFD},
                                                     {0x10000, 0xEFFFF}}};
constexpr std::array<CodeRange, 3> part_ranges = {{{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}};

template <std::size_t N>
bool within(char32_t code, const std::array<CodeRange, N>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](CodeRange r) { return code >= r.first && code <= r.last; });
}

/// One code point of valid UTF-8; advances `at`.
char32_t next_code(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const char32_t lead = byte(at);
  const std::size_t more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  char32_t code = more == 0 ? lead : lead & (0x3FU >> more);
  for (std::size_t i = 1; i <= more; ++i)
    code = (code << 6U) | (byte(at + i) & 0x3FU);
  at += more + 1;
  return code;
}

/// Whether the characters beyond ASCII of a name may stand there.
bool is_name(std::string_view name) {
  std::size_t at = 0;
  while (at < name.size()) {
    const bool first = at == 0;
    const char32_t code = next_code(name, at);
    if (code < 0x80) continue;
    if (within(code, start_ranges) || (!first && within(code, part_ranges))) continue;
    return false;
  }
  return true;
}

bool is_char_reference_allowed(std::uint32_t code) {
  return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) ||
         (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

/// A refusal on its way out of the scanner; leaves this file as a value.
struct Refused {
  ScanError error;
};

/// Shown in a cause: short enough to read.
std::string_view shown(std::string_view name) {
  std::size_t length = std::min<std::size_t>(name.size(), 40);
  while (length > 0 && length < name.size() && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U)
    --length;
  return name.substr(0, length);
}

class Scanner {
 public:
  Scanner(const std::string& text, const ReadLimits& limits) : text_(text), data_(text.c_str()), limits_(limits) {}

  Scanned run() {
    skip_blanks();
    if (at_ == text_.size()) fail("the document is empty", at_);
    if (starts_with("<?xml") && at_ + 5 < text_.size() && is(text_[at_ + 5], blank)) read_declaration();
    read_prolog();
    scanned_.root_offset = at_;
    read_elements();
    scanned_.document_bytes = at_;
    read_epilog();
    return scanned_;
  }

 private:
  [[noreturn]] static void fail(std::string cause, std::size_t offset) {
    throw Refused{{std::move(cause), offset, ""}};
  }
  [[noreturn]] static void exceed(std::string cause, std::size_t offset, const char* limit) {
    throw Refused{{std::move(cause), offset, limit}};
  }

  bool starts_with(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  /// The byte at the cursor; fails at the end of the text.
  char here(const char* inside) const {
    if (data_[at_] == '\0') fail_at_end(inside);
    return data_[at_];
  }

  [[noreturn]] void fail_at_end(const char* inside) const {
    fail(fmt::format("the document ends inside {}", inside), text_.size());
  }

  bool skip_blanks() {
    const char* at = data_ + at_;
    if (!is(*at, blank)) return false;
    while (is(*at, blank))
      ++at;
    at_ = static_cast<std::size_t>(at - data_);
    return true;
  }

  /// Offset of the next byte that ends a plain part of a value: eight bytes at a time, then as find_stop.
  std::size_t find_value_stop() const {
    std::size_t at = at_;
    std::uint64_t word = 0;
    for (; at + sizeof word <= text_.size(); at += sizeof word) {
      std::memcpy(&word, data_ + at, sizeof word);
      // '"', '&' and '\'' differ from '\'' in bits of 0x05 only, as does '#', which find_stop passes over.
      if (has_zero_byte((word | every_byte(0x05)) ^ every_byte('\'')) || has_zero_byte(word ^ every_byte('<'))) break;
    }
    return find_stop(value_stop, at);
  }

  /// Offset of the next byte of this class; the NUL behind the text is of all that stop.
  std::size_t find_stop(CharClass stop, std::size_t from) const {
    const char* at = data_ + from;
    while (true) {
      if (is(at[0], stop)) return static_cast<std::size_t>(at - data_);
      if (is(at[1], stop)) return static_cast<std::size_t>(at + 1 - data_);
      if (is(at[2], stop)) return static_cast<std::size_t>(at + 2 - data_);
      if (is(at[3], stop)) return static_cast<std::size_t>(at + 3 - data_);
      at += 4;
    }
  }

  std::string_view read_name(const char* inside) {
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

  std::string_view read_quoted(const char* inside) {
    const char quote = here(inside);
    if (quote != '"' && quote != '\'') fail(fmt::format("a quoted value was expected in {}", inside), at_);
    const std::size_t begin = ++at_;
    const std::size_t end = text_.find(quote, begin);
    if (end == std::string_view::npos) fail(fmt::format("the document ends inside {}", inside), text_.size());
    at_ = end + 1;
    return text_.substr(begin, end - begin);
  }

  /// <?xml version="1.x" encoding="…" standalone="yes|no"?>, in this order, the first needed.
  void read_declaration() {
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

  static bool is_declaration_value(std::string_view name, std::string_view value) {
    if (name == "standalone") return value == "yes" || value == "no";
    if (name == "version") {
      return value.starts_with("1.") && value.size() > 2 &&
             value.find_first_not_of("0123456789", 2) == std::string_view::npos;
    }
    return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
      return is(c, name_part) && static_cast<unsigned char>(c) < 0x80 && c != ':';
    });
  }

  /// Comments, processing instructions, one DOCTYPE; ends at the root's '<'.
  void read_prolog() {
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

  void read_epilog() {
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

  void read_comment() {
    const std::size_t begin = at_;
    const std::size_t end = text_.find("--", at_ + 4);
    if (end == std::string_view::npos) fail("a comment is not closed", begin);
    if (end + 2 >= text_.size()) fail("a comment is not closed", begin);
    if (text_[end + 2] != '>') fail("'--' inside a comment", end);
    at_ = end + 3;
  }

  void read_instruction() {
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
  void read_doctype() {
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

  /// From the root's '<' to behind its end.
  void read_elements() {
    do {
      if (text_[at_] == '<') {
        read_markup();
      } else {
        read_text();
      }
      if (!open_.empty() && at_ >= text_.size()) {
        fail(fmt::format("the document ends inside <{}>", shown(open_.back())), text_.size());
      }
    } while (!open_.empty());
  }

  void read_markup() {
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (is(next, name_start)) {
      read_start_tag();
    } else if (next == '/') {
      read_end_tag();
    } else if (next == '?') {
      read_instruction();
    } else if (starts_with("<!--")) {
      read_comment();
    } else if (starts_with("<![CDATA[") && !open_.empty()) {
      read_cdata();
    } else if (next == '\0') {
      fail("the document ends inside a tag", text_.size());
    } else {
      fail("'<' that begins no tag", at_);
    }
  }

  void read_cdata() {
    const std::size_t end = text_.find("]]>", at_ + 9);
    if (end == std::string_view::npos) fail("a CDATA section is not closed", at_);
    spend(node_bytes);
    at_ = end + 3;
  }

  void read_end_tag() {
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
    open_.pop_back();
  }

  void read_start_tag() {
    const std::size_t begin = at_;
    if (open_.size() >= limits_.depth_max) {
      exceed(fmt::format("elements are nested deeper than {}", limits_.depth_max), begin, "depth_max");
    }
    spend(node_bytes);
    ++at_;
    const std::string_view name = read_name("a start tag");
    ++scanned_.elements;
    if (scanned_.elements == 1) scanned_.root = local_name(name);
    if (name.ends_with("testcase") && local_name(name) == "testcase" && ++scanned_.cases > limits_.cases_max) {
      exceed(fmt::format("more than {} test cases", limits_.cases_max), begin, "cases_max");
    }
    if (read_attributes(name)) return;
    open_.push_back(name);
  }

  /// True when the tag ended in "/>".
  bool read_attributes(std::string_view element) {
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

  void read_attribute() {
    const std::size_t begin = at_;
    const std::string_view name = read_name("a start tag");
    if (attributes_.size() >= limits_.attributes_max) {
      exceed(fmt::format("an element has more than {} attributes", limits_.attributes_max), begin, "attributes_max");
    }
    const auto same = [&](std::string_view other) { return other[0] == name[0] && other == name; };
    if (attributes_.size() < pairwise_max && std::any_of(attributes_.begin(), attributes_.end(), same)) {
      fail(fmt::format("attribute '{}' is given twice", shown(name)), begin);
    }
    attributes_.push_back(name);
    spend(attribute_bytes);
    skip_blanks();
    if (here("a start tag") != '=') fail(fmt::format("attribute '{}' has no value", shown(name)), at_);
    ++at_;
    skip_blanks();
    read_value(name);
  }

  void read_value(std::string_view name) {
    const char quote = here("a start tag");
    if (quote != '"' && quote != '\'') fail(fmt::format("the value of '{}' is not quoted", shown(name)), at_);
    const std::size_t begin = ++at_;
    while (true) {
      at_ = find_value_stop();
      const char c = here("the value of an attribute");
      if (c == '<') fail(fmt::format("'<' in the value of '{}'", shown(name)), at_);
      if (c == '&') {
        read_reference();
      } else {
        ++at_;
        if (c == quote) break;
      }
    }
    if (at_ - 1 - begin > limits_.attribute_bytes_max) {
      exceed(fmt::format("the value of '{}' is longer than {} bytes", shown(name), limits_.attribute_bytes_max), begin,
             "attribute_bytes_max");
    }
  }

  void check_many_attributes() {
    std::sort(attributes_.begin(), attributes_.end(), [](std::string_view a, std::string_view b) {
      const int c = a.compare(b);
      return c != 0 ? c < 0 : a.data() < b.data();
    });
    const auto twice = std::adjacent_find(attributes_.begin(), attributes_.end());
    if (twice == attributes_.end()) return;
    const auto offset = static_cast<std::size_t>(std::next(twice)->data() - text_.data());
    fail(fmt::format("attribute '{}' is given twice", shown(*twice)), offset);
  }

  void read_text() {
    skip_blanks();
    if (at_ < text_.size() && text_[at_] != '<') spend(node_bytes);
    while (true) {
      at_ = find_stop(text_stop, at_);
      if (at_ >= text_.size() || text_[at_] == '<') return;
      if (text_[at_] == '&') {
        read_reference();
      } else if (starts_with("]]>")) {
        fail("']]>' outside of CDATA", at_);
      } else {
        ++at_;
      }
    }
  }

  void read_reference() {
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

  void read_char_reference(std::size_t begin) {
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
    if (!is_char_reference_allowed(code)) {
      fail(fmt::format("'{}' refers to no character of XML", shown(text_.substr(begin, at_ - begin))), begin);
    }
  }

  void spend(std::size_t bytes) {
    tree_bytes_ += bytes;
    if (tree_bytes_ > limits_.tree_bytes_max) {
      exceed(fmt::format("the document has so many elements and attributes that its tree would exceed {} bytes",
                         limits_.tree_bytes_max),
             at_, "tree_bytes_max");
    }
  }

  std::string_view text_;
  const char* data_;  ///< of the text, which ends in NUL and holds none: loops need not ask for the end
  const ReadLimits& limits_;
  std::size_t at_ = 0;
  std::size_t tree_bytes_ = 0;
  std::vector<std::string_view> open_;
  std::vector<std::string_view> attributes_;
  Scanned scanned_;
};

}  // namespace

tl::expected<Scanned, ScanError> scan_xml(const std::string& text, const ReadLimits& limits) {
  try {
    return Scanner(text, limits).run();
  } catch (Refused& refused) {
    return tl::unexpected(std::move(refused.error));
  }
}

std::string_view local_name(std::string_view name) {
  return name.substr(name.rfind(':') + 1);
}

}  // namespace perftrend::ingest
