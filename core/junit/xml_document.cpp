#include "core/junit/xml_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

#include "core/text/trim.h"
#include "core/text/utf8.h"

namespace perftrend::junit {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr auto npos = std::string_view::npos;

/// Shown in a cause: short enough to read.
std::string_view shown(std::string_view text) {
  return text::beginning(text, 40);
}

/// Bytes that pugixml may still allocate on this thread. pugixml's allocation functions are global, so the limit of one
/// document is kept per thread, and only while that document is parsed.
class TreeBudget {
 public:
  explicit TreeBudget(std::size_t bytes) {
    static const bool is_installed = [] {
      pugi::set_memory_management_functions(&allocate, &std::free);
      return true;
    }();
    left_ = is_installed ? bytes : 0;
    is_exceeded_ = false;
  }
  ~TreeBudget() { left_ = unlimited; }
  TreeBudget(const TreeBudget&) = delete;
  TreeBudget& operator=(const TreeBudget&) = delete;
  TreeBudget(TreeBudget&&) = delete;
  TreeBudget& operator=(TreeBudget&&) = delete;

  [[nodiscard]] static bool is_exceeded() { return is_exceeded_; }

 private:
  static void* allocate(std::size_t bytes) {
    if (bytes > left_) {
      is_exceeded_ = true;
      return nullptr;
    }
    if (left_ != unlimited) left_ -= bytes;
    return std::malloc(bytes);  // NOLINT(cppcoreguidelines-no-malloc): pugixml's interface
  }

  static constexpr std::size_t unlimited = SIZE_MAX;
  static thread_local std::size_t left_;
  static thread_local bool is_exceeded_;
};

thread_local std::size_t TreeBudget::left_ = unlimited;
thread_local bool TreeBudget::is_exceeded_ = false;

/// Checks that every '&' outside comments, CDATA sections and instructions starts a reference to one of the five
/// predefined entities or to a character of XML. pugixml leaves other references as they are written.
class ReferenceCheck {
 public:
  ReferenceCheck(std::string_view text, std::vector<std::size_t>& skipped) : text_(text), skipped_(skipped) {}

  void run() {
    for (std::size_t at = text_.find('&'); at != npos; at = text_.find('&', at)) {
      skip_sections_before(at);
      if (at < after_section_) {
        at = after_section_;
        continue;
      }
      check(at);
      ++at;
    }
  }

 private:
  /// Goes past the sections that start before `offset`.
  void skip_sections_before(std::size_t offset) {
    while (true) {
      const std::size_t open = text_.substr(0, offset).find('<', after_section_);
      if (open == npos) {
        after_section_ = std::max(after_section_, offset);
        return;
      }
      const std::string_view end = end_of_section(text_.substr(open));
      if (end.empty()) {
        after_section_ = open + 1;
        continue;
      }
      skipped_.push_back(open);
      const std::size_t close = text_.find(end, open + 2);
      after_section_ = close == npos ? text_.size() : close + end.size();
      if (after_section_ > offset) return;
    }
  }

  /// What ends the section that `text` starts with; "" where it starts with a tag.
  static std::string_view end_of_section(std::string_view text) {
    if (text.starts_with("<!--")) return "-->";
    if (text.starts_with("<![CDATA[")) return "]]>";
    if (text.starts_with("<?")) return "?>";
    return text.starts_with("<!") ? ">" : "";
  }

  void check(std::size_t at) const {
    const std::size_t end = text_.find_first_of("; \t\r\n<&\"'", at + 1);
    if (end == npos || text_[end] != ';' || end == at + 1) {
      throw XmlError{text_[std::min(at + 1, text_.size() - 1)] == '#' ? "a character reference is not well-formed"
                                                                      : "'&' that begins no reference",
                     at};
    }
    const std::string_view name = text_.substr(at + 1, end - at - 1);
    if (name[0] == '#') return check_character(name.substr(1), at);
    constexpr std::array<std::string_view, 5> known = {"amp", "lt", "gt", "quot", "apos"};
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    const std::size_t declared = text_.substr(0, at).find("<!ENTITY");
    if (declared != npos) throw XmlError{"a DTD that declares entities is refused", declared};
    throw XmlError{fmt::format("entity '&{};' is not defined", shown(name)), at};
  }

  static void check_character(std::string_view digits, std::size_t at) {
    const bool is_hex = digits.starts_with('x');
    const std::string_view written = digits;
    if (is_hex) digits.remove_prefix(1);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, is_hex ? 16 : 10);
    if (digits.empty() || end != digits.data() + digits.size()) {
      throw XmlError{"a character reference is not well-formed", at};
    }
    if (error != std::errc() || !text::is_xml_character(code)) {
      throw XmlError{fmt::format("'&#{};' refers to a character that XML does not allow", shown(written)), at};
    }
  }

