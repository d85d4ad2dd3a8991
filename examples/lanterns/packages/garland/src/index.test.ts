import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHex } from "@lanterns/color";
import { near } from "@lanterns/testkit";
import { gaps, garland, paperFor, type Lantern } from "./index.js";

const lantern = (at: number): Lantern => ({ at, shape: "round", size: 20, color: parseHex("#d7263d") });

test("lanterns are sorted along the cord", () => {
  const festoon = garland({ length: 200, lanterns: [lantern(150), lantern(50)] });
  assert.deepEqual(festoon.lanterns.map((each) => each.at), [50, 150]);
});

test("each garland has an id of its own", () => {
  const one = garland({ length: 1, lanterns: [] });
  const other = garland({ length: 1, lanterns: [] });
  assert.match(one.id, /^[2-9a-z]{8}$/);
  assert.notEqual(one.id, other.id);
});

test("gaps count from paper to paper", () => {
  assert.deepEqual(gaps(garland({ length: 200, lanterns: [lantern(50), lantern(60), lantern(100)] })), [-10, 20]);
});

test("paper adds up", () => {
  near(paperFor(garland({ length: 200, lanterns: [lantern(50), lantern(150)] })), 2 * Math.PI * 400, 1e-9);
});
