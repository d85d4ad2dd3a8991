import assert from "node:assert/strict";

type Shape = "round" | "tall" | "star";

// Spelled out instead of imported: the packages that define them are tested with this one.
interface Lantern {
  at: number;
  shape: Shape;
  size: number;
  color: { r: number; g: number; b: number };
}

interface Festoon {
  id: string;
  length: number;
  lanterns: Lantern[];
}

/** Fails unless the numbers are at most `tolerance` apart. */
export function near(actual: number, expected: number, tolerance: number): void {
  const apart = Math.abs(actual - expected);
  assert.ok(apart <= tolerance, `${actual} is ${apart} away from ${expected}`);
}

/** A garland with a small round lantern at each of the places. */
export function festoonAt(length: number, places: number[]): Festoon {
  return { id: "testtest", length, lanterns: places.map((at) => lantern("round", at)) };
}

/** A garland with one lantern of each of the shapes. */
export function festoonOf(shapes: Shape[]): Festoon {
  const lanterns = shapes.map((shape, index) => lantern(shape, 50 + 100 * index));
  return { id: "testtest", length: 100 * shapes.length, lanterns };
}

function lantern(shape: Shape, at: number): Lantern {
  return { at, shape, size: 20, color: { r: 215, g: 38, b: 61 } };
}
