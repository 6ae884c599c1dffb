import assert from "node:assert";
import { test } from "node:test";

test("passes", async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
});
test("fails", () => assert.equal(1, 2));
test("skips", { skip: "on purpose" }, () => {});
