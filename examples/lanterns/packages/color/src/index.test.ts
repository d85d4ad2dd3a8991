import assert from "node:assert/strict";
import { test } from "node:test";
import { near } from "@lanterns/testkit";
import { fromKelvin, mix, parseHex, toHex } from "./index.js";

test("hex colours survive a round trip", () => {
  assert.equal(toHex(parseHex("#D7263D")), "#d7263d");
});

test("text that is no colour is refused", () => {
  assert.throws(() => parseHex("reddish"), TypeError);
});

test("mixing half way gives the mean of each channel", () => {
  const half = mix({ r: 0, g: 100, b: 200 }, { r: 100, g: 0, b: 100 }, 0.5);
  assert.deepEqual(half, { r: 50, g: 50, b: 150 });
});

test("a candle has no blue in it and a lamp has", () => {
  near(fromKelvin(1900).b, 0, 0.001);
  assert.ok(fromKelvin(4000).b > 150);
});
