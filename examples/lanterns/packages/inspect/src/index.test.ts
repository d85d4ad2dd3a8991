import assert from "node:assert/strict";
import { test } from "node:test";
import { festoonAt } from "@lanterns/testkit";
import { inspect, report } from "./index.js";

test("a good garland has no faults", async () => {
  assert.deepEqual(await inspect(festoonAt(200, [50, 100, 150])), []);
});

test("touching lanterns and those off the cord are found", async () => {
  assert.deepEqual(await inspect(festoonAt(200, [2, 10, 60])), [
    { kind: "touching", at: 2 },
    { kind: "off the cord", at: 2 },
  ]);
});

test("a dark spot lies between lanterns that hang too far apart", async () => {
  assert.deepEqual(await inspect(festoonAt(900, [100, 800])), [{ kind: "dark spot", at: 450 }]);
});

test("the report has one line for each fault", async () => {
  const lines = await report([{ kind: "touching", at: 2 }]);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /touching.* at 2 cm/);
});
