#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "core/junit/vocabulary.h"
#include "core/junit/xml_document.h"
#include "core/text/trim.h"
#include "core/text/utf8.h"

namespace perftrend::junit {
namespace {

constexpr std::string_view blanks = " \t\r\n";

/// With more attributes than this, duplicates are found by sorting.
constexpr std::size_t pairwise_max = 12;

/// Shown in a cause: short enough to read.
std::string_view shown(std::string_view name) {
  return text::beginning(name, 40);
}

struct CodeRange {
  std::uint32_t first, last;
};

/// Characters of a name beyond ASCII: XML 1.0, productions 4 and 4a.
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
bool is_within(std::uint32_t code, const std::array<CodeRange, N>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](CodeRange r) { return code >= r.first && code <= r.last; });
}

/// Whether the characters beyond ASCII of a name are allowed in it. pugixml checks the others.
bool is_name(std::string_view name) {
  bool is_first = true;
  while (!name.empty()) {
    const text::Utf8Character next = text::decode_utf8(name);
    const bool is_allowed =
        next.code < 0x80 || is_within(next.code, start_ranges) || (!is_first && is_within(next.code, part_ranges));
    if (!is_allowed) return false;
    is_first = false;
    name.remove_prefix(next.bytes);
  }
  return true;
}

bool is_declaration_value(std::string_view name, std::string_view value) {
  if (name == "standalone") return value == "yes" || value == "no";
  if (name == "version") {
    return value.starts_with("1.") && value.size() > 2 &&
           value.find_first_not_of("0123456789", 2) == std::string_view::npos;
  }
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !value.empty() && value.find_first_not_of(allowed) == std::string_view::npos;
}

/// Without the blanks at the front.
std::string_view without_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

/// Takes a quoted text off the front of `rest`, with the blanks before it.
bool skip_quoted(std::string_view& rest) {
  const std::size_t open = rest.find_first_not_of(blanks);
  if (open == 0 || open == std::string_view::npos || (rest[open] != '"' && rest[open] != '\'')) return false;
  const std::size_t close = rest.find(rest[open], open + 1);
  if (close == std::string_view::npos) return false;
  rest.remove_prefix(close + 1);
  return true;
}

/// A DOCTYPE that declares nothing: a name, and perhaps where the DTD is, which is never opened.
bool is_harmless_doctype(std::string_view value) {
  std::string_view rest = value.substr(std::min(value.find_first_of(" \t\r\n\"'"), value.size()));
  if (rest.size() == value.size()) return false;
  const std::size_t word = std::min(rest.find_first_not_of(blanks), rest.size());
  const bool is_public = rest.substr(word).starts_with("PUBLIC");
  if (is_public || rest.substr(word).starts_with("SYSTEM")) {
    rest.remove_prefix(word + 6);
    if (!skip_quoted(rest) || (is_public && !skip_quoted(rest))) return false;
  }
  return rest.find_first_not_of(blanks) == std::string_view::npos;
}

/// Declarations in the document are refused: entities can be bombs, and default attributes would state what the
/// document does not.
void check_doctype(const XmlDocument& document, pugi::xml_node doctype) {
  const std::string_view value = doctype.value();
  const std::size_t offset = document.offset_of(value.data());
  if (const std::size_t entity = value.find("<!ENTITY"); entity != std::string_view::npos) {
    throw XmlError{"a DTD that declares entities is refused", offset + entity};
  }
  if (const std::size_t subset = value.find('['); subset != std::string_view::npos) {
    throw XmlError{"a DTD inside the document is refused", offset + subset};
  }
  const bool has_blank = blanks.find(document.text()[offset - 1]) != std::string_view::npos;
  if (!has_blank || !is_harmless_doctype(value)) throw XmlError{"the DOCTYPE is not well-formed", offset};
}

/// pugixml ends a comment at "-->" only.
void check_comment(const XmlDocument& document, pugi::xml_node comment) {
  const std::string_view value = comment.value();
  const std::size_t dashes = value.find("--");
  if (dashes == std::string_view::npos && !value.ends_with('-')) return;
  throw XmlError{"'--' inside a comment", document.offset_of(value.data()) + std::min(dashes, value.size() - 1)};
}

}  // namespace

