#include "core/junit/collected_text.h"

#include "core/text/numbers.h"

namespace perftrend::junit {

void CollectedText::start_element() {
  if (empty()) return;
  join();
  if (joined_.back() != '\n') joined_ += '\n';
}

void CollectedText::add(std::string_view piece) {
  if (piece.empty()) return;
  if (!is_joined_ && piece_.empty()) {
    piece_ = piece;
    return;
  }
  join();
  joined_ += piece;
}

void CollectedText::add_start_tag(std::string_view name, const std::vector<XmlAttribute>& attributes) {
  join();
  joined_.append("<").append(name);
  for (const XmlAttribute& attribute : attributes)
    joined_.append(" ").append(attribute.name).append("=\"").append(attribute.value).append("\"");
  joined_ += '>';
}

void CollectedText::add_end_tag(std::string_view name) {
  join();
  joined_.append("</").append(name).append(">");
}

void CollectedText::add(const CollectedText& other) {
  start_element();
  if (other.is_joined_) join();
  add(other.view());
}

text::BorrowedText CollectedText::trimmed() const {
  return is_joined_ ? text::BorrowedText(text::trim(joined_)) : text::BorrowedText::borrow(text::trim(piece_));
}

void CollectedText::join() {
  if (!is_joined_) joined_ = piece_;
  is_joined_ = true;
}

}  // namespace perftrend::junit
