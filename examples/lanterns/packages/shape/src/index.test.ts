import assert from "node:assert/strict";
import { test } from "node:test";
import { near } from "@lanterns/testkit";
import { drop, paperNeeded, shapes } from "./index.js";

test("a round lantern needs the surface of its sphere", () => {
  near(paperNeeded("round", 10), 314.159, 0.001);
});

test("twice the size needs four times the paper, whatever the shape", () => {
  for (const shape of shapes) near(paperNeeded(shape, 20), 4 * paperNeeded(shape, 10), 1e-9);
});

test("a lantern without a size is refused", () => {
  assert.throws(() => paperNeeded("star", 0), RangeError);
});

test("tall lanterns hang lower", () => {
  assert.equal(drop("tall", 15), 30);
  assert.equal(drop("round", 15), 15);
});
