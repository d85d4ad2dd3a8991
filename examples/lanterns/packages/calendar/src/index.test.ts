import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFestivals } from "./csv.js";
import { nextFestival } from "./index.js";

const table = parseFestivals(
  "name,place,start,lanterns\nB,There,2026-06-01T20:00:00Z,3\nA,Here,2026-05-01T20:00:00Z,2\n",
);

test("rows become festivals", () => {
  assert.deepEqual(table[1], { name: "A", place: "Here", start: "2026-05-01T20:00:00Z", lanterns: 2 });
});

test("a row that lacks a field is named by its line", () => {
  assert.throws(() => parseFestivals("name,place,start,lanterns\nA,Here\n"), /line 2/);
});

test("the next festival is the nearest one to come", () => {
  assert.equal(nextFestival(new Date("2026-04-01"), table)?.name, "A");
  assert.equal(nextFestival(new Date("2026-05-02"), table)?.name, "B");
  assert.equal(nextFestival(new Date("2027-01-01"), table), undefined);
});
