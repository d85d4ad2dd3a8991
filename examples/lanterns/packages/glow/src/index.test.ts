import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { near } from "@lanterns/testkit";
import { falloff, haloUrl } from "./index.js";

test("light halves at its reach", () => {
  near(falloff(80, 80), 0.5, 1e-12);
  near(falloff(0, 80), 1, 1e-12);
});

test("the halo is a picture", () => {
  assert.equal(readFileSync(haloUrl).subarray(1, 4).toString("latin1"), "PNG");
});
