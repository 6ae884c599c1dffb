#pragma once
// An XML document parsed by pugixml, and a walk over its tree that refuses what pugixml accepts but XML 1.0 forbids, or
// what exceeds a limit. JUnit and CTest's Test.xml are read through it.

#include <pugixml.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/junit/junit_reader.h"
#include "core/junit/limits.h"
#include "core/junit/text.h"

namespace perftrend::junit {

/// Thrown by XmlDocument and XmlWalk.
struct XmlError {
  std::string cause;
  std::size_t offset = 0;  ///< in the text as it was before parsing
  const char* limit = "";  ///< name of the field of ReadLimits that was exceeded
};

/// The refusal that `error` means, its place looked up in `text` as it was before parsing.
ReadError place_error(const XmlError& error, const Text& text);

/// The tree of one document. Its names and values lie in the text that was parsed and stay there after the tree is
/// destroyed. Memory: at most limits.tree_bytes_max. Parsing and destruction do not recurse. One thread at a time.
class XmlDocument {
 public:
  /// Parses in place: `text` comes from to_utf8, is changed, and must outlive this object.
  /// Throws XmlError, std::bad_alloc.
  XmlDocument(Text& text, const ReadLimits& limits);

  [[nodiscard]] const pugi::xml_document& tree() const { return tree_; }

  /// Offset in the text of a name or value of the tree.
  [[nodiscard]] std::size_t offset_of(const char* inside) const {
    return static_cast<std::size_t>(inside - text_.utf8.data());
  }
  [[nodiscard]] std::string_view text() const { return text_.utf8; }
  [[nodiscard]] bool is_ascii() const { return text_.is_ascii; }

  /// Offsets of the comments, sections and instructions that the check of references skipped. XmlWalk compares them
  /// with those of the tree, so that no reference escapes the check.
  [[nodiscard]] const std::vector<std::size_t>& skipped() const { return skipped_; }

 private:
  Text& text_;
  pugi::xml_document tree_;
  std::vector<std::size_t> skipped_;
};

enum class XmlEvent {
  start,  ///< of an element: name(), attributes(), offset()
  end,    ///< of an element: ended_name(). <a/> starts and ends
  text,   ///< text(). White space alone between tags is not reported; a comment separates two texts
  done,   ///< the document is complete
};

struct XmlAttribute {
  std::string_view name;
  std::string_view value;
};

/// Visits a tree in document order, without recursion, and checks every node: one root, no text before it, duplicate
/// attributes, names, and the limits of depth, cases, attributes, names and values.
class XmlWalk {
 public:
  XmlWalk(const XmlDocument& document, const ReadLimits& limits);

  /// The next event. Throws XmlError. Views stay valid as long as the document's text.
  XmlEvent next();

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view ended_name() const { return node_.name(); }
  [[nodiscard]] const std::vector<XmlAttribute>& attributes() const { return attributes_; }
  [[nodiscard]] std::string_view text() const { return node_.value(); }

  /// Of the '<' of the last element that started.
  [[nodiscard]] std::size_t offset() const { return offset_; }

  /// Text after the root element, which is ignored.
  [[nodiscard]] bool has_trailing_text() const { return has_trailing_text_; }

 private:
  void check_prolog();
  void check_declaration(pugi::xml_node declaration) const;
  void check_epilog();
  void check_skipped(pugi::xml_node node);
  void check_name(std::string_view name) const;
  XmlEvent start(pugi::xml_node element);
  void read_attributes(pugi::xml_node element);
  void check_duplicates() const;
  [[nodiscard]] std::size_t offset_of(std::string_view inside) const { return document_.offset_of(inside.data()); }

  const XmlDocument& document_;
  const ReadLimits& limits_;
  pugi::xml_node node_;  ///< the node of the last event
  XmlEvent last_ = XmlEvent::start;
  bool has_begun_ = false;
  std::size_t depth_ = 0;
  std::size_t cases_ = 0;
  std::size_t skipped_seen_ = 0;
  std::string_view name_;
  std::vector<XmlAttribute> attributes_;
  std::size_t offset_ = 0;
  bool has_trailing_text_ = false;
};

/// Without a namespace prefix: "testsuite" of "ns:testsuite".
std::string_view local_name(std::string_view name);

}  // namespace perftrend::junit