  std::string_view text_;
  std::vector<std::size_t>& skipped_;
  std::size_t after_section_ = 0;  ///< everything before it was looked at
};

const char* cause_of(pugi::xml_parse_status status) {
  switch (status) {
    case pugi::status_bad_pi:
      return "a processing instruction or an XML declaration is not well-formed or not closed";
    case pugi::status_bad_comment:
      return "a comment is not closed";
    case pugi::status_bad_cdata:
      return "a CDATA section is not closed";
    case pugi::status_bad_doctype:
      return "the DOCTYPE is not well-formed";
    case pugi::status_bad_start_element:
      return "a start tag is not well-formed";
    case pugi::status_bad_attribute:
      return "an attribute is not well-formed; expected: a blank, a name, '=', a value in quotes";
    case pugi::status_bad_end_element:
      return "an end tag is not well-formed";
    default:
      return "'<' that begins no tag";
  }
}

/// Offset of the tag, comment, section or instruction in which pugixml noticed a mistake at `offset`. Its '<' may have
/// been overwritten by the end of the text before it.
std::size_t place_of(pugi::xml_parse_status status, std::string_view text, std::size_t offset) {
  const auto after_opening = [&](std::string_view mark) {
    const std::size_t at = text.rfind(mark, offset);
    return at == npos || at == 0 ? offset : at - 1;
  };
  switch (status) {
    case pugi::status_bad_pi:
      return after_opening("?");
    case pugi::status_bad_comment:
      return after_opening("!--");
    case pugi::status_bad_cdata:
      return after_opening("![CDATA[");
    case pugi::status_end_element_mismatch:
    case pugi::status_bad_end_element:
      return after_opening("/");
    case pugi::status_unrecognized_tag:
      return std::min(text.find_last_of(std::string_view("<\0", 2), offset), offset);
    default:
      return offset;
  }
}

XmlError error_of(const pugi::xml_parse_result& result, std::string_view text) {
  const auto offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0));
  const bool is_mismatch = result.status == pugi::status_end_element_mismatch;
  const bool is_tag = result.status == pugi::status_bad_start_element || result.status == pugi::status_bad_attribute ||
                      result.status == pugi::status_bad_end_element || result.status == pugi::status_unrecognized_tag;
  // At the end of the text pugixml names the character before it.
  if (offset + 1 >= text.size() && (is_mismatch || (is_tag && !text.ends_with('>')))) {
    return {"the document ends inside an element", text.size()};
  }
  const std::size_t place = place_of(result.status, text, offset);
  if (!is_mismatch) return {cause_of(result.status), place};
  const std::string_view name = text.substr(place + 2, text.find('>', place) - place - 2);
  return {fmt::format("</{}> does not match its start tag", shown(name)), place};
}

}  // namespace

ReadError place_error(const XmlError& error, const Text& text) {
  ReadError placed;
  placed.cause = error.cause;
  placed.limit = error.limit;
  placed.over_limit = !placed.limit.empty();
  set_place(placed, text.utf8, error.offset, text.mark_bytes);
  return placed;
}

XmlDocument::XmlDocument(Text& document, const ReadLimits& limits) : text_(document) {
  std::string& text = document.utf8;
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) throw XmlError{"the document is empty", text.size()};
  if (text[begin] != '<') throw XmlError{"text before the root element: this is not XML", begin};
  // Text after an end tag that nothing follows is ignored, whatever it holds.
  const std::size_t last = text.rfind('<');
  const bool ends_in_end_tag = text.compare(last, 2, "</") == 0;
  ReferenceCheck(std::string_view(text).substr(0, ends_in_end_tag ? last : text.size()), skipped_).run();
  constexpr unsigned options = pugi::parse_default | pugi::parse_comments | pugi::parse_pi | pugi::parse_doctype |
                               pugi::parse_declaration | pugi::parse_fragment;
  const TreeBudget budget(limits.tree_bytes_max);
  // With its terminating NUL, so that pugixml need not set the last character aside.
  const auto result = tree_.load_buffer_inplace(text.data(), text.size() + 1, options, pugi::encoding_utf8);
  if (result) return;
  if (result.status != pugi::status_out_of_memory) throw error_of(result, text);
  if (!TreeBudget::is_exceeded()) throw std::bad_alloc();
  throw XmlError{fmt::format("the document has so many elements and attributes that its tree would exceed {} bytes",
                             limits.tree_bytes_max),
                 0, "tree_bytes_max"};
}

}  // namespace perftrend::junit
