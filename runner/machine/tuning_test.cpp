#include "runner/machine/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char* const huge_pages = "sys/kernel/mm/transparent_hugepage/enabled";

TEST(ParseCpus, Table) {
  EXPECT_THAT(parse_cpus("0").value(), ElementsAre(0));
  EXPECT_THAT(parse_cpus("5,0-2,1").value(), ElementsAre(0, 1, 2, 5));
  EXPECT_THAT(parse_cpus("1023").value(), ElementsAre(1023));
  for (const char* wrong :
       {"", "a", "-1", "1-", "2-1", "1,", ",1", "1 2", "1024", "99999999999", "0-9999", "1--2", "+1"})
    EXPECT_EQ(parse_cpus(wrong), std::nullopt) << wrong;
}

TEST(Tuning, EmptyOptionsChangeNothing) {
  const FakeRoot root;
  EXPECT_TRUE(Tuning::apply({}, root.path()).has_value());
  EXPECT_TRUE(to_properties(TuningOptions{}).empty());
}

TEST(Tuning, HugePagesAreRestoredInTheEnd) {
  const FakeRoot root;
  root.write(huge_pages, "always [madvise] never\n");
  TuningOptions options;
  options.huge_pages = false;
  {
    const auto tuning = Tuning::apply(options, root.path());
    ASSERT_TRUE(tuning.has_value()) << tuning.error();
    EXPECT_THAT(root.read(huge_pages), testing::StartsWith("never"));
  }
  EXPECT_THAT(root.read(huge_pages), testing::StartsWith("madvise"));
}

TEST(Tuning, HugePagesThatCannotBeChangedAreReportedWithTheFix) {
  TuningOptions options;
  options.huge_pages = true;
  const FakeRoot root;
  EXPECT_EQ(Tuning::apply(options, root.path()).error(),
            "--huge-pages: this system has no setting for transparent huge pages");
}

/// A pipe that a child and its descendants hold open; it ends when all of them have ended.
struct Pipe {
  Pipe() { EXPECT_EQ(::pipe(ends.data()), 0); }
  ~Pipe() {
    for (const int end : ends)
      ::close(end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  std::array<int, 2> ends{};
};

/// A child that tunes, says so, and waits to be killed by `signal`; what the file says after it and its guardian ended.
std::string after_death_by(int signal) {
  const FakeRoot root;
  root.write(huge_pages, "[always] madvise never\n");
  Pipe life;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(life.ends[0]);
    ::setpgid(0, 0);
    TuningOptions options;
    options.huge_pages = false;
    const auto tuning = Tuning::apply(options, root.path());
    const char said = tuning ? 'k' : 'n';
    (void)!::write(life.ends[1], &said, 1);
    while (true)
      ::pause();
  }
  ::close(life.ends[1]);
  life.ends[1] = -1;
  char said = 0;
  EXPECT_EQ(::read(life.ends[0], &said, 1), 1);
  EXPECT_EQ(said, 'k');
  EXPECT_THAT(root.read(huge_pages), testing::StartsWith("never"));
  ::setpgid(child, child);
  EXPECT_EQ(::kill(-child, signal), 0);  // the whole group, as a terminal does
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal);
  EXPECT_EQ(::read(life.ends[0], &said, 1), 0) << "the guardian has ended";
  return root.read(huge_pages);
}

TEST(Tuning, HugePagesAreRestoredWhenTheProcessIsKilled) {
  for (const int signal : {SIGKILL, SIGTERM, SIGINT, SIGSEGV})
    EXPECT_THAT(after_death_by(signal), testing::StartsWith("always")) << signal;
}

/// Runs `check` in a child, for cores and priority stay with a process; the exit code 0 is success.
template <typename Check>
int in_a_child(Check check) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(check() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Tuning, BindsToCoresAndLowersThePriority) {
  cpu_set_t allowed;
  ASSERT_EQ(::sched_getaffinity(0, sizeof allowed, &allowed), 0);
  int one = 0;
  while (!CPU_ISSET(static_cast<std::size_t>(one), &allowed))
    ++one;
  EXPECT_EQ(in_a_child([one] {
              TuningOptions options;
              options.cpus = {one};
              options.priority = 19;
              const auto tuning = Tuning::apply(options, "/");
              cpu_set_t now;
              return tuning && ::sched_getaffinity(0, sizeof now, &now) == 0 && CPU_COUNT(&now) == 1 &&
                     CPU_ISSET(static_cast<std::size_t>(one), &now) && ::getpriority(PRIO_PROCESS, 0) == 19;
            }),
            0);
  TuningOptions options;
  options.cpus = {one, 2};
  options.priority = 5;
  EXPECT_THAT(to_properties(options), ElementsAre(testing::Pair("environment.cpus", std::to_string(one) + ",2"),
                                                  testing::Pair("environment.priority", "5")));
}

TEST(Tuning, AMissingCoreIsReportedAndHugePagesStayUnchanged) {
  const FakeRoot root;
  root.write(huge_pages, "[always] madvise never\n");
  TuningOptions options;
  options.huge_pages = false;
  options.cpus = {1023};
  const auto tuning = Tuning::apply(options, root.path());
  ASSERT_FALSE(tuning.has_value());
  EXPECT_THAT(tuning.error(), HasSubstr("may not use core 1023"));
  EXPECT_THAT(root.read(huge_pages), testing::StartsWith("always"));
}

}  // namespace
}  // namespace perftrend::runner
