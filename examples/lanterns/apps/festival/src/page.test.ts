import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./page.js";

test("the page greets in Chinese and shows three stars", () => {
  assert.match(page(5), /<li lang="zh">元宵节快乐<\/li>/);
  assert.equal(page(5).match(/<polygon /g)?.length, 3);
});
