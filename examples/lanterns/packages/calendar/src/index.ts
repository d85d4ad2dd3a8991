import { readFileSync } from "node:fs";
import type { FestivalRow } from "./csv.js";

export interface Festival extends FestivalRow {
  /** The day of the start, written out for people. */
  readonly day: string;
}

/** All festivals we know, the earliest first. */
export function festivals(): Festival[] {
  const table = readFileSync(new URL("../generated/festivals.json", import.meta.url), "utf8");
  return JSON.parse(table) as Festival[];
}

/** The first of `table` that starts after `now`. */
export function nextFestival<F extends FestivalRow>(now: Date, table: readonly F[]): F | undefined {
  return table
    .filter((festival) => new Date(festival.start) > now)
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start))[0];
}
