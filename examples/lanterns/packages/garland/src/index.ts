import { customAlphabet } from "nanoid";
import type { Rgb } from "@lanterns/color";
import { paperNeeded, type Shape } from "@lanterns/shape";

const newId = customAlphabet("23456789abcdefghjkmnpqrstuvwxyz", 8);

export interface Lantern {
  /** Where it hangs, in cm from the start of the cord. */
  readonly at: number;
  readonly shape: Shape;
  /** Width in cm. */
  readonly size: number;
  readonly color: Rgb;
}

export interface Garland {
  /** Eight letters and digits that are hard to mistake on a label. */
  readonly id: string;
  /** Length of the cord in cm. */
  readonly length: number;
  readonly lanterns: readonly Lantern[];
}

export function garland(parts: { length: number; lanterns: Iterable<Lantern>; id?: string }): Garland {
  const lanterns = [...parts.lanterns].sort((a, b) => a.at - b.at);
  return { id: parts.id ?? newId(), length: parts.length, lanterns };
}

/** Paper in cm² for all lanterns of the garland. */
export function paperFor(festoon: Garland): number {
  return festoon.lanterns.reduce((sum, { shape, size }) => sum + paperNeeded(shape, size), 0);
}

/** The free cord between neighbours, in cm; below 0 where two of them touch. */
export function gaps(festoon: Garland): number[] {
  return festoon.lanterns.slice(1).map((lantern, index) => {
    const before = festoon.lanterns[index]!;
    return lantern.at - before.at - (lantern.size + before.size) / 2;
  });
}
