#include "core/junit/xml_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/junit/xml_text.h"

namespace perftrend::junit {
namespace {

using ::testing::ElementsAre;

/// Every event of a document in a few letters, its texts expanded.
std::vector<std::string> events_of(std::string text) {
  const auto bytes_of = [&](std::string_view part) {
    return std::span(text.data() + (part.data() - text.data()), part.size());
  };
  const ReadLimits limits;
  XmlScanner scanner(text, limits);
  std::vector<std::string> events;
  for (XmlEvent event = scanner.next(); event != XmlEvent::done; event = scanner.next()) {
    if (event == XmlEvent::text) {
      events.push_back("'" + std::string(expand_text(scanner.text(), bytes_of(scanner.text().view))) + "'");
      continue;
    }
    events.push_back((event == XmlEvent::start ? "<" : "</") + std::string(scanner.name()));
    if (event == XmlEvent::end) continue;
    for (const RawAttribute& attribute : scanner.attributes()) {
      const std::string_view value = expand_attribute(attribute.value, bytes_of(attribute.value.view));
      events.back().append(" ").append(attribute.name).append("=").append(value);
    }
  }
  return events;
}

std::vector<std::string> texts_of(const std::string& inner) {
  std::vector<std::string> events = events_of("<a>" + inner + "</a>");
  return {events.begin() + 1, events.end() - 1};
}

std::string value_of(const std::string& raw) {
  return events_of("<a b=\"" + raw + "\"/>").front().substr(5);
}

TEST(XmlScanner, SaysWhatADocumentHolds) {
  EXPECT_THAT(events_of("<?xml version='1.0'?><!-- c --><a>\n <b x='1' y=\"2\"/><?p q?><c>t</c >\n</a> "),
              ElementsAre("<a", "<b x=1 y=2", "</b", "<c", "'t'", "</c", "</a"));
  EXPECT_THAT(events_of("<a/>"), ElementsAre("<a", "</a"));
}

TEST(XmlScanner, WhiteSpaceAloneIsNoTextAndACommentPartsTwo) {
  EXPECT_THAT(texts_of(" x <!-- --> \n <!-- --> y"), ElementsAre("' x '", "' y'"));
  EXPECT_THAT(texts_of("&#32;"), ElementsAre("' '"));
  EXPECT_THAT(texts_of("x<![CDATA[]]><![CDATA[ ]]>"), ElementsAre("'x'", "''", "' '"));
}

TEST(XmlScanner, TextReadsAsXmlSays) {
  EXPECT_THAT(texts_of("&lt;&gt;&amp;&quot;&apos;&amp;lt;"), ElementsAre("'<>&\"'&lt;'"));
  EXPECT_THAT(texts_of("&#65;&#x42;&#xe9;&#x20AC;&#x1F600;"), ElementsAre("'AB\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80'"));
  EXPECT_THAT(texts_of("\r\na\r\r\nb\r&#13;\n"), ElementsAre("'\na\n\nb\n\r\n'"));
  EXPECT_THAT(texts_of("<![CDATA[&lt;\r\n]]]]><![CDATA[>]]>"), ElementsAre("'&lt;\n]]'", "'>'"));
  EXPECT_THAT(texts_of("] ]] ]>"), ElementsAre("'] ]] ]>'"));
}

TEST(XmlScanner, ValuesReadAsXmlSays) {
  EXPECT_EQ(value_of("it's &lt;a&gt; &#x26;amp; more than eight bytes"), "it's <a> &amp; more than eight bytes");
  EXPECT_EQ(value_of("a\tb\nc\r\nd\re"), "a b c d e");
  EXPECT_EQ(value_of("&#9;&#10;&#13;"), "\t\n\r");
  EXPECT_EQ(value_of(""), "");
}

TEST(XmlScanner, TextsOfEveryLengthEndWhereTheyDo) {
  for (std::size_t length = 1; length < 40; ++length) {
    const std::string text(length, '#');
    EXPECT_THAT(texts_of(text), ElementsAre("'" + text + "'"));
    EXPECT_EQ(value_of(text), text);
    EXPECT_EQ(value_of(text + "\xC3\xA9&amp;" + text), text + "\xC3\xA9&" + text);
  }
}

TEST(XmlScanner, RefusesWithThePlace) {
  const auto refused = [](const std::string& text) {
    const auto scanned = scan_xml(text, {});
    return scanned ? "taken" : std::to_string(scanned.error().offset) + " " + scanned.error().cause;
  };
  EXPECT_EQ(refused("<a b='<'/>"), "6 '<' in the value of 'b'");
  EXPECT_EQ(refused("<a b='12345678901234567890"), "26 the document ends inside the value of an attribute");
  EXPECT_EQ(refused("<a>12345678901234567890]]></a>"), "23 ']]>' outside of CDATA");
  EXPECT_EQ(refused("<a>text"), "7 the document ends inside <a>");
  EXPECT_EQ(refused("<a><![CDATA[ ]]"), "3 a CDATA section is not closed");
}

}  // namespace
}  // namespace perftrend::junit
