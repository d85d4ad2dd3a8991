import { area as starArea } from "./star.js";

export const shapes = ["round", "tall", "star"] as const;
export type Shape = (typeof shapes)[number];

/** Paper in cm² for one lantern `size` cm wide, without the overlap at the seam. */
export function paperNeeded(shape: Shape, size: number): number {
  if (!(size > 0)) throw new RangeError(`a lantern needs a size above 0, not ${size}`);
  switch (shape) {
    case "round":
      return Math.PI * size * size;
    case "tall":
      return Math.PI * size * (2 * size);
    case "star":
      return 2 * starArea(size);
  }
}

/** How far a lantern of this shape hangs below its cord, in cm. */
export function drop(shape: Shape, size: number): number {
  return shape === "tall" ? 2 * size : size;
}
