#include "server/ingest/gathered_text.h"

#include "server/ingest/numbers.h"

namespace perftrend::ingest {

namespace {

void append_start_tag(const pugi::xml_node& element, std::string& out) {
  out += '<';
  out += element.name();
  for (auto attribute = element.first_attribute(); attribute; attribute = attribute.next_attribute()) {
    out += ' ';
    out += attribute.name();
    out += "=\"";
    out += attribute.value();
    out += '"';
  }
  out += '>';
}

void append_end_tag(const pugi::xml_node& element, std::string& out) {
  out += "</";
  out += element.name();
  out += '>';
}

}  // namespace

void append_text_below(const pugi::xml_node& node, std::string& out) {
  if (!out.empty() && out.back() != '\n') out += '\n';
  pugi::xml_node at = node.first_child();
  while (at) {
    if (at.type() == pugi::node_pcdata || at.type() == pugi::node_cdata) out += at.value();
    if (at.type() == pugi::node_element) {
      append_start_tag(at, out);
      if (at.first_child()) {
        at = at.first_child();
        continue;
      }
      append_end_tag(at, out);
    }
    while (!at.next_sibling() && at.parent() != node) {
      at = at.parent();
      append_end_tag(at, out);
    }
    at = at.next_sibling();
  }
}

void GatheredText::add(const pugi::xml_node& node) {
  if (empty() && !is_joined_) {
    const pugi::xml_node first = node.first_child();
    const bool is_text = first.type() == pugi::node_pcdata || first.type() == pugi::node_cdata;
    if (!first || (is_text && !first.next_sibling())) {
      piece_ = first.value();
      return;
    }
  }
  join();
  append_text_below(node, joined_);
}

void GatheredText::add(const GatheredText& other) {
  if (empty() && !other.is_joined_) {
    *this = other;
    return;
  }
  join();
  if (!joined_.empty() && joined_.back() != '\n') joined_ += '\n';
  joined_ += other.view();
}

LentText GatheredText::trimmed() const {
  return is_joined_ ? LentText(trim(joined_)) : LentText::lend(trim(piece_));
}

void GatheredText::join() {
  if (!is_joined_) joined_ = piece_;
  is_joined_ = true;
}

}  // namespace perftrend::ingest
