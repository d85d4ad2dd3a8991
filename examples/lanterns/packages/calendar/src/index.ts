import { readFileSync } from "node:fs";
import type { FestivalRow } from "./csv.js";

export interface Festival extends FestivalRow {
  /** The day of the start in UTC, written out for people. */
  readonly day: string;
}

interface Table {
  readonly updated: string;
  readonly festivals: readonly Festival[];
}

const read = (): Table =>
  JSON.parse(readFileSync(new URL("../generated/festivals.json", import.meta.url), "utf8")) as Table;

/** All festivals we know, the earliest first. */
export function festivals(): readonly Festival[] {
  return read().festivals;
}

/** When the table was last brought up to date. */
export function updated(): Date {
  return new Date(read().updated);
}

/** The first of `table` that starts after `now`. */
export function nextFestival<F extends FestivalRow>(now: Date, table: readonly F[]): F | undefined {
  return table
    .filter((festival) => new Date(festival.start) > now)
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start))[0];
}
