#include "runner/system/write_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <system_error>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

std::size_t files_in(const std::filesystem::path& directory) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

TEST(WriteFile, WritesAndReplacesWhole) {
  const FakeRoot root;
  const auto file = root.path() / "report.xml";
  write_file_atomically(file, std::string(100'000, 'x'));
  EXPECT_EQ(root.read("report.xml"), std::string(100'000, 'x'));
  write_file_atomically(file, "short");
  EXPECT_EQ(root.read("report.xml"), "short");
  EXPECT_EQ(files_in(root.path()), 1U) << "a temporary file was left";
}

TEST(WriteFile, AReaderWithTheOldFileOpenKeepsTheOldFile) {
  const FakeRoot root;
  const auto file = root.path() / "report.xml";
  write_file_atomically(file, "old");
  std::ifstream reader(file);
  write_file_atomically(file, "new");
  std::string seen;
  reader >> seen;
  EXPECT_EQ(seen, "old") << "the file was written in place, not renamed over";
}

TEST(WriteFile, ALinkStaysAndItsTargetIsReplaced) {
  const FakeRoot root;
  root.write("there/real.xml", "old");
  std::filesystem::create_symlink("there/real.xml", root.path() / "link.xml");
  std::filesystem::create_symlink("there/to_come.xml", root.path() / "dangling.xml");
  write_file_atomically(root.path() / "link.xml", "new");
  write_file_atomically(root.path() / "dangling.xml", "first");
  EXPECT_TRUE(std::filesystem::is_symlink(root.path() / "link.xml"));
  EXPECT_TRUE(std::filesystem::is_symlink(root.path() / "dangling.xml"));
  EXPECT_EQ(root.read("there/real.xml"), "new");
  EXPECT_EQ(root.read("there/to_come.xml"), "first");
}

TEST(WriteFile, AStreamIsWrittenToAndNotReplaced) {
  const FakeRoot root;
  const auto fifo = root.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  EXPECT_EQ(why_not_writable(fifo), std::nullopt);
  write_file_atomically(fifo, "whole");
  std::array<char, 16> read{};
  EXPECT_EQ(::read(reader, read.data(), read.size()), 5);
  ::close(reader);
  EXPECT_STREQ(read.data(), "whole");
  EXPECT_TRUE(std::filesystem::is_fifo(fifo));
}

TEST(WhyNotWritable, IsKnownBeforehandAndWritesNothing) {
  const FakeRoot root;
  EXPECT_EQ(why_not_writable(root.path() / "report.xml"), std::nullopt);
  EXPECT_EQ(why_not_writable("report.xml"), std::nullopt) << "the working directory";
  const auto missing = root.path() / "no" / "report.xml";
  EXPECT_EQ(why_not_writable(missing), missing.string() + ": No such file or directory");
  EXPECT_EQ(why_not_writable(root.path()), root.path().string() + ": Is a directory");
  EXPECT_EQ(why_not_writable(root.path() / ""), (root.path() / "").string() + ": Is a directory");
  EXPECT_EQ(why_not_writable("-"), "-: name a file; /dev/stdout is standard output");
  root.write("file", "x");
  EXPECT_EQ(why_not_writable(root.path() / "file" / "x"), (root.path() / "file" / "x").string() + ": Not a directory");
  EXPECT_EQ(files_in(root.path()), 1U);
}

TEST(WriteFile, RespectsTheUmask) {
  const FakeRoot root;
  const mode_t before = ::umask(027);
  write_file_atomically(root.path() / "report.xml", "x");
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat((root.path() / "report.xml").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST(WriteFile, AFailureNamesTheFileAndLeavesNothing) {
  const FakeRoot root;
  EXPECT_THROW(write_file_atomically(root.path() / "no" / "report.xml", "x"), std::system_error);
  // A directory in the way: the write succeeds, the rename does not.
  std::filesystem::create_directory(root.path() / "report.xml");
  try {
    write_file_atomically(root.path() / "report.xml", "x");
    FAIL() << "renamed over a directory";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("report.xml"), std::string::npos);
  }
  EXPECT_EQ(files_in(root.path()), 1U) << "a temporary file was left";
}

/// Ends the process: 0 when a write beyond the limit is an error and leaves nothing.
void write_beyond_the_limit(const std::filesystem::path& directory) {
  const rlimit limit{4096, 4096};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  (void)::signal(SIGXFSZ, SIG_IGN);
  try {
    write_file_atomically(directory / "report.xml", std::string(10'000, 'x'));
    ::_exit(1);
  } catch (const std::system_error&) {
    ::_exit(files_in(directory) == 0 ? 0 : 2);
  }
}

TEST(WriteFile, AFullDiskIsAnErrorNotAHalfReport) {
  // A limit on the file size simulates a full disk: the write itself fails.
  const FakeRoot root;
  EXPECT_EXIT(write_beyond_the_limit(root.path()), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace perftrend::runner
