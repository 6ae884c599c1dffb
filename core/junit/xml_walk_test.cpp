#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/junit/xml_document.h"

namespace perftrend::junit {
namespace {

using ::testing::ElementsAre;

/// Every event of a document in a few letters.
std::vector<std::string> events_of(const std::string& bytes) {
  const ReadLimits limits;
  Text text = to_utf8(bytes, limits).value();
  const XmlDocument document(text, limits);
  XmlWalk walk(document, limits);
  std::vector<std::string> events;
  for (XmlEvent event = walk.next(); event != XmlEvent::done; event = walk.next()) {
    if (event == XmlEvent::text) {
      events.push_back("'" + std::string(walk.text()) + "'");
      continue;
    }
    if (event == XmlEvent::end) {
      events.push_back("</" + std::string(walk.ended_name()));
      continue;
    }
    events.push_back("<" + std::string(walk.name()));
    for (const XmlAttribute& attribute : walk.attributes())
      events.back().append(" ").append(attribute.name).append("=").append(attribute.value);
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

TEST(XmlWalk, SaysWhatADocumentHolds) {
  EXPECT_THAT(events_of("<?xml version='1.0'?><!-- c --><a>\n <b x='1' y=\"2\"/><?p q?><c>t</c >\n</a> "),
              ElementsAre("<a", "<b x=1 y=2", "</b", "<c", "'t'", "</c", "</a"));
  EXPECT_THAT(events_of("<a/>"), ElementsAre("<a", "</a"));
}

TEST(XmlWalk, SkipsBlankTextAndSplitsTextAtComments) {
  EXPECT_THAT(texts_of(" x <!-- --> \n <!-- --> y"), ElementsAre("' x '", "' y'"));
  EXPECT_THAT(texts_of("&#32;"), ElementsAre("' '"));
  EXPECT_THAT(texts_of("x<![CDATA[]]><![CDATA[ ]]>"), ElementsAre("'x'", "''", "' '"));
}

TEST(XmlWalk, TextReadsAsXmlSays) {
  EXPECT_THAT(texts_of("&lt;&gt;&amp;&quot;&apos;&amp;lt;"), ElementsAre("'<>&\"'&lt;'"));
  EXPECT_THAT(texts_of("&#65;&#x42;&#xe9;&#x20AC;&#x1F600;"), ElementsAre("'AB\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80'"));
  EXPECT_THAT(texts_of("\r\na\r\r\nb\r&#13;\n"), ElementsAre("'\na\n\nb\n\r\n'"));
  EXPECT_THAT(texts_of("<![CDATA[&lt;\r\n]]]]><![CDATA[>]]>"), ElementsAre("'&lt;\n]]'", "'>'"));
  EXPECT_THAT(texts_of("] ]] ]>"), ElementsAre("'] ]] ]>'"));
}

TEST(XmlWalk, ValuesReadAsXmlSays) {
  EXPECT_EQ(value_of("it's &lt;a&gt; &#x26;amp; more than eight bytes"), "it's <a> &amp; more than eight bytes");
  EXPECT_EQ(value_of("a\tb\nc\r\nd\re"), "a b c d e");
  EXPECT_EQ(value_of("&#9;&#10;&#13;"), "\t\n\r");
  EXPECT_EQ(value_of(""), "");
}

TEST(XmlWalk, TextsOfEveryLengthEndWhereTheyDo) {
  for (std::size_t length = 1; length < 40; ++length) {
    const std::string text(length, '#');
    EXPECT_THAT(texts_of(text), ElementsAre("'" + text + "'"));
    EXPECT_EQ(value_of(text), text);
    EXPECT_EQ(value_of(text + "\xC3\xA9&amp;" + text), text + "\xC3\xA9&" + text);
  }
}

/// "offset cause", or "accepted".
std::string refusal_of(const std::string& text) {
  try {
    events_of(text);
    return "accepted";
  } catch (const XmlError& error) {
    return std::to_string(error.offset) + " " + error.cause;
  }
}

TEST(XmlWalk, RefusesWithThePlace) {
  EXPECT_EQ(refusal_of("<a b='12345678901234567890"),
            "6 an attribute is not well-formed; expected: a blank, a name, '=', a value in quotes");
  EXPECT_EQ(refusal_of("<a>text"), "7 the document ends inside an element");
  EXPECT_EQ(refusal_of("<a>text</b></a>"), "7 </b> does not match its start tag");
  EXPECT_EQ(refusal_of("<a><![CDATA[ ]]"), "3 a CDATA section is not closed");
  EXPECT_EQ(refusal_of("<a>text<!-- "), "7 a comment is not closed");
  EXPECT_EQ(refusal_of("<a>text<1/></a>"), "7 '<' that begins no tag");
  EXPECT_EQ(refusal_of("<a/>text<b/>"), "4 text and markup after the root element");
  EXPECT_EQ(refusal_of("<!-- --> x <a/>"), "9 text before the root element: this is not XML");
  EXPECT_EQ(refusal_of("<!DOCTYPE a><!DOCTYPE a><a/>"), "22 a second DOCTYPE");
  EXPECT_EQ(refusal_of("<!DOCTYPE a SYSTEM b><a/>"), "10 the DOCTYPE is not well-formed");
  EXPECT_EQ(refusal_of("<a/><!DOCTYPE a>"), "14 markup after the root element");
}

TEST(XmlWalk, AcceptsWhatLosesNothing) {
  EXPECT_THAT(events_of("<a b='<'>]]></a>"), ElementsAre("<a b=<", "']]>'", "</a"));
  EXPECT_THAT(events_of("<a>&lt;</a>R & D"), ElementsAre("<a", "'<'", "</a"));
}

TEST(XmlWalk, ReferencesAreCheckedWhereTheyAreReferences) {
  for (const char* text : {"<a>&bad;</a>", "<a b='&bad;'/>", "<!-- & --><a>&bad;</a>", "<a><![CDATA[&]]>&bad;</a>",
                           "<?p &?><a>&bad;</a>", "<a><b/>&bad;</a><!-- -->"}) {
    EXPECT_THAT(refusal_of(text), testing::HasSubstr("entity '&bad;' is not defined")) << text;
  }
  for (const char* text : {"<!-- &bad; --><a/>", "<a><![CDATA[&bad;]]>&amp;</a>", "<?p &bad;?><a>&#65;</a>"})
    EXPECT_EQ(refusal_of(text), "accepted") << text;
}

TEST(XmlWalk, NoReferenceHidesAfterAnAttribute) {
  EXPECT_EQ(refusal_of("<a b='<!-- '>&#0;</a>"), "6 '<' in the value of an attribute");
  EXPECT_EQ(refusal_of("<a b='<!-- '>&#0;<!-- --></a>"), "6 '<' in the value of an attribute");
  EXPECT_EQ(refusal_of("<a b='<![CDATA['>&#0;<![CDATA[]]></a>"), "6 '<' in the value of an attribute");
  EXPECT_EQ(refusal_of("<a b='<? '>&#0;<?p ?></a>"), "6 '<' in the value of an attribute");
  EXPECT_EQ(refusal_of("<a b='&lt;!-- '>&#65;<!-- --></a>"), "accepted");
}

TEST(XmlWalk, DeepTreesNeedNoStack) {
  std::string deep;
  for (int i = 0; i < 500'000; ++i)
    deep += "<a>";
  for (int i = 0; i < 500'000; ++i)
    deep += "</a>";
  EXPECT_THAT(refusal_of(deep), testing::HasSubstr("nested deeper than 256"));
}

TEST(XmlDocument, ALimitHoldsForOneDocumentOnly) {
  ReadLimits limits;
  limits.tree_bytes_max = 1000;
  Text text;
  text.utf8 = "<a/>";
  EXPECT_THROW(XmlDocument(text, limits), XmlError);
  EXPECT_EQ(refusal_of("<a/>"), "accepted");
  pugi::xml_document other;
  for (int i = 0; i < 10'000; ++i)
    ASSERT_TRUE(other.append_child("a"));
}

}  // namespace
}  // namespace perftrend::junit
