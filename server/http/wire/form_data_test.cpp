#include "server/http/wire/form_data.h"

#include <gtest/gtest.h>

#include <string>

namespace perftrend::http {
namespace {

/// "name|file|type|bytes;" of each part, or "refused: " and the cause.
std::string split(const std::string& body, const std::string& boundary = "b", std::size_t parts_max = 10) {
  const auto parts = split_form(body, boundary, parts_max);
  if (!parts) return "refused: " + parts.error().cause;
  std::string all;
  for (const FormPart& part : *parts)
    all += part.name + '|' + part.file_name + '|' + part.content_type + '|' + std::string(part.bytes) + ';';
  return all;
}

const std::string head = "Content-Disposition: form-data; name=\"n\"\r\n\r\n";

TEST(FormData, PartsOfEveryShape) {
  struct Case {
    const char* what;
    std::string body, parts;
  };
  const std::vector<Case> cases = {
      {"one", "--b\r\n" + head + "x\r\n--b--\r\n", "n|||x;"},
      {"no line break after the end", "--b\r\n" + head + "x\r\n--b--", "n|||x;"},
      {"none", "--b--\r\n", ""},
      {"two", "--b\r\n" + head + "x\r\n--b\r\n" + head + "y\r\n--b--", "n|||x;n|||y;"},
      {"empty bytes", "--b\r\n" + head + "\r\n--b--", "n|||;"},
      {"no bytes at all", "--b\r\n" + head + "--b--", "n|||;"},
      {"a preamble, an epilogue and blanks", "hello\r\n--b \t\r\n" + head + "x\r\n--b--\r\nbye", "n|||x;"},
      {"line breaks of its own", "--b\r\n" + head + "\r\nx\r\n\r\n--b--", "n|||\r\nx\r\n;"},
      {"what only begins as the boundary", "--b\r\n" + head + "x\r\n--bc\r\n--b-\r\n--b--", "n|||x\r\n--bc\r\n--b-;"},
      {"a file, its type, any case",
       "--b\r\nCONTENT-TYPE: text/xml\r\ncontent-disposition:form-data;filename=\"a;b.xml\" ; "
       "Name=junit\r\n\r\nx\r\n--b--",
       "junit|a;b.xml|text/xml|x;"},
      {"escapes", "--b\r\nContent-Disposition: form-data; name=\"a\\\"b\"; filename=\"c:\\d\\\\e\"\r\n\r\nx\r\n--b--",
       "a\"b|c:\\d\\e||x;"},
      {"a part that says nothing of itself", "--b\r\n\r\nx\r\n--b--", "|||x;"},
  };
  for (const Case& one : cases)
    EXPECT_EQ(split(one.body), one.parts) << one.what;
}

TEST(FormData, ACutAnywhereIsRefused) {
  const std::string whole = "--b\r\n" + head + "x\r\n--b\r\n" + head + "y\r\n--b--";
  ASSERT_EQ(split(whole), "n|||x;n|||y;");
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
    EXPECT_TRUE(split(whole.substr(0, bytes)).starts_with("refused: ")) << bytes;
}

TEST(FormData, RefusesOtherBodies) {
  EXPECT_EQ(split("<testsuite/>"), "refused: the form does not contain the boundary that its Content-Type states");
  EXPECT_EQ(split("--b--", ""), "refused: the Content-Type of the form has no valid boundary");
  EXPECT_EQ(split("--b--", std::string(71, 'b')), "refused: the Content-Type of the form has no valid boundary");
  const std::string two = "--b\r\n" + head + "x\r\n--b\r\n" + head + "y\r\n--b--";
  EXPECT_EQ(split(two, "b", 2), "n|||x;n|||y;");
  EXPECT_TRUE(split_form(two, "b", 1).error().too_many_parts);
}

TEST(FormData, Boundaries) {
  EXPECT_EQ(form_boundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(form_boundary("Multipart/Form-Data;charset=utf-8; Boundary=\"a b\""), "a b");
  EXPECT_EQ(form_boundary("multipart/form-data"), "");
  EXPECT_EQ(form_boundary("multipart/form-data;;boundary"), "");
  EXPECT_EQ(form_boundary("application/xml; boundary=x"), std::nullopt);
  EXPECT_EQ(form_boundary(""), std::nullopt);
}

}  // namespace
}  // namespace perftrend::http
