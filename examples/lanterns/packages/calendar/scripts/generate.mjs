// Writes generated/festivals.json, which is published, from data/festivals.csv, which is not.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseFestivals } from "../dist/csv.js";

const MONTHS = "January February March April May June July August September October November December".split(" ");

function writtenOut(instant) {
  const date = new Date(instant);
  return `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`;
}

const rows = parseFestivals(readFileSync(new URL("../data/festivals.csv", import.meta.url), "utf8"));
const table = rows
  .sort((a, b) => (a.start < b.start ? -1 : 1))
  .map((row) => ({ ...row, day: writtenOut(row.start) }));

const target = new URL("../generated/", import.meta.url);
mkdirSync(target, { recursive: true });
writeFileSync(new URL("festivals.json", target), `${JSON.stringify(table, null, 2)}\n`);
