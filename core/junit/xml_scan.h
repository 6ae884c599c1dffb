#pragma once
// Reads a document once, strictly, and says what it holds as it goes: what XML 1.0 forbids is refused, and so is what
// exceeds a limit. No tree is made; texts are views of the document, their references not yet expanded (xml_text.h).

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/junit/limits.h"

namespace perftrend::junit {

struct Scanned {
  std::string_view root;           ///< local name of the root element
  std::size_t root_offset = 0;     ///< of its '<'
  std::size_t document_bytes = 0;  ///< up to and with the end of the root
  std::size_t elements = 0;
  std::size_t cases = 0;  ///< elements named testcase, wherever they stand
  bool has_trailing_text = false;
};

struct ScanError {
  std::string cause;
  std::size_t offset = 0;
  std::string limit;  ///< name of the field of ReadLimits that was exceeded, or ""
};

/// Text as it is written.
struct RawText {
  std::string_view view;
  bool is_plain = true;     ///< reads as it is written: no reference, no white space that XML reads as another
  bool is_section = false;  ///< from a CDATA section, in which there are no references
};

struct RawAttribute {
  std::string_view name;
  RawText value;
};

enum class XmlEvent {
  start,  ///< of an element: name(), attributes(), offset()
  end,    ///< of an element: name(). <a/> starts and ends
  text,   ///< text(); white space alone between markup is none. A comment parts two texts
  done,   ///< the document is whole; nothing follows
};

/// One document, from its start to its end.
class XmlScanner {
 public:
  /// `text` is UTF-8 without NUL and control characters (see to_utf8), and borrowed; what an event has shown may be
  /// overwritten, names of elements that are open excepted.
  XmlScanner(const std::string& text, const ReadLimits& limits) : text_(text), data_(text.c_str()), limits_(limits) {}

  /// What comes next. Throws ScanError for what is refused; there is nothing to be read then.
  XmlEvent next();

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] const std::vector<RawAttribute>& attributes() const { return attributes_; }
  [[nodiscard]] const RawText& text() const { return raw_; }
  /// Of the '<' of the element that started last.
  [[nodiscard]] std::size_t offset() const { return start_offset_; }
  /// Bytes read.
  [[nodiscard]] std::size_t position() const { return at_; }
  /// Whole once everything was read; what is known of the root is known from its start on.
  [[nodiscard]] const Scanned& scanned() const { return scanned_; }

 private:
  // Those below that are inline are defined where all their callers are; each of them is called for every tag.
  [[nodiscard]] bool starts_with(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  [[noreturn]] void fail_at_end(const char* inside) const;
  [[nodiscard]] [[gnu::always_inline]] inline char here(const char* inside) const;
  [[gnu::always_inline]] inline bool skip_blanks();
  [[gnu::always_inline]] inline std::string_view read_name(const char* inside);
  std::string_view read_quoted(const char* inside);
  void read_declaration();
  void read_prolog();
  void read_epilog();
  void read_comment();
  void read_instruction();
  void read_doctype();
  inline std::optional<XmlEvent> read_markup();
  void read_cdata();
  [[gnu::always_inline]] inline void read_start_tag();
  inline void read_end_tag();
  [[gnu::always_inline]] inline bool read_attributes(std::string_view element);
  [[gnu::always_inline]] inline void read_attribute();
  [[gnu::always_inline]] inline void read_value(RawAttribute& attribute);
  void check_many_attributes() const;
  inline bool read_text();
  void read_reference();
  void read_char_reference(std::size_t begin);
  [[gnu::always_inline]] inline void spend(std::size_t bytes);

  std::string_view text_;
  const char* data_;  ///< of the text, which ends in NUL and holds none: loops need not ask for the end
  const ReadLimits& limits_;
  std::size_t at_ = 0;
  std::size_t tree_bytes_ = 0;
  std::vector<std::string_view> open_;
  std::vector<RawAttribute> attributes_;
  std::string_view name_;
  RawText raw_;
  std::size_t start_offset_ = 0;
  bool has_begun_ = false;
  bool ends_at_once_ = false;  ///< the element that started last: <a/>
  Scanned scanned_;
};

/// Reads all of a document. Views in the result point into it.
tl::expected<Scanned, ScanError> scan_xml(const std::string& text, const ReadLimits& limits);

/// Without a namespace prefix: "testsuite" of "ns:testsuite".
std::string_view local_name(std::string_view name);

}  // namespace perftrend::junit
