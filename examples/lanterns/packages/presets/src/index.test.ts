import assert from "node:assert/strict";
import { test } from "node:test";
import { colorAt, schemes } from "./index.js";

test("a scheme starts over when it is used up", () => {
  assert.deepEqual(colorAt("paper", 4), schemes.paper[1]);
});

test("no scheme is empty", () => {
  for (const colors of Object.values(schemes)) assert.ok(colors.length > 0);
});