XmlWalk::XmlWalk(const XmlDocument& document, const ReadLimits& limits)
    : document_(document), limits_(limits), node_(document.tree()) {}

XmlEvent XmlWalk::next() {
  if (!has_begun_) {
    has_begun_ = true;
    check_prolog();
    return start(document_.tree().document_element());
  }
  if (depth_ == 0) {
    check_epilog();
    return XmlEvent::done;
  }
  // pugixml's accessors are calls into a library, so each is called once for a node.
  const bool is_inside = last_ == XmlEvent::start;
  for (pugi::xml_node next = is_inside ? node_.first_child() : node_.next_sibling();; next = next.next_sibling()) {
    const pugi::xml_node_type type = next.type();
    if (type == pugi::node_element) return start(next);
    if (type == pugi::node_null) break;
    if (type != pugi::node_pcdata) check_skipped(next);
    if (type != pugi::node_pcdata && type != pugi::node_cdata) continue;
    node_ = next;
    return last_ = XmlEvent::text;
  }
  if (!is_inside) node_ = node_.parent();
  --depth_;
  return last_ = XmlEvent::end;
}

/// What comes before the root: a declaration, comments, instructions, one DOCTYPE.
void XmlWalk::check_prolog() {
  bool has_doctype = false;
  for (const pugi::xml_node node : document_.tree().children()) {
    switch (node.type()) {
      case pugi::node_element:
        return;
      case pugi::node_pcdata:
      case pugi::node_cdata:
        throw XmlError{"text before the root element: this is not XML", offset_of(without_blanks(node.value()))};
      case pugi::node_declaration:
        check_declaration(node);
        break;
      case pugi::node_doctype:
        if (has_doctype) throw XmlError{"a second DOCTYPE", document_.offset_of(node.value())};
        has_doctype = true;
        check_doctype(document_, node);
        break;
      default:
        break;
    }
    check_skipped(node);
  }
  throw XmlError{"no root element", document_.text().size()};
}

/// <?xml version="1.x" encoding="…" standalone="yes|no"?>, in this order; the version is required.
void XmlWalk::check_declaration(pugi::xml_node declaration) const {
  const std::size_t offset = document_.offset_of(declaration.name()) - 2;
  if (declaration != document_.tree().first_child()) {
    throw XmlError{"an XML declaration that is not at the start of the document", offset};
  }
  constexpr std::array<std::string_view, 3> order = {"version", "encoding", "standalone"};
  std::size_t next = 0;
  for (const pugi::xml_attribute attribute : declaration.attributes()) {
    const std::string_view name = attribute.name();
    const auto* const found = std::find(order.begin() + next, order.end(), name);
    const bool is_version = found == order.begin();
    if (found == order.end() || is_version != (next == 0) || !is_declaration_value(name, attribute.value())) {
      throw XmlError{"the XML declaration is not well-formed", offset_of(name)};
    }
    next = static_cast<std::size_t>(found - order.begin()) + 1;
  }
  if (next == 0 || std::string_view(declaration.name()) != "xml") {
    throw XmlError{"the XML declaration is not well-formed", offset};
  }
}

/// What comes after the root: comments and instructions, or text without markup, which is ignored.
void XmlWalk::check_epilog() {
  for (pugi::xml_node node = node_.next_sibling(); node; node = node.next_sibling()) {
    if (node.type() == pugi::node_comment || node.type() == pugi::node_pi) {
      check_skipped(node);
    } else if (node.type() == pugi::node_pcdata && !node.next_sibling()) {
      has_trailing_text_ = true;
    } else if (node.type() == pugi::node_element) {
      throw XmlError{"a second root element: upload documents one by one", document_.offset_of(node.name()) - 1};
    } else if (node.type() == pugi::node_pcdata) {
      throw XmlError{"text and markup after the root element", offset_of(without_blanks(node.value()))};
    } else {
      const char* const at = node.type() == pugi::node_declaration ? node.name() : node.value();
      throw XmlError{"markup after the root element", document_.offset_of(at)};
    }
  }
  // One that is not in the tree is inside the value of an attribute.
  if (skipped_seen_ < document_.skipped().size()) {
    throw XmlError{"'<' in the value of an attribute", document_.skipped()[skipped_seen_]};
  }
}

