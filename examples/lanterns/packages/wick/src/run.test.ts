import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "./run.js";

async function said(...args: string[]): Promise<{ status: number; text: string }> {
  let text = "";
  const status = await run(args, (more) => (text += more));
  return { status, text };
}

test("greets in the language asked for", async () => {
  const { status, text } = await said("greet", "de");
  assert.equal(status, 0);
  assert.match(text, /Frohes Lichterfest!/);
});

test("draws as many lanterns as asked for", async () => {
  const { text } = await said("draw", "7");
  assert.equal(text.match(/<ellipse /g)?.length, 7);
});

test("a crowded cord has faults and the status says so", async () => {
  assert.equal((await said("inspect", "10")).status, 0);
  assert.equal((await said("inspect", "50")).status, 1);
});

test("an unknown command is a usage error", async () => {
  assert.equal((await said("launch")).status, 2);
});
