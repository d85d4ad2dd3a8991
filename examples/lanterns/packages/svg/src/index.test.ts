import assert from "node:assert/strict";
import { test } from "node:test";
import { festoonOf } from "@lanterns/testkit";
import { element, number } from "@lanterns/svg/internal/markup";
import { draw } from "./index.js";

test("attributes are escaped", () => {
  assert.equal(element("text", { id: 'a"<b' }), '<text id="a&quot;&lt;b"/>');
});

test("numbers have two decimals at most", () => {
  assert.equal(number(1 / 3), "0.33");
});

test("each lantern becomes one element", () => {
  const picture = draw(festoonOf(["round", "tall", "star"]));
  assert.equal(picture.match(/<ellipse /g)?.length, 2);
  assert.equal(picture.match(/<polygon /g)?.length, 1);
  assert.ok(picture.endsWith("</svg>\n"));
});