/// Checks a comment, and that the check of references skipped the same sections as the tree has.
void XmlWalk::check_skipped(pugi::xml_node node) {
  if (node.type() == pugi::node_comment) check_comment(document_, node);
  if (node.type() == pugi::node_pi) check_name(node.name());
  if (skipped_seen_ == document_.skipped().size()) return;
  const std::size_t expected = document_.skipped()[skipped_seen_++];
  const bool has_name = node.type() == pugi::node_pi || node.type() == pugi::node_declaration;
  const std::size_t begin = document_.offset_of(has_name ? node.name() : node.value());
  constexpr std::size_t comment_bytes = 4;
  constexpr std::size_t section_bytes = 9;
  const bool is_same = node.type() == pugi::node_comment   ? expected + comment_bytes == begin
                       : node.type() == pugi::node_cdata   ? expected + section_bytes == begin
                       : node.type() == pugi::node_doctype ? expected < begin
                                                           : expected + 2 == begin;
  if (!is_same) throw XmlError{"'<' in the value of an attribute", expected};
}

void XmlWalk::check_name(std::string_view name) const {
  if (name.size() > limits_.name_bytes_max) {
    throw XmlError{fmt::format("a name is longer than {} bytes", limits_.name_bytes_max), offset_of(name),
                   "name_bytes_max"};
  }
  if (!document_.is_ascii() && !is_name(name))
    throw XmlError{fmt::format("'{}' is not a name", shown(name)), offset_of(name)};
}

XmlEvent XmlWalk::start(pugi::xml_node element) {
  node_ = element;
  name_ = element.name();
  offset_ = offset_of(name_) - 1;
  if (++depth_ > limits_.depth_max) {
    throw XmlError{fmt::format("elements are nested deeper than {}", limits_.depth_max), offset_, "depth_max"};
  }
  check_name(name_);
  if (name_.ends_with(element::testcase) && local_name(name_) == element::testcase && ++cases_ > limits_.cases_max) {
    throw XmlError{fmt::format("more than {} test cases", limits_.cases_max), offset_, "cases_max"};
  }
  read_attributes(element);
  return last_ = XmlEvent::start;
}

void XmlWalk::read_attributes(pugi::xml_node element) {
  attributes_.clear();
  for (pugi::xml_attribute attribute = element.first_attribute();; attribute = attribute.next_attribute()) {
    const std::string_view name = attribute.name();
    if (name.empty()) break;  // no attribute is left
    const std::string_view value = attribute.value();
    check_name(name);
    if (attributes_.size() >= limits_.attributes_max) {
      throw XmlError{fmt::format("an element has more than {} attributes", limits_.attributes_max), offset_of(name),
                     "attributes_max"};
    }
    if (value.size() > limits_.attribute_bytes_max) {
      throw XmlError{fmt::format("the value of '{}' is longer than {} bytes", shown(name), limits_.attribute_bytes_max),
                     offset_of(value), "attribute_bytes_max"};
    }
    const auto is_same = [&](const XmlAttribute& other) { return other.name == name; };
    if (attributes_.size() < pairwise_max && std::any_of(attributes_.begin(), attributes_.end(), is_same)) {
      throw XmlError{fmt::format("attribute '{}' is given twice", shown(name)), offset_of(name)};
    }
    attributes_.push_back({name, value});
  }
  if (attributes_.size() > pairwise_max) check_duplicates();
}

void XmlWalk::check_duplicates() const {
  std::vector<std::string_view> names;
  names.reserve(attributes_.size());
  for (const XmlAttribute& attribute : attributes_)
    names.push_back(attribute.name);
  std::sort(names.begin(), names.end(), [](std::string_view a, std::string_view b) {
    const int c = a.compare(b);
    return c != 0 ? c < 0 : a.data() < b.data();
  });
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return;
  throw XmlError{fmt::format("attribute '{}' is given twice", shown(*twice)), offset_of(*std::next(twice))};
}

std::string_view local_name(std::string_view name) {
  return name.substr(name.rfind(':') + 1);
}

}  // namespace perftrend::junit
