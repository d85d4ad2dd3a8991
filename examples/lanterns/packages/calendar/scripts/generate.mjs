// Writes generated/festivals.json, which is published, from data/festivals.csv, which is not.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseFestivals } from "../dist/csv.js";

const MONTHS = "January February March April May June July August September October November December".split(" ");

function writtenOut(instant) {
  const date = new Date(instant);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

// A release that is built again says the same: https://reproducible-builds.org/specs/source-date-epoch/
const epoch = process.env.SOURCE_DATE_EPOCH;
const updated = epoch ? new Date(Number(epoch) * 1000) : new Date();

const rows = parseFestivals(readFileSync(new URL("../data/festivals.csv", import.meta.url), "utf8"));
const festivals = rows
  .sort((a, b) => (a.start < b.start ? -1 : 1))
  .map((row) => ({ ...row, day: writtenOut(row.start) }));

const target = new URL("../generated/", import.meta.url);
mkdirSync(target, { recursive: true });
writeFileSync(new URL("festivals.json", target), `${JSON.stringify({ updated, festivals }, null, 2)}\n`);
