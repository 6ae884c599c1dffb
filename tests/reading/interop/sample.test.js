// Run by vitest, jest and mocha, which share these words.
const slow = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("interop", () => {
  it("passes", slow);
  it("fails", () => {
    throw new Error("on purpose");
  });
  it.skip("skips", () => {});
});
