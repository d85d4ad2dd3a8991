import assert from "node:assert/strict";
import { test } from "node:test";
import { greet, languages } from "./index.js";

test("a region falls back to its language", () => {
  assert.equal(greet("de-AT"), greet("de"));
});

test("an unknown language is greeted in English", () => {
  assert.equal(greet("tlh"), "Happy lantern festival!");
});

test("languages come sorted", () => {
  assert.deepEqual(languages(), [...languages()].sort());
  assert.ok(languages().includes("zh"));
});
