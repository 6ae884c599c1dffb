#pragma once
// JSON writer: builds the one JSON document of an answer, member by member, without a document tree in between. It is
// used for all answers, from a status of one line to trends of 100,000 points.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace perftrend::http {

/// Members appear in the order in which they are written. The writer places commas, escapes text, replaces invalid
/// UTF-8, and writes numbers that JSON cannot express (NaN, infinity) as null. The caller begins and ends objects and
/// arrays through object() and array(), so that they are always closed. Used by one thread.
class JsonWriter {
 public:
  /// Writes an object; `members()` writes what is in it.
  template <std::invocable Members>
  void object(const Members& members) {
    open('{');
    members();
    close('}');
  }
  template <std::invocable Members>
  void object(std::string_view name, const Members& members) {
    key(name);
    object(members);
  }

  /// Writes an array with one element for each element of `range`: `write_element(element)` writes it.
  template <typename Range, typename WriteElement>
  void array(std::string_view name, const Range& range, const WriteElement& write_element) {
    key(name);
    open('[');
    for (const auto& element : range)
      write_element(element);
    close(']');
  }
  /// The same for elements that value() writes.
  template <typename Range>
  void array(std::string_view name, const Range& range) {
    array(name, range, [this](const auto& element) { this->value(element); });
  }

  template <typename Value>
  void member(std::string_view name, const Value& of) {
    key(name);
    value(of);
  }
  /// A time as RFC 3339 text; null where it is absent.
  void time(std::string_view name, std::optional<std::int64_t> us);

  /// Text, a number, true or false, null (nullptr or an empty optional), a range of such values, or an object of any
  /// type that has a function write_members(JsonWriter&, const Value&).
  template <typename Value>
  void value(const Value& of) {
    if constexpr (std::same_as<Value, bool>) {
      literal(of ? "true" : "false");
    } else if constexpr (std::same_as<Value, std::nullptr_t> || std::same_as<Value, std::nullopt_t>) {
      literal("null");
    } else if constexpr (std::floating_point<Value>) {
      real(of);
    } else if constexpr (std::integral<Value>) {
      integer(static_cast<std::int64_t>(of));
    } else if constexpr (std::convertible_to<const Value&, std::string_view>) {
      text(of);
    } else if constexpr (requires { of.has_value(); }) {
      if (of) {
        value(*of);
      } else {
        literal("null");
      }
    } else if constexpr (requires { of.begin(); }) {
      open('[');
      for (const auto& element : of)
        value(element);
      close(']');
    } else {
      object([&] { write_members(*this, of); });
    }
  }

  /// A value that is JSON already. The caller vouches for it.
  void json(std::string_view text);
  void json_member(std::string_view name, std::string_view text) {
    key(name);
    json(text);
  }

  /// Reserves memory for so many more bytes.
  void reserve(std::size_t bytes) { text_.reserve(text_.size() + bytes); }
  /// The document, with a line feed at its end. The writer is empty afterwards.
  std::string finish();
  /// The same without the line feed, for a value that becomes part of another document through json().
  std::string finish_value();

 private:
  void key(std::string_view name);
  void open(char bracket);
  void close(char bracket);
  void literal(std::string_view word);
  void real(double number);
  void integer(std::int64_t number);
  void text(std::string_view of);
  void separate();

  std::string text_;
};

}  // namespace perftrend::http
